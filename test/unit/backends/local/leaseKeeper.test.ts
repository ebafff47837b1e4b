import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { LeaseKeeper } from "../../../../src/backends/local/leaseKeeper.ts";
import { Database } from "../../../../src/backends/local/store/database.ts";
import { acquireLease, leaseHolder } from "../../../../src/backends/local/store/lease.ts";
import { storePath } from "../../../../src/backends/local/store/storeFile.ts";
import { testFolder } from "./store/testStore.ts";

const at = { http: "http://127.0.0.1:4318", grpc: "http://127.0.0.1:4317" };

function keeper(t: TestContext, folder: string) {
  const notices: string[] = [];
  const told: string[] = [];
  const made = new LeaseKeeper(folder, {
    gained: () => void told.push("gained"),
    lost: () => void told.push("lost"),
    held() {},
    notice: (text) => void notices.push(text),
  });
  t.after(() => made.end());
  return { made, notices, told };
}

test("A store that cannot be opened any more is told once, by who has the lease and by who waits for it", async (t) => {
  const folder = testFolder(t);
  const owner = keeper(t, folder);
  const waiting = keeper(t, folder);
  assert.ok(owner.made.begin().token !== undefined);
  assert.equal(waiting.made.begin().token, undefined);
  for (const end of ["", "-wal", "-shm"]) rmSync(storePath(folder) + end, { force: true });
  mkdirSync(storePath(folder));
  await pause(1500);
  assert.deepEqual([owner.notices.length, waiting.notices.length], [1, 1]);
  assert.match(owner.notices[0], /cannot be written/);
  rmSync(storePath(folder), { recursive: true });
});

test("Where a window receives is said again by each renewal, for a store that was begun anew", async (t) => {
  const folder = testFolder(t);
  const { made } = keeper(t, folder);
  made.begin();
  made.say(at);
  const database = new Database(storePath(folder), { readOnly: false, busyMs: 500 });
  database.run(
    "UPDATE lease SET holder = ?",
    JSON.stringify({ pid: process.pid, at: { http: "", grpc: "" } }),
  );
  database.close();
  await pause(700);
  const said = { pid: process.pid, thread: 0, host: hostname(), at };
  assert.deepEqual(LeaseKeeper.said(leaseHolder(folder)?.holder), said);
});

test("A process that is not seen here has lost its lease at once, unless it is another machine's", (t) => {
  // Beyond the numbers that systems give to processes.
  const pid = 2 ** 30;
  for (const [host, isTaken] of [
    [undefined, true],
    [hostname(), true],
    [`not ${hostname()}`, false],
  ] as const) {
    const folder = testFolder(t);
    acquireLease(folder, JSON.stringify({ pid, host, at }), 60_000);
    assert.equal(keeper(t, folder).made.begin().token !== undefined, isTaken, host);
  }
});

test("When all windows slept, the one that has the lease keeps it, whoever wakes first", async (t) => {
  const folder = testFolder(t);
  const owner = keeper(t, folder);
  const waiting = keeper(t, folder);
  const { token } = owner.made.begin();
  assert.equal(waiting.made.begin().token, undefined);
  // Nobody looks or renews for longer than a lease lasts; then the one that waits is the first to look.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  const before = beatOf(folder);
  // Once it has renewed a few times, the one that waits has looked several times.
  for (const end = Date.now() + 30_000; beatOf(folder) < before + 5; await pause(50))
    assert.ok(Date.now() < end, "the lease is renewed");
  assert.deepEqual([owner.told, waiting.told], [[], []]);
  assert.equal(leaseHolder(folder)?.token, token);
});

function beatOf(folder: string): number {
  const database = new Database(storePath(folder), { readOnly: true, busyMs: 500 });
  try {
    return database.number("SELECT beat FROM lease");
  } finally {
    database.close();
  }
}
