import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { foreignFileSystem } from "../../../../../src/backends/local/store/fileSystem.ts";
import { openReader } from "../../../../../src/backends/local/store/openStore.ts";
import { schemaVersion } from "../../../../../src/backends/local/store/schema.ts";
import { storePath } from "../../../../../src/backends/local/store/storeFile.ts";
import { batch, spanId, spansPart, traceId } from "./otlpParts.ts";
import { lease, testFolder, testStore } from "./testStore.ts";

const part = (n: number, size = 100) =>
  spansPart(traceId(n), [{ id: spanId(n), attributes: { filler: "y".repeat(size) } }]);
const setAsideFiles = (folder: string) => readdirSync(folder).filter((file) => file.includes(".corrupt-"));

const damages: readonly [title: string, damage: (path: string) => void][] = [
  ["of 0 bytes", (path) => truncateSync(path, 0)],
  ["that is text", (path) => writeFileSync(path, "no database at all\n".repeat(500))],
  [
    "that is cut in half",
    (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2 / 8192) * 8192),
  ],
  [
    "that is another database",
    (path) => {
      rmSync(path);
      const other = new DatabaseSync(path);
      other.exec("CREATE TABLE recipe(title TEXT)");
      other.close();
    },
  ],
  [
    "whose tables are other ones",
    (path) => {
      const database = new DatabaseSync(path);
      database.exec("DROP TABLE chunk; CREATE TABLE chunk(other)");
      database.close();
    },
  ],
];
for (const [title, damage] of damages) {
  test(`A file ${title} is set aside, said, and a new store begun`, async (t) => {
    const { folder, writer } = testStore(t);
    for (let n = 0; n < 200; n++) await writer.take(batch(part(n, 1000)));
    await writer.close();
    damage(storePath(folder));
    // Not closed, as after a crash: so it is checked.
    if (title.includes("half")) writeFileSync(join(folder, "traces.db.damaged"), "");
    const again = testStore(t, { folder });
    await again.writer.take(batch(part(7)));
    assert.deepEqual(again.reader.known([traceId(7)]), [traceId(7)]);
    assert.ok(setAsideFiles(folder).length >= 1);
  });
}

test("A hash that was changed on the disk hides no trace", async (t) => {
  const { folder, writer } = testStore(t);
  for (let n = 0; n < 60; n++) await writer.take(batch(part(n)));
  await writer.close();
  const file = readFileSync(storePath(folder));
  const database = new DatabaseSync(storePath(folder), { readOnly: true });
  const page = Number(
    database.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'trace_hash'").get()?.rootpage,
  );
  const hashes = database.prepare("SELECT hash FROM trace ORDER BY hash").all();
  database.close();
  // One of the middle is less than all others now.
  const hash = Buffer.alloc(4);
  hash.writeInt32BE(Number(hashes[30].hash));
  const at = file.indexOf(hash, (page - 1) * 16384);
  assert.ok(at > 0 && at < page * 16384);
  file.writeInt32BE(-0x7fffffff, at);
  writeFileSync(storePath(folder), file);
  const again = testStore(t, { folder });
  for (let n = 100; n < 160; n++) await again.writer.take(batch(part(n)));
  await again.writer.indexed();
  const ids = [...again.reader.traceIds()];
  assert.equal(ids.length, 120);
  assert.deepEqual(again.reader.known(ids), ids);
  assert.deepEqual(setAsideFiles(folder), []);
});

test("Damage met while writing sets the file aside, and the next batch is kept in a new one", async (t) => {
  const { folder, writer, notices, reader } = testStore(t);
  for (let n = 0; n < 300; n++) await writer.take(batch(part(n, 1000)));
  await writer.indexed();
  await writer.close();
  const again = testStore(t, { folder });
  const bytes = readFileSync(storePath(folder));
  // Every page but the first, under the feet of the open store.
  bytes.fill(0xee, 8192);
  writeFileSync(storePath(folder), bytes);
  const failures: unknown[] = [];
  for (let n = 300; n < 310; n++)
    await again.writer.take(batch(part(n))).catch((error) => failures.push(error));
  assert.ok(failures.length <= 2, String(failures));
  assert.deepEqual(again.reader.known([traceId(309)]), [traceId(309)]);
  assert.ok(setAsideFiles(folder).length >= 1);
  assert.match([...notices, ...again.notices].join(), /damaged.*set aside as .*traces\.db\.corrupt-/);
  assert.deepEqual(reader.known([traceId(309)]), [traceId(309)]);
});

test("A reader that meets damage says so, and the writer then sets the file aside", async (t) => {
  const { folder, writer, reader } = testStore(t);
  await writer.take(batch(part(1)));
  await writer.close();
  reader.close();
  writeFileSync(storePath(folder), "no database at all\n".repeat(500));
  const second = openReader(folder);
  t.after(() => second.close());
  assert.throws(() => second.size(), { name: "UserError", message: /is damaged/ });
  const again = testStore(t, { folder });
  await again.writer.take(batch(part(2)));
  assert.equal(second.size().traces, 1);
});

test("A full disk refuses batches, keeps what was acknowledged, and takes again when there is space", async (t) => {
  let mono = 0;
  const { folder, writer, reader, notices } = testStore(t, { maxPages: 200, monotonic: () => mono });
  let kept = 0;
  let refused: unknown;
  while (refused === undefined && kept < 10_000) {
    await writer.take(batch(part(kept, 5000))).then(
      () => kept++,
      (error) => {
        refused = error;
      },
    );
  }
  assert.equal((refused as Error).name, "IntakeRefusal");
  assert.match((refused as Error).message, /disk is full/);
  assert.ok(writer.refusal !== undefined);
  assert.equal([...reader.traceIds()].length, kept);
  await assert.rejects(writer.take(batch(part(kept, 5000))), { name: "IntakeRefusal" });
  assert.equal(notices.length, 1, notices.join());
  await writer.deleteAll().catch(() => {});
  mono += 60_000;
  await writer.deleteAll();
  await writer.take(batch(part(kept, 5000)));
  assert.deepEqual([...reader.traceIds()], [traceId(kept)]);
  assert.equal(setAsideFiles(folder).length, 0);
});

test("A folder that cannot be written refuses, and reading goes on", {
  skip: process.getuid?.() === 0,
}, async (t) => {
  let mono = 0;
  const { folder, writer, reader } = testStore(t, { monotonic: () => mono });
  await writer.take(batch(part(1)));
  chmodSync(storePath(folder), 0o400);
  chmodSync(folder, 0o500);
  assert.equal(reader.size().traces, 1);
  chmodSync(folder, 0o700);
  chmodSync(storePath(folder), 0o600);
  mono += 60_000;
  await writer.take(batch(part(2)));
});

test("A store whose files were removed under it begins anew", async (t) => {
  let mono = 0;
  const { folder, writer, reader } = testStore(t, { monotonic: () => mono });
  await writer.take(batch(part(1)));
  for (const end of ["", "-wal", "-shm"]) rmSync(storePath(folder) + end, { force: true });
  await new Promise((resolve) => setTimeout(resolve, 1200));
  mono += 60_000;
  await writer.take(batch(part(2)));
  assert.deepEqual([...reader.traceIds()], [traceId(2)]);
});

test("A store of a newer version is refused politely, by writer and reader, and left alone", async (t) => {
  const { folder, writer } = testStore(t);
  await writer.close();
  const newer = new DatabaseSync(storePath(folder));
  newer.exec(`UPDATE state SET schema = ${schemaVersion + 1}; PRAGMA user_version = ${schemaVersion + 1}`);
  newer.close();
  assert.throws(() => lease(folder), { name: "UserError", code: "newerStore" });
  const reader = openReader(folder);
  t.after(() => reader.close());
  assert.throws(() => reader.size(), { name: "UserError", code: "newerStore" });
  assert.equal(setAsideFiles(folder).length, 0);
});

test("A reader of a folder without a store finds nothing, and then what is put there", async (t) => {
  const folder = join(testFolder(t), "not", "there");
  const reader = openReader(folder);
  t.after(() => reader.close());
  assert.deepEqual(reader.size(), { traces: 0, spans: 0, logs: 0, bytes: 0 });
  assert.equal(reader.spans("a1"), undefined);
  assert.equal(existsSync(folder), false);
  const { writer } = testStore(t, { folder });
  await writer.take(batch(part(1)));
  assert.equal(reader.size().traces, 1);
});

test("A reader follows a store that was put aside by another's hand", async (t) => {
  const { folder, writer, reader } = testStore(t);
  await writer.take(batch(part(1)));
  assert.equal(reader.size().traces, 1);
  await writer.close();
  renameSync(storePath(folder), join(folder, "elsewhere.db"));
  assert.equal(reader.size().traces, 0);
});

const types: readonly [type: number, name: string | undefined][] = [
  [0xef53, undefined],
  [0x01021994, undefined],
  [0x6969, "NFS"],
  [0x01021997, "9p"],
  [0x65735546, "FUSE"],
  [0x53464846, "WSL 1"],
  [0xfe534d42, "SMB"],
];
for (const [type, name] of types) {
  test(`A file system of type 0x${type.toString(16)} is ${name ?? "this machine's own"}`, () => {
    assert.equal(
      foreignFileSystem("/home/someone", () => type),
      name,
    );
  });
}

test("A network path of Windows is foreign, whatever its type", () => {
  assert.equal(
    foreignFileSystem("\\\\server\\share\\folder", () => 0),
    "network",
  );
});

test("On a foreign file system there is no write-ahead log, everything works, and it is said once", async (t) => {
  const { folder, writer, reader, notices } = testStore(t, {
    folder: testFolder(t),
    fileSystemType: () => 0x6969,
  });
  for (let n = 0; n < 5; n++) await writer.take(batch(part(n)));
  await writer.indexed();
  assert.equal(reader.size().traces, 5);
  assert.equal(existsSync(`${storePath(folder)}-wal`), false);
  assert.equal(notices.length, 1);
  assert.match(notices[0], /NFS/);
});
