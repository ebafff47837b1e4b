import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { checkpoint } from "../../../../../src/backends/local/store/checkpointer.ts";
import { acquireLease, renewLease } from "../../../../../src/backends/local/store/lease.ts";
import { storePath } from "../../../../../src/backends/local/store/storeFile.ts";
import { storeAides } from "../../../../../src/workers/storeThread.ts";
import { batch, spanId, spansPart, traceId } from "./otlpParts.ts";
import { testFolder, testStore } from "./testStore.ts";

/** A trace of half a megabyte. */
const large = (index: number) =>
  spansPart(traceId(index), [{ id: spanId(index), attributes: { text: "x".repeat(500_000) } }]);

const logSize = (folder: string) =>
  statSync(`${storePath(folder)}-wal`, { throwIfNoEntry: false })?.size ?? 0;

test("A checkpointer copies a log that grows, and the next commits begin it anew", async (t) => {
  const runs: string[] = [];
  const { folder, writer, reader } = testStore(t, {
    checkpointer: {
      run: async (path) => {
        runs.push(path);
        checkpoint(path);
      },
      end() {},
    },
  });
  for (let i = 0; i < 100; i++) {
    await writer.take(batch(large(i)));
    await pause(1);
  }
  assert.ok(runs.length >= 4);
  assert.deepEqual(new Set(runs), new Set([folder]));
  assert.ok(logSize(folder) < 16 << 20, `the log has ${logSize(folder)} bytes`);
  for (let i = 0; i < 100; i++) assert.equal(reader.spans(traceId(i))?.length, large(i).bytes.length);
});

test("A checkpointer that fails, or does not answer, costs no sender anything", async (t) => {
  const runs = [() => Promise.reject(new Error("the thread has ended")), () => new Promise<void>(() => {})];
  let asked = 0;
  const { writer, reader } = testStore(t, {
    limits: { maxSpans: 0, maxBytes: 200 << 20, maxAgeHours: 0 },
    checkpointer: { run: () => runs[Math.min(asked++, 1)](), end() {} },
  });
  for (let i = 0; i < 60; i++) {
    await writer.take(batch(large(i)));
    await pause(1);
  }
  assert.equal(asked, 2);
  for (let i = 0; i < 60; i++) assert.ok(reader.spans(traceId(i)) !== undefined);
  await writer.close();
  assert.equal(reader.size().spans, 60);
});

test("The thread copies the log of a store that is being written, and begins again after it was ended", async (t) => {
  const { folder, writer, reader } = testStore(t);
  const { checkpointer: thread } = storeAides(
    new URL("../../../../../src/workers/local.ts", import.meta.url),
  );
  t.after(() => thread.end());
  await writer.take(batch(large(1)));
  const before = statSync(storePath(folder)).size;
  await thread.run(folder);
  assert.ok(statSync(storePath(folder)).size >= before + 400_000);
  thread.end();
  await writer.take(batch(large(2)));
  await thread.run(folder);
  assert.ok(reader.spans(traceId(2)) !== undefined);
  await thread.run(testFolder(t));
});

test("A thread that cannot be begun is an error of that run alone", async () => {
  const { checkpointer: thread } = storeAides(new URL("./absent.ts", import.meta.url));
  await assert.rejects(thread.run("anywhere"));
  await assert.rejects(thread.run("anywhere"));
  thread.end();
});

test("Where there is no store, copying its log makes none", (t) => {
  const folder = testFolder(t);
  checkpoint(folder);
  assert.equal(statSync(storePath(folder), { throwIfNoEntry: false }), undefined);
});

test("Who renews the lease leaves the writer's log alone", async (t) => {
  const folder = testFolder(t);
  const answer = acquireLease(folder, "test", 60_000);
  assert.ok(answer.acquired);
  const { writer } = testStore(t, {
    folder,
    fence: answer.token,
    checkpointer: { run: () => new Promise<void>(() => {}), end() {} },
  });
  for (let i = 0; i < 50; i++) await writer.take(batch(large(i)));
  const before = statSync(storePath(folder)).size;
  assert.ok(renewLease(folder, answer.token, 60_000));
  assert.equal(statSync(storePath(folder)).size, before);
});
