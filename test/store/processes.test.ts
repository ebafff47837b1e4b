import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { leaseHolder } from "../../src/backends/local/store/lease.ts";
import { openReader } from "../../src/backends/local/store/openStore.ts";
import { numberedTrace } from "./numberedBatch.ts";
import { type StoreProcess, startWriter } from "./storeProcess.ts";

/** Removed at the end of all: hooks run in the order in which they were made, and the writers end in later ones. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "traceline-processes-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function killed(t: TestContext, ...writers: StoreProcess[]): void {
  t.after(async () => {
    for (const { child, ended } of writers) {
      child.kill("SIGCONT");
      child.kill("SIGKILL");
      await ended;
    }
  });
}

test("Of three processes on one store one writes, a fourth reads, and nobody sees that it is busy", async (t) => {
  const folder = newFolder();
  const writers = ["a", "b", "c"].map((name) => startWriter(folder, name));
  killed(t, ...writers);
  await Promise.race(writers.map((writer) => writer.until(50)));
  const reader = openReader(folder);
  t.after(() => reader.close());
  const until = performance.now() + 1500;
  let asked = 0;
  while (performance.now() < until) {
    reader.changes(0);
    reader.services();
    assert.ok(reader.size().spans > 0);
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const active = writers.filter((writer) => writer.acknowledged.length > 0);
  assert.equal(active.length, 1);
  assert.ok(asked > 10);
  assert.deepEqual(
    writers.flatMap(({ said }) => said.filter((line) => !/^(holds|waits) /.test(line))),
    [],
  );
});

test("When the owner closes another takes over within two seconds, and what the first kept is there", async (t) => {
  const folder = newFolder();
  const first = startWriter(folder, "a");
  await first.until(20);
  const second = startWriter(folder, "b");
  killed(t, first, second);
  await second.saying("waits");
  first.child.stdin!.end("end");
  await first.ended;
  const began = performance.now();
  await second.until(1);
  assert.ok(performance.now() - began < 2000);
  const reader = openReader(folder);
  t.after(() => reader.close());
  for (const number of first.acknowledged) assert.ok(reader.spans(numberedTrace("a", number)) !== undefined);
});

test("When the owner is killed another takes over within two seconds of its lease's end", async (t) => {
  const folder = newFolder();
  const first = startWriter(folder, "a", 1000);
  await first.until(20);
  const second = startWriter(folder, "b", 1000);
  killed(t, first, second);
  await second.saying("waits");
  first.child.kill("SIGKILL");
  const began = performance.now();
  await second.until(1);
  assert.ok(performance.now() - began < 3000);
});

test("An owner that hangs keeps its lease until it ends; resumed, it notices and stops writing", async (t) => {
  const folder = newFolder();
  const first = startWriter(folder, "a", 1000);
  const second = startWriter(folder, "b", 1000);
  killed(t, first, second);
  await Promise.race([first.until(20), second.until(20)]);
  const [owner, other] = first.acknowledged.length > 0 ? [first, second] : [second, first];
  const reader = openReader(folder);
  t.after(() => reader.close());
  // Stopped within a transaction it would hold SQLite's own lock; it is stopped again until it is outside.
  for (;;) {
    owner.child.kill("SIGSTOP");
    const before = leaseHolder(folder)?.token;
    assert.ok(reader.size().spans > 0);
    await Promise.race([other.until(1), new Promise((resolve) => setTimeout(resolve, 4000))]);
    if (other.acknowledged.length > 0) {
      assert.notEqual(leaseHolder(folder)?.token, before);
      break;
    }
    owner.child.kill("SIGCONT");
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 50));
  }
  const atStop = owner.acknowledged.length;
  owner.child.kill("SIGCONT");
  await owner.saying("lost");
  await owner.ended;
  await other.until(other.acknowledged.length + 20);
  // An answer that was on its way when it was stopped may still have come.
  assert.ok(owner.acknowledged.length <= atStop + 1);
  for (const number of owner.acknowledged) {
    const name = owner === first ? "a" : "b";
    assert.ok(reader.spans(numberedTrace(name, number)) !== undefined, `${number} of the old owner is kept`);
  }
});
