import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { Database, isDamage, SqliteCode, sqliteCode } from "./database.ts";
import { foreignFileSystem } from "./fileSystem.ts";
import { ForeignFile, isEarlier, migrate, requireTables } from "./schema.ts";

const name = "traces.db";
const damageMark = "traces.db.damaged";
const companions = ["", "-wal", "-shm", "-journal"];

/** The database of the store in `folder`. */
export function storePath(folder: string): string {
  return join(folder, name);
}

export interface OpenOptions {
  /** Hears, in a sentence for a person, what was done about a damaged or foreign place. */
  readonly onNotice: (text: string) => void;
  /** Unix ms, for the name of a file that is set aside. */
  readonly now: () => number;
  readonly busyMs: number;
  /** What statfs answers for a folder: for tests. */
  readonly fileSystemType?: (folder: string) => number;
  /** Whether a store that was not closed is to be checked first; for those who only look at the lease it is not. */
  readonly check: boolean;
  /** A store was begun that has no lease yet: called with it before anyone else can be. */
  readonly onBegun?: (database: Database) => void;
}

/**
 * Opens the store for writing, made or brought to this version. A file that is damaged is set aside and a new one begun.
 * Folder and file are for this user alone. Throws a UserError for a newer version's store, and SQLite's error where the
 * folder cannot be written.
 */
export function openStoreFile(folder: string, options: OpenOptions): Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = storePath(folder);
  const known = statSync(path, { throwIfNoEntry: false });
  if (known?.size === 0) setAside(folder, options, known.ino);
  try {
    return opened(folder, options);
  } catch (error) {
    if (!isUnusable(error, path)) throw error;
    setAside(folder, options, known?.ino);
    return opened(folder, options);
  }
}

function opened(folder: string, options: OpenOptions): Database {
  const path = storePath(folder);
  if (!existsSync(path)) create(folder, options);
  const foreign = foreignFileSystem(folder, options.fileSystemType);
  const database = new Database(path, { readOnly: false, busyMs: options.busyMs });
  try {
    const mode = foreign === undefined ? "WAL" : "DELETE";
    database.exec(`PRAGMA journal_mode=${mode}; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768`);
    // Who only renews a lease would copy the whole log of the writer, again and again.
    if (!options.check) database.exec("PRAGMA wal_autocheckpoint=0");
    if (foreign !== undefined && options.check) {
      options.onNotice(
        `The store of received traces is on a ${foreign} file system (${folder}), where it is slower and safe for one window only.`,
      );
    }
    // Who only looks at the lease leaves a store of an earlier version to the window that writes to it.
    if (options.check || !isEarlier(database)) migrate(database);
    if (options.check) {
      requireTables(database);
      check(database, folder);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Makes an empty store under another name and gives it its own when it is whole: so a store of 0 bytes is always a damaged
 * one, and of two processes that make one at the same time both open the same.
 */
function create(folder: string, options: OpenOptions): void {
  const path = storePath(folder);
  const draft = `${path}.new-${process.pid}-${draftCount++}`;
  try {
    // SQLite gives its log and shared memory the mode of the file.
    closeSync(openSync(draft, "wx", 0o600));
    const database = new Database(draft, { readOnly: false, busyMs: 0 });
    try {
      database.exec("PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL");
      migrate(database);
      options.onBegun?.(database);
    } finally {
      database.close();
    }
    give(draft, path);
  } finally {
    for (const end of companions) rmSync(draft + end, { force: true });
  }
}

let draftCount = 0;

function give(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch {
    // Another process was first, or this file system has no links.
    if (!existsSync(path)) renameSync(draft, path);
  }
}

/** Beyond this a check takes longer than opening may; damage is then noticed where it is met. */
const checkedBytes = 64 * 1024 * 1024;

class FailedCheck extends Error {}

/** A store that was not closed, or that someone has met damage in, is checked before it is written to. */
function check(database: Database, folder: string): void {
  const marked = existsSync(join(folder, damageMark));
  const clean = database.number("SELECT clean FROM state") === 1;
  if (clean && !marked) return;
  if (marked || statSync(database.path).size <= checkedBytes) {
    const pragma = marked ? "integrity_check" : "quick_check";
    const answer = Object.values(database.get(`PRAGMA ${pragma}(1)`) ?? {})[0];
    if (answer !== "ok") throw new FailedCheck(String(answer));
  }
  rmSync(join(folder, damageMark), { force: true });
}

/** Remembers that the store is damaged, for the one who writes to it next. */
export function markDamage(folder: string): void {
  try {
    closeSync(openSync(join(folder, damageMark), "a", 0o600));
  } catch {
    // Where this cannot be written, nothing of the store can.
  }
}

export function isMarkedDamaged(folder: string): boolean {
  return existsSync(join(folder, damageMark));
}

/** Whether an error at opening means that the file is not a store that can be used. */
function isUnusable(error: unknown, path: string): boolean {
  if (error instanceof ForeignFile || error instanceof FailedCheck || isDamage(error)) return true;
  const code = sqliteCode(error);
  // Its tables are not those of its version, or its header forbids writing to a file that can be written.
  if (code === SqliteCode.error) return true;
  return code === SqliteCode.readOnly && isWritable(path);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(join(path, ".."), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Renames the store's files to `*.corrupt-<time>`, unless another process has put new ones there meanwhile (`inode` is that
 * of the damaged one). Nothing is deleted. Throws the system's error for files that cannot be read just now: whether they are
 * damaged nobody can say then.
 */
export function setAside(
  folder: string,
  options: Pick<OpenOptions, "onNotice" | "now">,
  inode?: number,
): void {
  const path = storePath(folder);
  if (inode !== undefined && statSync(path, { throwIfNoEntry: false })?.ino !== inode) return;
  for (const end of companions) readThrough(path + end);
  let aside = `${path}.corrupt-${timeText(options.now())}`;
  for (let i = 2; existsSync(aside); i++) aside = `${path}.corrupt-${timeText(options.now())}-${i}`;
  for (const end of companions) if (existsSync(path + end)) renameSync(path + end, aside + end);
  rmSync(join(folder, damageMark), { force: true });
  options.onNotice(
    `The store of received traces was damaged. It was set aside as ${aside}, and a new one begun.`,
  );
}

function readThrough(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafe(1 << 20);
    while (readSync(file, bytes) > 0);
  } finally {
    closeSync(file);
  }
}

/** Removes the store. Whoever reads it sees the one that is put in its place, or none. */
export function removeStore(folder: string): void {
  for (const end of companions) rmSync(storePath(folder) + end, { force: true });
}

/** Removes what was ever set aside: for someone who wants all received traces gone. */
export function removeSetAside(folder: string): void {
  for (const file of readdirSync(folder))
    if (file.startsWith(`${name}.corrupt-`)) rmSync(join(folder, file), { force: true });
}

/** Bytes on disk of the file and of what SQLite keeps beside it. */
export function bytesOnDisk(folder: string): number {
  const sizes = companions.map(
    (end) => statSync(storePath(folder) + end, { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function timeText(now: number): string {
  const time = new Date(now);
  return (Number.isNaN(time.getTime()) ? new Date(0) : time).toISOString().replace(/[:.]/g, "-");
}
