import assert from "node:assert/strict";
import { test } from "node:test";
import { namesShown } from "../../../src/editor/searchNames.ts";

const many = Array.from({ length: 10_000 }, (_, i) => `Service-${i}`);

test("a list of usual length is left to the box to filter", () => {
  assert.deepEqual(namesShown(["a", "b"], "zzz"), { shown: ["a", "b"], hidden: 0 });
});

test("of ten thousand names a thousand are listed, and the others are counted", () => {
  const { shown, hidden } = namesShown(many, "");
  assert.equal(shown.length, 1000);
  assert.equal(hidden, 9000);
});

test("a long list is narrowed by what is typed, in either case", () => {
  assert.deepEqual(namesShown(many, "SERVICE-9999"), { shown: ["Service-9999"], hidden: 0 });
});
