import { statSync } from "node:fs";
import type { ReceivedBatch, ReceivedPart } from "../parts.ts";
import type { StoreLimits } from "../traceStore.ts";
import { agedBy } from "./ageClock.ts";
import { ChunkKind, ChunkTable } from "./chunkTable.ts";
import { type Database, isDamage, isImpossible, sqliteCode } from "./database.ts";
import { EntryTable } from "./entryTable.ts";
import { FenceLost } from "./fenceLost.ts";
import { Indexing } from "./indexing.ts";
import { restoreLease } from "./lease.ts";
import type { WriterOptions } from "./openStore.ts";
import { deleteEverything, liveBytes, retain, shrink, unindexed } from "./retention.ts";
import { bytesOnDisk, markDamage, openStoreFile, storePath } from "./storeFile.ts";
import { readState, type StoreState, writeState } from "./storeState.ts";
import { hasId, idKey, TraceIds } from "./traceIds.ts";
import { WriteLog } from "./writeLog.ts";

const busyMs = 1000;
/**
 * Deleting what is over a limit may take so long between two commits, and longer while the limit is passed by far; yet not as
 * long as the lease lasts, which this thread renews.
 */
const retainMs = { usual: 50, far: 400 };
const farOver = 1.05;
/** After a slice that failed for a reason nobody knows. */
const skippedMs = 100;

/** An opened store: every write is in a transaction that first compares the fence. Errors are SQLite's, or FenceLost. */
export class WritableStore {
  readonly indexing: Indexing;
  readonly #folder: string;
  readonly #fence: string;
  readonly #database: Database;
  readonly #ids: TraceIds;
  readonly #chunks: ChunkTable;
  readonly #entries: EntryTable;
  readonly #state: StoreState;
  readonly #inode: number;
  #limits: StoreLimits;
  readonly #log: WriteLog;
  #unsynced = false;
  #monotonic: number;

  /** `wake` is called when there is something to `index`. */
  constructor(
    folder: string,
    options: WriterOptions,
    now: number,
    monotonic: number,
    wake: () => void = () => {},
  ) {
    this.#folder = folder;
    this.#fence = options.fence;
    this.#limits = options.limits;
    this.#monotonic = monotonic;
    const { onNotice, fileSystemType } = options;
    const database = openStoreFile(folder, {
      onNotice,
      now: () => now,
      busyMs,
      fileSystemType,
      check: true,
      onBegun: (begun) => restoreLease(begun, options.fence, now),
    });
    this.#database = database;
    this.#log = new WriteLog(folder, database, busyMs, options.checkpointer);
    try {
      if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count=${options.maxPages}`);
      database.exec("PRAGMA secure_delete=OFF");
      this.#log.bound(this.#limits);
      if (database.get("SELECT 1 FROM lease WHERE token = ?", this.#fence) === undefined)
        throw new FenceLost();
      this.#state = readState(database);
      if (this.#state.wall > 0) this.#state.age += agedBy(now - this.#state.wall, 0);
      this.#state.wall = now;
      const write = (action: () => void) => this.#write(action);
      this.#ids = new TraceIds(database);
      this.#chunks = new ChunkTable(database, this.#state.watermark);
      this.#entries = new EntryTable(database);
      const { indexer } = options;
      // Without a write-ahead log, who reads is in the way of who writes.
      const aide = indexer !== undefined && isLogged(database) ? { indexer, folder, wake } : undefined;
      this.indexing = new Indexing(database, this.#entries, this.#state, write, aide);
      this.#indexPinned();
      this.#write(() => database.run("UPDATE state SET clean = 0"));
      this.#inode = statSync(storePath(folder)).ino;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Keeps all of the batches or, when it throws, none. */
  commit(batches: readonly ReceivedBatch[], monotonic: number): void {
    const added: { trace: number; part: ReceivedPart; seq: number }[] = [];
    const state = { ...this.#state };
    this.#write(() => {
      const keep = (kind: ChunkKind, part: ReceivedPart) => {
        const trace = this.#ids.numberOf(part.traceId, state.age);
        if (!this.#chunks.insert(kind, part, trace)) return;
        if (kind === ChunkKind.spans) {
          state.spans += part.count;
          added.push({ trace, part, seq: this.#chunks.last });
        } else state.logs += part.count;
      };
      for (const { traces, logs } of batches) {
        for (const part of traces) keep(ChunkKind.spans, part);
        for (const part of logs) keep(ChunkKind.logs, part);
      }
      writeState(this.#database, state);
    });
    Object.assign(this.#state, state);
    this.#unsynced = true;
    let bytes = 0;
    for (const { trace, part, seq } of added) {
      this.indexing.add(trace, part.traceId, part.count, seq, monotonic);
      bytes += part.bytes.length;
    }
    this.#log.bound(this.#limits);
    this.#log.wrote(bytes);
    this.#retain();
  }

  /** One slice of indexing: `Indexing.step`. What can be indexed by no try is passed over. */
  index(monotonic: number, all = false): number {
    try {
      return this.indexing.step(monotonic, this.#chunks.last, all);
    } catch (error) {
      const isExplained = error instanceof FenceLost || isDamage(error) || sqliteCode(error) !== undefined;
      if (isExplained && !isImpossible(error)) throw error;
      if (isImpossible(error)) markDamage(this.#folder);
      this.indexing.skip();
      return skippedMs;
    }
  }

  /** What is done about once a second. Answers false when the file is no longer where it was. */
  tick(now: number, monotonic: number): boolean {
    if (statSync(storePath(this.#folder), { throwIfNoEntry: false })?.ino !== this.#inode) return false;
    this.#state.age += agedBy(now - this.#state.wall, monotonic - this.#monotonic);
    this.#state.wall = now;
    this.#monotonic = monotonic;
    const isQuiet = !this.#unsynced && this.indexing.backlog === 0;
    if (isQuiet) this.#log.rest();
    if (this.#unsynced) {
      this.#state.watermark = this.indexing.watermark(this.#chunks.last);
      this.#write(() => writeState(this.#database, this.#state));
      this.#unsynced = false;
      this.#log.sync();
    }
    this.#retain();
    shrink(this.#database, this.#limits);
    this.#log.bound(this.#limits);
    return true;
  }

  setLimits(limits: StoreLimits): void {
    this.#limits = limits;
    this.#log.bound(limits);
  }

  pin(traceId: string, pinned: boolean): void {
    this.#write(() =>
      this.#database.run(
        `UPDATE trace SET pinned = ? WHERE ${hasId}`,
        pinned ? 1 : 0,
        ...idKey(traceId.toLowerCase()),
      ),
    );
  }

  deleteAll(): void {
    const traces = this.#database.all("SELECT no FROM trace").map((row) => Number(row.no));
    let emptied = this.#state;
    this.#write(() => {
      emptied = deleteEverything(this.#database, this.#state, this.#chunks.last);
    });
    Object.assign(this.#state, emptied);
    this.indexing.drop(traces);
    this.#ids.forget();
    this.#entries.forget();
    // Rewriting an empty store is quicker than taking a million pages off its free list.
    this.#database.exec("VACUUM");
    this.#log.truncate();
  }

  /** Whether the lease is still this writer's. */
  isOurs(): boolean {
    return this.#database.get("SELECT 1 FROM lease WHERE token = ?", this.#fence) !== undefined;
  }

  /** Ends the write-ahead log. Answers whether that gave any room. */
  makeRoom(): boolean {
    const before = bytesOnDisk(this.#folder);
    try {
      this.#log.truncate();
    } catch {
      // Not even that can be written.
    }
    return bytesOnDisk(this.#folder) < before;
  }

  async close(): Promise<void> {
    try {
      this.#state.watermark = this.indexing.watermark(this.#chunks.last);
      this.#write(() => {
        writeState(this.#database, this.#state);
        this.#database.run("UPDATE state SET clean = 1");
      });
      await this.#log.end();
    } finally {
      this.#database.close();
    }
  }

  /** Leaves the file as it is: it is damaged, or another's. */
  abandon(): void {
    this.#log.abandon();
    this.#database.close();
  }

  #write(action: () => void): void {
    const database = this.#database;
    try {
      database.transaction(() => {
        if (database.get("SELECT 1 FROM lease WHERE token = ?", this.#fence) === undefined)
          throw new FenceLost();
        action();
      });
    } catch (error) {
      // What was remembered of rows that never came to be.
      this.#ids?.forget();
      this.#entries?.forget();
      throw error;
    }
  }

  #retain(): void {
    const began = performance.now();
    for (;;) {
      const { traces, isForgotten } = retain(this.#database, this.#state, this.#limits, (action) =>
        this.#write(action),
      );
      if (traces.length === 0) return;
      this.indexing.drop(traces);
      this.#ids.forget();
      if (isForgotten) {
        this.#entries.forget();
        this.#indexPinned();
      }
      const passed = performance.now() - began;
      if (passed > retainMs.far || (passed > retainMs.usual && !this.#isFarOver())) return;
    }
  }

  #isFarOver(): boolean {
    const { maxBytes, maxSpans } = this.#limits;
    return (
      (maxSpans > 0 && this.#state.spans > maxSpans * farOver) ||
      (maxBytes > 0 && liveBytes(this.#database) > maxBytes * farOver)
    );
  }

  /** Pinned traces of which what was deleted said something too. */
  #indexPinned(): void {
    for (const { no, id } of unindexed(this.#database)) {
      this.indexing.add(no, id, 0, this.#chunks.last, this.#monotonic);
    }
  }
}

function isLogged(database: Database): boolean {
  return database.get("PRAGMA journal_mode")?.journal_mode === "wal";
}
