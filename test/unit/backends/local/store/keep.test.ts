import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import type { ReceivedPart } from "../../../../../src/backends/local/parts.ts";
import { storePath } from "../../../../../src/backends/local/store/storeFile.ts";
import { idKey } from "../../../../../src/backends/local/store/traceIds.ts";
import { batch, logsPart, someTime, spanId, spansPart, traceId } from "./otlpParts.ts";
import { query, testStore } from "./testStore.ts";

test("What was taken can be read back as the same bytes, parts of a trace one after another", async (t) => {
  const { writer, reader } = testStore(t);
  const first = spansPart("a1", [{ id: spanId(1) }]);
  const second = spansPart("a1", [{ id: spanId(2), parent: spanId(1) }]);
  await writer.take(batch(first));
  await writer.take(batch(second, spansPart("b2", [{ id: spanId(3) }])));
  assert.deepEqual(Buffer.from(reader.spans("A1")!), Buffer.concat([first.bytes, second.bytes]));
  assert.equal(reader.spans("c3"), undefined);
});

test("Log records join their trace, and a trace of logs alone is not listed", async (t) => {
  const { writer, reader } = testStore(t);
  const [own, other] = [logsPart("a1", "paid"), logsPart("b2", "alone")];
  await writer.take({ traces: [spansPart("a1", [{ id: spanId(1) }])], logs: [own, other] });
  await writer.indexed();
  assert.deepEqual(Buffer.from(reader.logs("a1")), own.bytes);
  assert.deepEqual(Buffer.from(reader.logs("b2")), other.bytes);
  assert.equal(reader.logs("c3").length, 0);
  assert.equal(reader.search(query()).summaries.length, 1);
  assert.deepEqual(reader.known(["a1", "b2"]), ["a1"]);
});

test("A resend of the same bytes is kept once", async (t) => {
  const { writer, reader } = testStore(t);
  const part = spansPart("a1", [{ id: spanId(1) }, { id: spanId(2), parent: spanId(1) }]);
  for (let i = 0; i < 3; i++) await writer.take(batch(part));
  assert.equal(reader.spans("a1")!.length, part.bytes.length);
  assert.equal(reader.size().spans, 2);
});

test("Parts of one trace whose checksums are equal are told apart", async (t) => {
  const { writer, reader } = testStore(t);
  const [one, two] = partsOfOneChecksum();
  for (const part of [one, two, one, two]) await writer.take(batch(part));
  assert.deepEqual(Buffer.from(reader.spans("a1")!), Buffer.concat([one.bytes, two.bytes]));
  assert.equal(reader.size().spans, 2);
});

test("A resend in other bytes is counted once in the summary", async (t) => {
  const { writer, reader } = testStore(t);
  const [a, b, c] = [1, 2, 3].map((i) => ({ id: spanId(i) }));
  await writer.take(batch(spansPart("a1", [a, b])));
  await writer.take(batch(spansPart("a1", [b, c])));
  await writer.indexed();
  assert.equal(reader.summary("a1")?.spans, 3);
});

test("A summary says what the trace's spans say", async (t) => {
  const { writer, reader } = testStore(t);
  const root = { id: spanId(1), name: "GET /cart", start: someTime, duration: 100 };
  const child = { id: spanId(2), parent: spanId(1), start: someTime + 20, duration: 30, error: true };
  await writer.take(batch(spansPart("a1", [child], { "service.name": "cart" })));
  await writer.take(batch(spansPart("a1", [root], { "service.name": "gateway" })));
  await writer.indexed();
  assert.deepEqual(reader.summary("a1"), {
    traceId: "a1".padStart(32, "0"),
    rootService: "gateway",
    rootName: "GET /cart",
    startMs: someTime,
    durationNs: 100e6,
    spans: 2,
    errors: 1,
    services: [
      { name: "cart", spans: 1 },
      { name: "gateway", spans: 1 },
    ],
  });
});

test("Ids are known in any form of hex", async (t) => {
  const { writer, reader } = testStore(t);
  await writer.take(batch(spansPart("00ab12", [{ id: spanId(1) }])));
  const forms = ["ab12", "AB12", "ab12".padStart(32, "0"), "ab13"];
  assert.deepEqual(reader.known(forms), forms.slice(0, 3));
});

test("Changes tell of traces that are new or have grown, oldest change first", async (t) => {
  const { writer, reader } = testStore(t);
  await writer.take(batch(spansPart("a1", [{ id: spanId(1) }]), spansPart("b2", [{ id: spanId(2) }])));
  await writer.indexed();
  const first = reader.changes(0);
  assert.equal(first.summaries.length, 2);
  await writer.take(batch(spansPart("a1", [{ id: spanId(3) }])));
  await writer.indexed();
  const second = reader.changes(first.next);
  assert.deepEqual(
    second.summaries.map(({ traceId, spans }) => [traceId, spans]),
    [["a1".padStart(32, "0"), 2]],
  );
  assert.deepEqual(reader.changes(second.next), { next: second.next, summaries: [] });
});

test("An entry follows by itself soon after its spans", async (t) => {
  const { writer, reader } = testStore(t);
  await writer.take(batch(spansPart("a1", [{ id: spanId(1) }])));
  const until = performance.now() + 5000;
  while (reader.summary("a1") === undefined && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(reader.summary("a1")?.spans, 1);
});

test("What is indexed, and what is not yet, is so after the store was closed and opened again", async (t) => {
  const { writer, folder } = testStore(t);
  for (let i = 0; i < 50; i++) await writer.take(batch(spansPart(traceId(i), [{ id: spanId(i) }])));
  await writer.close();
  const again = testStore(t, { folder });
  await again.writer.take(batch(spansPart(traceId(50), [{ id: spanId(50) }])));
  await again.writer.indexed();
  assert.equal(again.reader.search(query({ limit: 100 })).summaries.length, 51);
  assert.equal([...again.reader.traceIds()].length, 51);
  assert.equal([...again.reader.traceIds()][0], traceId(0));
});

test("Of many traces each is found by its id, and those whose hash is the same are told apart", async (t) => {
  const { writer, reader } = testStore(t);
  const count = 10_000;
  const parts = Array.from({ length: count }, (_, i) => spansPart(spread(i), [{ id: spanId(i) }]));
  for (let i = 0; i < count; i += 1000) {
    await writer.take(batch(...parts.slice(i, i + 1000)));
    await writer.indexed();
  }
  for (const i of [0, 1, 4999, count - 1]) {
    assert.equal(reader.spans(spread(i))?.length, parts[i].bytes.length);
    assert.equal(reader.summary(spread(i))?.spans, 1);
  }
  assert.equal(reader.known(parts.map((part) => part.traceId)).length, count);
  await writer.take(batch(spansPart(spread(0), [{ id: spanId(count) }])));
  assert.equal(reader.size().traces, count);
  const [one, two] = idsOfOneHash();
  await writer.take(batch(spansPart(one, [{ id: spanId(1) }]), spansPart(two, [{ id: spanId(2) }])));
  await writer.take(batch(spansPart(two, [{ id: spanId(3) }])));
  await writer.indexed();
  assert.deepEqual([reader.summary(one)?.spans, reader.summary(two)?.spans], [1, 2]);
});

test("More is refused while too much waits to be indexed, and taken again when it is done", async (t) => {
  const { writer } = testStore(t, { maxBacklog: 5000 });
  const big = (n: number) =>
    spansPart(
      traceId(n),
      Array.from({ length: 3000 }, (_, i) => ({ id: spanId(i) })),
    );
  await writer.take(batch(big(1)));
  await writer.take(batch(big(2)));
  assert.ok(writer.refusal !== undefined);
  await assert.rejects(writer.take(batch(big(3))), { name: "IntakeRefusal", retryAfterSeconds: 2 });
  await writer.indexed();
  assert.equal(writer.refusal, undefined);
  await writer.take(batch(big(3)));
});

test("Parts that were made to have one checksum take no longer than others", async (t) => {
  const { writer, reader } = testStore(t);
  const [one, other] = partsOfOneChecksum();
  const parts = Array.from({ length: 2048 }, (_, number): ReceivedPart => {
    const pieces = Array.from({ length: 11 }, (_, bit) => ((number >> bit) & 1 ? one : other).bytes);
    return { ...one, count: pieces.length, bytes: Buffer.concat(pieces) };
  });
  const began = performance.now();
  await writer.take(batch(...parts));
  assert.ok(performance.now() - began < 3000);
  await writer.take(batch(...parts));
  assert.equal(reader.spans("a1")!.length, parts.length * parts[0].bytes.length);
});

test("Bytes that are no spans disturb nothing", async (t) => {
  const { writer, reader } = testStore(t);
  const good = spansPart("a1", [{ id: spanId(1) }]);
  const bad = { traceId: good.traceId, count: 1, bytes: Buffer.from("0a0512ffff", "hex") };
  await writer.take(batch(bad, good));
  await writer.take(batch({ ...bad, traceId: traceId(7) }));
  await writer.indexed();
  assert.equal(reader.summary("a1")?.spans, 1);
  assert.equal(reader.summary(traceId(7)), undefined);
});

test("Folder and files are for this user alone", { skip: process.platform === "win32" }, async (t) => {
  const { writer, folder } = testStore(t);
  await writer.take(batch(spansPart("a1", [{ id: spanId(1) }])));
  for (const end of ["", "-wal", "-shm"]) assert.equal(statSync(storePath(folder) + end).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

/** Two parts in other bytes: of 200,000 texts, two have the same checksum with a probability of 99 %. */
function partsOfOneChecksum(): [ReceivedPart, ReceivedPart] {
  const id = { id: spanId(1) };
  const { bytes } = spansPart("a1", [{ ...id, name: "n0000000" }]);
  const whole = Buffer.from(bytes);
  const at = whole.indexOf("n0000000");
  const seen = new Map<number, string>();
  for (let i = 0; i < 2_000_000; i++) {
    // Spread, for texts that differ in a few bits never have the same.
    const name = Math.imul(i, 0x9e3779b1).toString(36).slice(-8).padStart(8, "n");
    whole.write(name, at, "latin1");
    const sum = crc32(whole);
    const other = seen.get(sum);
    if (other !== undefined && other !== name) {
      return [spansPart("a1", [{ ...id, name: other }]), spansPart("a1", [{ ...id, name }])];
    }
    seen.set(sum, name);
  }
  throw new Error("no two are alike");
}

/** An id from a number, in an order that has nothing to do with it. */
function spread(index: number): string {
  return (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0").padEnd(32, "7");
}

/** Two ids that have the same hash. */
function idsOfOneHash(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const id = spread(i * 7 + 1);
    const [hash] = idKey(id);
    const other = seen.get(hash);
    if (other !== undefined && other !== id) return [other, id];
    seen.set(hash, id);
  }
}
