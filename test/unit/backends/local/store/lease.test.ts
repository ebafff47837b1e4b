import assert from "node:assert/strict";
import { test } from "node:test";
import {
  acquireLease,
  type LeaseOptions,
  leaseHolder,
  releaseLease,
  renewLease,
} from "../../../../../src/backends/local/store/lease.ts";
import { openWriter } from "../../../../../src/backends/local/store/openStore.ts";
import { batch, spanId, spansPart } from "./otlpParts.ts";
import { noLimits, testFolder, testStore } from "./testStore.ts";

/** Clocks that a test sets. */
function clocks(): LeaseOptions & { wall: number; mono: number } {
  const set = { wall: 1_790_000_000_000, mono: 5000, now: () => set.wall, monotonic: () => set.mono };
  return set;
}

const ttl = 1500;

test("One of two who ask gets the lease, and the other hears who has it", (t) => {
  const folder = testFolder(t);
  const first = acquireLease(folder, "window 1", ttl);
  const second = acquireLease(folder, "window 2", ttl);
  assert.equal(first.acquired, true);
  assert.equal(second.acquired, false);
  assert.equal(!second.acquired && second.current?.holder, "window 1");
  assert.equal(leaseHolder(folder)?.holder, "window 1");
});

test("A lease that was given back is free at once", (t) => {
  const folder = testFolder(t);
  const first = acquireLease(folder, "window 1", ttl);
  assert.ok(first.acquired);
  releaseLease(folder, first.token);
  assert.equal(leaseHolder(folder), undefined);
  assert.equal(acquireLease(folder, "window 2", ttl).acquired, true);
});

test("A lease that is not renewed is free when it has run out, and one that is renewed is not", (t) => {
  const folder = testFolder(t);
  const time = clocks();
  const first = acquireLease(folder, "window 1", ttl, time);
  assert.ok(first.acquired);
  for (let i = 0; i < 5; i++) {
    time.wall += 1000;
    time.mono += 1000;
    assert.equal(renewLease(folder, first.token, ttl, time), true);
    assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, false);
  }
  time.wall += ttl + 1;
  time.mono += ttl + 1;
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, true);
  assert.equal(renewLease(folder, first.token, ttl, time), false);
});

test("A clock set forward takes nothing from a holder that is seen to renew", (t) => {
  const folder = testFolder(t);
  const time = clocks();
  const owner = { ...clocks(), now: () => 1_790_000_000_000 };
  const first = acquireLease(folder, "window 1", ttl, owner);
  assert.ok(first.acquired);
  acquireLease(folder, "window 2", ttl, time);
  time.wall += 10 * 365 * 86_400_000;
  time.mono += 500;
  renewLease(folder, first.token, ttl, owner);
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, false);
});

test("A clock set forward between two renewals takes nothing from the holder, unless it renews no more", (t) => {
  const folder = testFolder(t);
  const time = clocks();
  const first = acquireLease(folder, "window 1", ttl, time);
  assert.ok(first.acquired);
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, false);
  time.wall += 3_600_000;
  time.mono += 250;
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, false);
  assert.equal(renewLease(folder, first.token, ttl, time), true);
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, false);
  time.wall += 3_600_000;
  time.mono += ttl;
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, true);
});

test("A clock set back keeps nothing for a holder that does not renew", (t) => {
  const folder = testFolder(t);
  const time = clocks();
  assert.ok(acquireLease(folder, "window 1", ttl, time).acquired);
  time.wall -= 3_600_000;
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, false);
  time.mono += ttl;
  assert.equal(acquireLease(folder, "window 2", ttl, time).acquired, true);
});

test("The lease of a process that is gone is free at once", (t) => {
  const folder = testFolder(t);
  assert.ok(acquireLease(folder, "pid 1", 60_000).acquired);
  assert.equal(acquireLease(folder, "pid 2", ttl, { isGone: () => false }).acquired, false);
  assert.equal(acquireLease(folder, "pid 2", ttl, { isGone: (holder) => holder === "pid 1" }).acquired, true);
});

test("A writer whose lease another has taken writes no more, and says so", async (t) => {
  let lost = 0;
  const { folder, writer, reader } = testStore(t, { onLost: () => lost++ });
  await writer.take(batch(spansPart("a1", [{ id: spanId(1) }])));
  assert.ok(acquireLease(folder, "other", ttl, { isGone: () => true }).acquired);
  await assert.rejects(writer.take(batch(spansPart("b2", [{ id: spanId(2) }]))), { name: "FenceLost" });
  assert.equal(lost, 1);
  assert.equal(writer.refusal?.name, "FenceLost");
  assert.throws(() => writer.pin("a1", true), { name: "FenceLost" });
  assert.deepEqual(reader.known(["a1", "b2"]), ["a1"]);
});

test("A store is not opened for writing without its lease", (t) => {
  const folder = testFolder(t);
  acquireLease(folder, "window 1", ttl);
  const options = { fence: "not the token", limits: noLimits, onNotice: () => {} };
  assert.throws(() => openWriter(folder, options), { name: "FenceLost" });
});
