import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { LeaseKeeper } from "../../../../src/backends/local/leaseKeeper.ts";
import { Database } from "../../../../src/backends/local/store/database.ts";
import { leaseHolder } from "../../../../src/backends/local/store/lease.ts";
import { storePath } from "../../../../src/backends/local/store/storeFile.ts";
import { testFolder } from "./store/testStore.ts";

const at = { http: "http://127.0.0.1:4318", grpc: "http://127.0.0.1:4317" };

function keeper(t: TestContext, folder: string) {
  const notices: string[] = [];
  const notice = (text: string) => void notices.push(text);
  const made = new LeaseKeeper(folder, { gained() {}, lost() {}, held() {}, notice });
  t.after(() => made.end());
  return { made, notices };
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
  assert.deepEqual(LeaseKeeper.said(leaseHolder(folder)?.holder), { pid: process.pid, thread: 0, at });
});
