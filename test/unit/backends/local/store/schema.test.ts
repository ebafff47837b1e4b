import assert from "node:assert/strict";
import { test } from "node:test";
import { Database } from "../../../../../src/backends/local/store/database.ts";
import { acquireLease } from "../../../../../src/backends/local/store/lease.ts";
import { openReader } from "../../../../../src/backends/local/store/openStore.ts";
import { migrate, requireTables, schemaVersion } from "../../../../../src/backends/local/store/schema.ts";
import { isMarkedDamaged, storePath } from "../../../../../src/backends/local/store/storeFile.ts";
import { batch, spanId, spansPart, traceId } from "./otlpParts.ts";
import { query, testFolder, testStore } from "./testStore.ts";

test("A store of the first version keeps its traces, their numbers and what comes to them", async (t) => {
  const folder = testFolder(t);
  const old = new Database(storePath(folder), { readOnly: false, busyMs: 0 });
  migrate(old, 1);
  for (const [index, part] of [0, 1, 2].map((i) => spansPart(traceId(i), [{ id: spanId(i) }])).entries()) {
    old.run("INSERT INTO trace(id, age) VALUES (?, 0)", part.traceId);
    old.run("INSERT INTO chunk VALUES (?, ?, 0, 1, ?, ?)", index + 1, index + 1, index, part.bytes);
  }
  old.run("DELETE FROM chunk WHERE trace = 3");
  old.run("DELETE FROM trace WHERE no = 3");
  old.run("UPDATE state SET spans = 2");
  old.close();

  const { writer, reader } = testStore(t, { folder });
  await writer.take(
    batch(spansPart(traceId(0), [{ id: spanId(7) }]), spansPart(traceId(5), [{ id: spanId(8) }])),
  );
  await writer.indexed();
  assert.deepEqual(
    reader
      .search(query())
      .summaries.map(({ traceId: id, spans }) => [id, spans])
      .sort(),
    [
      [traceId(0), 2],
      [traceId(1), 1],
      [traceId(5), 1],
    ],
  );
  assert.deepEqual(reader.known([traceId(1), traceId(2)]), [traceId(1)]);
  const now = new Database(storePath(folder), { readOnly: true, busyMs: 0 });
  assert.equal(now.number("PRAGMA user_version"), schemaVersion);
  assert.equal(now.number("SELECT no FROM trace WHERE id = ?", traceId(5)), 4);
  requireTables(now);
  now.close();
});

test("Every version's tables are made by the steps before it", () => {
  for (let version = 1; version <= schemaVersion; version++) {
    const database = new Database(":memory:", { readOnly: false, busyMs: 0 });
    for (let to = 1; to <= version; to++) migrate(database, to);
    assert.equal(database.number("SELECT schema FROM state"), version);
    database.close();
  }
});

test("A migration that fails at its end leaves the store as it was, and is done again", () => {
  const database = new Database(":memory:", { readOnly: false, busyMs: 0 });
  migrate(database, 1);
  database.run("INSERT INTO trace(id, age) VALUES (?, 0)", traceId(1));
  const before = database.all("SELECT name, sql FROM sqlite_master ORDER BY name");
  database.exec("CREATE TABLE trace_hash(in_the_way)");
  assert.throws(() => migrate(database));
  database.exec("DROP TABLE trace_hash");
  assert.deepEqual(database.all("SELECT name, sql FROM sqlite_master ORDER BY name"), before);
  assert.equal(database.number("PRAGMA user_version"), 1);
  migrate(database);
  assert.deepEqual(
    database.all("SELECT no, id FROM trace").map((row) => [row.no, row.id]),
    [[1, traceId(1)]],
  );
  database.close();
});

/** A store of the first version with one trace, whose lease somebody has until `expires`. */
function earlierStore(folder: string, expires: number): void {
  const old = new Database(storePath(folder), { readOnly: false, busyMs: 0 });
  migrate(old, 1);
  const { traceId: id, bytes } = spansPart(traceId(0), [{ id: spanId(0) }]);
  old.run("INSERT INTO trace(id, age) VALUES (?, 0)", id);
  old.run("INSERT INTO chunk VALUES (1, 1, 0, 1, 1, ?)", bytes);
  old.run("INSERT INTO lease VALUES (1, 'token', 'holder', 0, ?)", expires);
  old.close();
}

function versionOf(folder: string): number {
  const database = new Database(storePath(folder), { readOnly: true, busyMs: 0 });
  const version = database.number("PRAGMA user_version");
  database.close();
  return version;
}

test("A store that a window of an earlier version writes to is left as it is, and said to be", (t) => {
  const folder = testFolder(t);
  earlierStore(folder, Date.now() + 60_000);
  assert.equal(acquireLease(folder, "later", 1000).acquired, false);
  const reader = openReader(folder);
  assert.throws(() => reader.known([traceId(0)]), { name: "UserError", code: "earlierStore" });
  reader.close();
  assert.equal(versionOf(folder), 1);
  assert.equal(isMarkedDamaged(folder), false);
});

test("A store of an earlier version that nobody writes to is read", (t) => {
  const folder = testFolder(t);
  earlierStore(folder, Date.now() - 1000);
  const reader = openReader(folder);
  assert.deepEqual(reader.known([traceId(0), traceId(1)]), [traceId(0)]);
  reader.close();
  assert.equal(versionOf(folder), schemaVersion);
});
