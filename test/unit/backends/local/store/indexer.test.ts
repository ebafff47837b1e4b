import assert from "node:assert/strict";
import { existsSync, renameSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  type IndexedSlice,
  type Indexer,
  indexStore,
} from "../../../../../src/backends/local/store/indexer.ts";
import { storePath } from "../../../../../src/backends/local/store/storeFile.ts";
import { storeAides } from "../../../../../src/workers/storeThread.ts";
import { batch, spanId, spansPart, traceId } from "./otlpParts.ts";
import { noLimits, query, testStore } from "./testStore.ts";

const threadFile = new URL("../../../../../src/workers/local.ts", import.meta.url);
/** Enough for entries to be made elsewhere, and few enough for them not to wait long. */
const traces = 300;
const spansOfTrace = 10;

function part(trace: number, from = 0, count = spansOfTrace) {
  const spans = Array.from({ length: count }, (_, i) => ({
    id: spanId(trace * 1000 + from + i),
    name: `op ${trace}`,
    attributes: { "code.file.path": `/app/file${trace % 7}.ts`, "code.line.number": 1, n: i },
  }));
  return spansPart(traceId(trace), spans);
}

const many = () => batch(...Array.from({ length: traces }, (_, i) => part(i)));

async function until(isSo: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!isSo() && performance.now() < end) await pause(10);
  assert.ok(isSo(), "it did not come to pass in time");
}

/** An indexer in this thread that says what it was asked, and does it when it is let. */
function heldIndexer(): Indexer & { readonly asked: number[][]; release(): void; isHeld: boolean } {
  let waiting: (() => void)[] = [];
  const indexer = {
    asked: [] as number[][],
    isHeld: true,
    release() {
      indexer.isHeld = false;
      for (const go of waiting.splice(0)) go();
    },
    run: async (folder: string, jobs: readonly { no: number; id: string }[]): Promise<IndexedSlice> => {
      indexer.asked.push(jobs.map(({ no }) => no));
      const slice = indexStore(folder, jobs);
      if (indexer.isHeld) await new Promise<void>((go) => waiting.push(go));
      return slice;
    },
    end() {
      waiting = [];
    },
  };
  return indexer;
}

test("Entries made in another thread are those that are made in the writer's", async (t) => {
  const aides = storeAides(threadFile);
  t.after(() => aides.indexer.end());
  const [beside, alone] = [testStore(t, { indexer: aides.indexer }), testStore(t)];
  for (const { writer } of [beside, alone]) await writer.take(many());
  await alone.writer.indexed();
  await until(() => beside.reader.search(query({ limit: 1000 })).summaries.length === traces);
  const found = ({ reader }: typeof alone) => ({
    all: reader.search(query({ limit: 1000 })).summaries,
    tagged: reader.search(query({ tags: new Map([["n", "3"]]), limit: 1000 })).summaries.length,
    named: reader.search(query({ operation: "op 7", limit: 1000 })).summaries,
    operations: [...reader.operations("shop")].sort(),
    hotspots: reader.hotspots({ fileTail: "file3.ts", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
  });
  assert.deepEqual(found(beside), found(alone));
});

test("Few spans are indexed at once, by the writer itself", async (t) => {
  const indexer = heldIndexer();
  const { writer, reader } = testStore(t, { indexer });
  await writer.take(batch(part(1)));
  await until(() => reader.summary(traceId(1)) !== undefined);
  assert.deepEqual(indexer.asked, []);
});

test("What comes to a trace while its entry is made elsewhere is indexed after it", async (t) => {
  const indexer = heldIndexer();
  const { writer, reader } = testStore(t, { indexer });
  await writer.take(many());
  await until(() => indexer.asked.length > 0);
  const first = indexer.asked[0][0] - 1;
  await writer.take(batch(part(first, 500, 5)));
  indexer.release();
  await until(() => reader.summary(traceId(first))?.spans === spansOfTrace + 5);
  await until(() => reader.search(query({ limit: 1000 })).summaries.length === traces);
});

test("A trace that is deleted while its entry is made elsewhere stays deleted", async (t) => {
  const indexer = heldIndexer();
  const { writer, reader } = testStore(t, { indexer });
  await writer.take(many());
  await until(() => indexer.asked.length > 0);
  await writer.deleteAll();
  indexer.release();
  await writer.take(batch(part(400)));
  await writer.indexed();
  assert.deepEqual(
    reader.search(query({ limit: 1000 })).summaries.map((summary) => summary.traceId),
    [traceId(400)],
  );
  assert.equal(reader.search(query({ operation: "op 1" })).summaries.length, 0);
  assert.equal(writer.refusal, undefined);
});

test("Who asks for all that was taken does not wait for another thread", async (t) => {
  const indexer = heldIndexer();
  const { writer, reader } = testStore(t, { indexer });
  await writer.take(many());
  await until(() => indexer.asked.length > 0);
  await writer.indexed();
  assert.equal(reader.search(query({ limit: 1000 })).summaries.length, traces);
  indexer.release();
  await pause(50);
  assert.equal(reader.search(query({ limit: 1000 })).summaries.length, traces);
});

test("A store that is closed meanwhile has all of it when it is opened again", async (t) => {
  const indexer = heldIndexer();
  const { writer, folder } = testStore(t, { indexer });
  await writer.take(many());
  await until(() => indexer.asked.length > 0);
  await writer.close();
  indexer.release();
  const again = testStore(t, { folder });
  await again.writer.indexed();
  assert.equal(again.reader.search(query({ limit: 1000 })).summaries.length, traces);
});

for (const [how, indexer] of [
  ["fails", { run: () => Promise.reject(new Error("out of memory")), end() {} }],
  ["cannot be begun", storeAides(new URL("./absent.ts", import.meta.url)).indexer],
] as const) {
  test(`The writer does it itself when the other thread ${how}`, async (t) => {
    const { writer, reader, notices } = testStore(t, { indexer });
    await writer.take(many());
    await until(() => reader.search(query({ limit: 1000 })).summaries.length === traces);
    assert.deepEqual(notices, []);
  });
}

test("Retention goes on while entries are made elsewhere, and what it deletes is not found", async (t) => {
  const indexer = heldIndexer();
  const limits = { ...noLimits, maxSpans: 4000 };
  const { writer, reader } = testStore(t, { indexer, limits });
  await writer.take(many());
  await until(() => indexer.asked.length > 0);
  for (let i = 0; i < 300; i += 50) {
    await writer.take(batch(...Array.from({ length: 50 }, (_, k) => part(500 + i + k))));
  }
  indexer.release();
  await until(() => reader.summary(traceId(799)) !== undefined);
  await writer.indexed();
  const kept = [...reader.traceIds()];
  assert.equal(reader.search(query({ limit: 1000 })).summaries.length, kept.length);
  assert.ok(reader.size().spans <= 4000);
  assert.equal(reader.search(query({ operation: "op 1" })).summaries.length, 0);
});

test("A store that is set aside while entries are made elsewhere is begun anew without them", async (t) => {
  const indexer = heldIndexer();
  const { writer, reader, folder } = testStore(t, { indexer });
  await writer.take(many());
  await until(() => indexer.asked.length > 0);
  for (const end of ["", "-wal", "-shm"]) {
    renameSync(storePath(folder) + end, `${storePath(folder)}.elsewhere${end}`);
  }
  await until(() => existsSync(storePath(folder)));
  indexer.release();
  await pause(50);
  await writer.take(batch(part(1)));
  await writer.indexed();
  assert.deepEqual(
    reader.search(query({ limit: 1000 })).summaries.map((summary) => summary.traceId),
    [traceId(1)],
  );
});
