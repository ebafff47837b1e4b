import { UserError } from "../../../base/userError.ts";
import { Database } from "./database.ts";
import { idKey } from "./traceIds.ts";

/** "TRAC": tells this store's files from other databases. */
const applicationId = 0x54524143;

/**
 * Each step brings a store from version i to i + 1, in a transaction of its own with the number, so that an interrupted one
 * is simply done again.
 *
 *     trace ── chunk          what was received, as it came; a trace's bytes are its chunks in order of seq
 *       │
 *       ├──── fresh           index entries of traces indexed lately, one row a trace
 *       └──── segment ──┬─ posting   the same of older traces, by bucket of terms
 *                       └─ calls     and by place in the code
 *
 * Trace numbers ascend as traces are first met and are never given twice, so what is left in a segment of a deleted trace
 * is harmless.
 */
const migrations: readonly (string | ((database: Database) => void))[] = [
  // Blobs may be null, for Node 22 binds an empty one so.
  `
  CREATE TABLE state(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    schema INTEGER NOT NULL,
    clean INTEGER NOT NULL,
    watermark INTEGER NOT NULL,
    change INTEGER NOT NULL,
    spans INTEGER NOT NULL,
    logs INTEGER NOT NULL,
    age REAL NOT NULL,
    wall REAL NOT NULL
  );
  INSERT INTO state VALUES (1, 1, 1, 0, 0, 0, 0, 0, 0);
  CREATE TABLE lease(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    holder TEXT NOT NULL,
    beat INTEGER NOT NULL,
    expires REAL NOT NULL
  );
  CREATE TABLE trace(
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    age REAL NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    spans INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0,
    start REAL NOT NULL DEFAULT 0,
    duration REAL NOT NULL DEFAULT 0,
    root_service TEXT NOT NULL DEFAULT '',
    root_name TEXT NOT NULL DEFAULT '',
    services TEXT NOT NULL DEFAULT '[]'
  );
  CREATE INDEX trace_start ON trace(start) WHERE spans > 0;
  CREATE INDEX trace_changed ON trace(changed) WHERE changed > 0;
  CREATE INDEX trace_pinned ON trace(no) WHERE pinned = 1;
  CREATE TABLE chunk(
    seq INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    count INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    bytes BLOB
  );
  CREATE UNIQUE INDEX chunk_trace ON chunk(trace, kind, hash);
  CREATE TABLE fresh(trace INTEGER PRIMARY KEY, terms BLOB, calls BLOB);
  CREATE TABLE segment(no INTEGER PRIMARY KEY AUTOINCREMENT, level INTEGER NOT NULL, high INTEGER NOT NULL);
  CREATE TABLE posting(bucket INTEGER NOT NULL, segment INTEGER NOT NULL, pairs BLOB NOT NULL);
  CREATE UNIQUE INDEX posting_bucket ON posting(bucket, segment);
  CREATE INDEX posting_segment ON posting(segment);
  CREATE TABLE calls(place INTEGER NOT NULL, segment INTEGER NOT NULL, records BLOB NOT NULL);
  CREATE UNIQUE INDEX calls_place ON calls(place, segment);
  CREATE INDEX calls_segment ON calls(segment);
  CREATE TABLE place(
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    base TEXT NOT NULL,
    path TEXT NOT NULL,
    said TEXT NOT NULL,
    seen INTEGER NOT NULL
  );
  CREATE INDEX place_base ON place(base);
  CREATE TABLE name(
    kind INTEGER NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    uses INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (kind, service, name)
  ) WITHOUT ROWID;
  `,
  // `traceIds.ts` says what the hash is for.
  (database) => {
    database.exec(`
  ALTER TABLE trace RENAME TO trace_1;
  CREATE TABLE trace(
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    hash INTEGER NOT NULL,
    age REAL NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    spans INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0,
    start REAL NOT NULL DEFAULT 0,
    duration REAL NOT NULL DEFAULT 0,
    root_service TEXT NOT NULL DEFAULT '',
    root_name TEXT NOT NULL DEFAULT '',
    services TEXT NOT NULL DEFAULT '[]'
  );
  INSERT INTO trace
    SELECT no, id, 0, age, pinned, version, changed, spans, errors, start, duration, root_service, root_name, services
    FROM trace_1;
  DELETE FROM sqlite_sequence WHERE name = 'trace';
  INSERT INTO sqlite_sequence(name, seq) SELECT 'trace', seq FROM sqlite_sequence WHERE name = 'trace_1';
  DROP TABLE trace_1;
  CREATE INDEX trace_start ON trace(start) WHERE spans > 0;
  CREATE INDEX trace_changed ON trace(changed) WHERE changed > 0;
  CREATE INDEX trace_pinned ON trace(no) WHERE pinned = 1;
  `);
    for (const { no, id } of database.all("SELECT no, id FROM trace")) {
      database.run("UPDATE trace SET hash = ? WHERE no = ?", idKey(String(id))[0], Number(no));
    }
    database.exec("CREATE INDEX trace_hash ON trace(hash)");
  },
];

/** The version this code writes. */
export const schemaVersion = migrations.length;

/** The file is whole, and yet not a store of this kind. */
export class ForeignFile extends Error {}

/**
 * Brings a store to the version of this code, or to one before. Throws a UserError when it was written by a newer one, and
 * ForeignFile when it is not a store at all.
 */
export function migrate(database: Database, to = schemaVersion): void {
  let version = database.number("PRAGMA user_version");
  if (version > 0) requireOwn(database, version);
  else if (database.number("SELECT count(*) FROM sqlite_master") > 0)
    throw new ForeignFile("another database");
  if (version > schemaVersion) throw newer();
  while (version < to) {
    database.transaction(() => {
      // Another process may have done it while this one waited for the lock.
      version = database.number("PRAGMA user_version");
      if (version >= to) return;
      const step = migrations[version];
      if (typeof step === "string") database.exec(step);
      else step(database);
      version++;
      database.exec(`PRAGMA application_id=${applicationId}; PRAGMA user_version=${version}`);
      database.run("UPDATE state SET schema = ?", version);
    });
  }
}

/** Whether the store is of a version before this one. */
export function isEarlier(database: Database): boolean {
  const version = database.number("PRAGMA user_version");
  return version > 0 && version < schemaVersion;
}

/** Throws ForeignFile when the tables are not exactly those that the migrations make. */
export function requireTables(database: Database): void {
  const sql = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
  const model = new Database(":memory:", { readOnly: false, busyMs: 0 });
  try {
    migrate(model);
    if (JSON.stringify(model.all(sql)) === JSON.stringify(database.all(sql))) return;
  } finally {
    model.close();
  }
  throw new ForeignFile("its tables are other ones");
}

function requireOwn(database: Database, version: number): void {
  if (database.number("PRAGMA application_id") !== applicationId) throw new ForeignFile("another database");
  if (database.number("SELECT schema FROM state") !== version) throw new ForeignFile("its versions differ");
}

function newer(): UserError {
  return new UserError(
    "The store of received traces was written by a newer version of Traceline. Update Traceline to use it.",
    { code: "newerStore" },
  );
}
