import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { agedBy } from "../../../../../src/backends/local/store/ageClock.ts";
import { freshEntries } from "../../../../../src/backends/local/store/segments.ts";
import type { TraceReading } from "../../../../../src/backends/local/traceStore.ts";
import { batch, logsPart, spanId, spansPart, traceId } from "./otlpParts.ts";
import { noLimits, query, testStore } from "./testStore.ts";

const hour = 3600_000;
const filler = "x".repeat(2000);

function onePart(n: number, spans = 1) {
  const list = Array.from({ length: spans }, (_, i) => ({
    id: spanId(n * 100 + i),
    name: `op ${n}`,
    attributes: { filler: filler + n, "code.file.path": `/app/file${n}.ts`, "code.line.number": 1 },
  }));
  return spansPart(traceId(n), list);
}

test("Beyond the most spans the oldest whole traces go, in the order they came, and pinned ones stay", async (t) => {
  const { writer, reader } = testStore(t, { limits: { ...noLimits, maxSpans: 100 } });
  await writer.take(batch(onePart(0, 10)));
  writer.pin(traceId(0), true);
  for (let n = 1; n < 30; n++) await writer.take(batch(onePart(n, 10)));
  await writer.indexed();
  const kept = [...reader.traceIds()];
  assert.deepEqual([kept[0], kept.at(-1)], [traceId(0), traceId(29)]);
  assert.deepEqual(
    kept.slice(1),
    Array.from({ length: kept.length - 1 }, (_, i) => traceId(30 - kept.length + 1 + i)),
  );
  assert.ok(reader.size().spans <= 100 && reader.size().spans >= 80);
  assert.equal(reader.spans(traceId(1)), undefined);
});

test("A limit that is set far below what is kept is reached in steps, between which the lease is renewed", async (t) => {
  const { writer, reader } = testStore(t);
  await writer.take(batch(...Array.from({ length: 3000 }, (_, n) => onePart(n))));
  writer.setLimits({ ...noLimits, maxSpans: 100 });
  let now = performance.now();
  // Each look at the clock is as if 50 ms of work lay before it.
  t.mock.method(performance, "now", () => {
    now += 50;
    return now;
  });
  const steps: number[] = [];
  for (let n = 3000; reader.size().spans > 110; n++) {
    const before = reader.size().spans;
    await writer.take(batch(onePart(n)));
    steps.push(before - reader.size().spans);
  }
  assert.ok(steps.length > 1 && Math.max(...steps) < 2000, steps.join());
});

test("A trace that was deleted and comes again is a new one, whole", async (t) => {
  const { writer, reader } = testStore(t, { limits: { ...noLimits, maxSpans: 100 } });
  for (let n = 0; n < 30; n++) await writer.take(batch(onePart(n, 10)));
  assert.equal(reader.spans(traceId(1)), undefined);
  await writer.take(batch(onePart(1, 10)));
  await writer.indexed();
  assert.equal(reader.summary(traceId(1))?.spans, 10);
  assert.equal([...reader.traceIds()].at(-1), traceId(1));
});

test("A trace that was deleted is found no more by anything it said", async (t) => {
  const { writer, reader } = testStore(t, { limits: { ...noLimits, maxSpans: 600 } });
  writer.take(batch(onePart(0)));
  await writer.indexed();
  writer.pin(traceId(0), true);
  for (let n = 1; n < 2200; n++) await writer.take(batch(onePart(n)));
  await writer.indexed();
  assert.equal(reader.search(query({ operation: "op 1" })).summaries.length, 0);
  assert.equal(reader.hotspots({ fileTail: "file1.ts", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }).length, 0);
  assert.ok(!reader.operations("shop").includes("op 1"));
  assert.equal(reader.search(query({ operation: "op 0" })).summaries.length, 1);
  assert.equal(reader.hotspots({ fileTail: "file0.ts", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }).length, 1);
  assert.ok(reader.operations("shop").includes("op 0"));
});

for (const end of ["is closed", "loses its process"]) {
  test(`A pinned trace is found again after others took its index entry with them and the store ${end}`, async (t) => {
    const limits = { ...noLimits, maxSpans: 700 };
    const first = testStore(t, { limits });
    await first.writer.take(batch(...Array.from({ length: 600 }, (_, n) => onePart(n))));
    await first.writer.indexed();
    first.writer.pin(traceId(0), true);
    // More at once than is indexed in between, or at the end.
    await first.writer.take(batch(...Array.from({ length: 3000 }, (_, n) => onePart(600 + n))));
    if (end === "is closed") {
      t.mock.method(performance, "now", endless());
      await first.writer.close();
      t.mock.restoreAll();
    }
    const { writer, reader } = testStore(t, { limits, folder: first.folder });
    await writer.indexed();
    assert.equal(reader.search(query({ operation: "op 0" })).summaries.length, 1);
    assert.equal(hotspotsOf(reader, 0), 1);
  });
}

test("The newest trace is found when it is pinned and all others have become too old", async (t) => {
  let wall = 1_790_000_000_000;
  let mono = 0;
  const limits = { ...noLimits, maxAgeHours: 2 };
  const { writer, reader } = testStore(t, { limits, now: () => wall, monotonic: () => mono });
  await writer.take(batch(...Array.from({ length: freshEntries }, (_, n) => onePart(n))));
  await writer.indexed();
  const newest = freshEntries - 1;
  writer.pin(traceId(newest), true);
  wall += 3 * hour;
  mono += 3 * hour;
  await until(() => [...reader.traceIds()].length === 1);
  await writer.indexed();
  assert.equal(reader.search(query({ operation: `op ${newest}` })).summaries.length, 1);
  assert.equal(hotspotsOf(reader, newest), 1);
});

/** A clock in which everything takes very long. */
function endless(): () => number {
  let now = performance.now();
  return () => {
    now += 10_000;
    return now;
  };
}

function hotspotsOf(reader: TraceReading, n: number): number {
  return reader.hotspots({ fileTail: `file${n}.ts`, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }).length;
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !isSo(); await pause(50)) assert.ok(Date.now() < end);
}

test("The size on disk stays within its limit and a tenth while traces come", async (t) => {
  const maxBytes = 8 * 1024 * 1024;
  const { writer, reader } = testStore(t, { limits: { ...noLimits, maxBytes } });
  let largest = 0;
  for (let n = 0; n < 400; n++) {
    await writer.take(batch(...Array.from({ length: 10 }, (_, i) => onePart(n * 10 + i, 4))));
    largest = Math.max(largest, reader.size().bytes);
  }
  await writer.indexed();
  assert.ok(largest <= maxBytes * 1.1, `${largest} bytes`);
  assert.ok(reader.size().bytes > maxBytes / 2);
  assert.equal([...reader.traceIds()].at(-1), traceId(3999));
});

test("Traces go when they are too old by the time that passed", async (t) => {
  let wall = 1_790_000_000_000;
  let mono = 0;
  const limits = { ...noLimits, maxAgeHours: 2 };
  const { writer, reader } = testStore(t, { limits, now: () => wall, monotonic: () => mono });
  await writer.take(batch(onePart(1)));
  wall += 1.5 * hour;
  mono += 1.5 * hour;
  await ticked();
  await writer.take(batch(onePart(2)));
  assert.equal([...reader.traceIds()].length, 2);
  wall += hour;
  mono += hour;
  await ticked();
  assert.deepEqual([...reader.traceIds()], [traceId(2)]);
});

test("A clock that leaps ten years forward, or back, throws no week of traces away", async (t) => {
  const limits = { ...noLimits, maxAgeHours: 24 * 7 };
  let wall = 1_790_000_000_000;
  const first = testStore(t, { limits, now: () => wall });
  await first.writer.take(batch(onePart(1)));
  for (const leap of [10 * 365 * 24 * hour, -20 * 365 * 24 * hour]) {
    wall += leap;
    await ticked();
    assert.equal([...first.reader.traceIds()].length, 1);
  }
  await first.writer.close();
  wall += 30 * 365 * 24 * hour;
  const second = testStore(t, { folder: first.folder, limits, now: () => wall });
  await second.writer.take(batch(onePart(2)));
  assert.equal([...second.reader.traceIds()].length, 2);
});

const leaps: readonly [title: string, wall: number, monotonic: number, aged: number][] = [
  ["as both clocks say", 1000, 1000, 1000],
  ["by the monotonic clock when the other went back", -hour, 1000, 1000],
  ["by the wall clock through a sleep", 8 * hour, 1000, 8 * hour],
  ["by a day at most at once", 10 * 365 * 24 * hour, 1000, 24 * hour + 1000],
  ["by nothing when a store is opened before it was closed", -hour, 0, 0],
];
for (const [title, wall, monotonic, aged] of leaps) {
  test(`Traces age ${title}`, () => assert.equal(agedBy(wall, monotonic), aged));
}

test("Deleting all leaves nothing, on disk neither, and what comes later is kept", async (t) => {
  const { writer, reader, folder } = testStore(t);
  for (let n = 0; n < 200; n++)
    await writer.take({ traces: [onePart(n, 5)], logs: [logsPart(traceId(n), "said")] });
  await writer.indexed();
  const before = reader.size().bytes;
  await writer.deleteAll();
  const { bytes, ...counts } = reader.size();
  assert.deepEqual(counts, { traces: 0, spans: 0, logs: 0 });
  assert.ok(bytes < before / 5, `${bytes} of ${before} bytes`);
  assert.deepEqual(reader.services(), []);
  assert.deepEqual(reader.attributeKeys(), []);
  assert.equal(
    readdirSync(folder).some((file) => file.includes("corrupt")),
    false,
  );
  await writer.take(batch(onePart(7)));
  await writer.indexed();
  assert.deepEqual(
    reader.search(query()).summaries.map((summary) => summary.traceId),
    [traceId(7)],
  );
  assert.ok(existsSync(folder));
});

test("Deleting all while traces come and are read disturbs neither", async (t) => {
  const { writer, reader } = testStore(t);
  const taking = Promise.all(Array.from({ length: 100 }, (_, n) => writer.take(batch(onePart(n)))));
  await writer.deleteAll();
  await taking;
  const ids = reader.traceIds()[Symbol.iterator]();
  await writer.take(batch(onePart(1), onePart(2)));
  ids.next();
  await writer.deleteAll();
  while (!ids.next().done);
  assert.equal(reader.size().traces, 0);
});

/** The store's own second has passed. */
function ticked(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1150));
}
