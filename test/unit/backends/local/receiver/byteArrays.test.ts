import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteArrays } from "../../../../../src/backends/local/receiver/byteArrays.ts";
import { InFlight } from "../../../../../src/backends/local/receiver/inFlight.ts";

const megabyte = 1 << 20;

test("An array that was given back is lent again, the smallest that has room", () => {
  const arrays = new ByteArrays(16 * megabyte);
  const small = arrays.lend(100_000);
  const large = arrays.lend(megabyte);
  assert.ok(small.length >= 100_000 && large.length >= megabyte);
  arrays.giveBack(small);
  arrays.giveBack(large);
  assert.equal(arrays.lend(90_000), small);
  assert.equal(arrays.lend(90_000), large);
});

test("Nothing is lent to two at a time", () => {
  const arrays = new ByteArrays(16 * megabyte);
  const first = arrays.lend(1000);
  arrays.giveBack(first);
  assert.equal(arrays.lend(1000), first);
  assert.notEqual(arrays.lend(1000), first);
});

test("No more is kept than was said, and nothing that is very large", () => {
  const arrays = new ByteArrays(megabyte);
  const lent = [1, 2, 3].map(() => arrays.lend(megabyte / 2));
  for (const array of lent) arrays.giveBack(array);
  const again = [1, 2, 3].map(() => arrays.lend(megabyte / 2));
  assert.equal(again.filter((array) => lent.includes(array)).length, 2);
  const huge = new ByteArrays(64 * megabyte);
  const burst = huge.lend(8 * megabyte);
  assert.equal(burst.length, 8 * megabyte);
  huge.giveBack(burst);
  assert.notEqual(huge.lend(8 * megabyte), burst);
});

test("A request has its arrays until it is released", () => {
  const requests = new InFlight(megabyte);
  const first = requests.begin();
  const second = requests.begin();
  const array = first.lend(1000);
  assert.notEqual(second.lend(1000), array);
  first.release();
  first.release();
  const third = requests.begin();
  const fourth = requests.begin();
  assert.equal(third.lend(1000), array);
  assert.notEqual(fourth.lend(1000), array);
});
