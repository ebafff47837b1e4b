import { statSync } from "node:fs";
import { UserError } from "../../../base/userError.ts";
import type { Hotspot } from "../../../model/hotspot.ts";
import type { TraceSummary } from "../../../model/summary.ts";
import type { HotspotQuery, TraceQuery } from "../../backend.ts";
import type { StoreSize, TraceReading } from "../traceStore.ts";
import { joined } from "./callRecords.ts";
import { ChunkKind } from "./chunkTable.ts";
import { Database, isDamage, SqliteCode, sqliteCode } from "./database.ts";
import { NameKind } from "./entryTable.ts";
import { leaseHolder } from "./lease.ts";
import { isEarlier, migrate, schemaVersion } from "./schema.ts";
import { search, summaryColumns, summaryOf } from "./search.ts";
import { blobOf } from "./segments.ts";
import { storedHotspots } from "./storedHotspots.ts";
import { bytesOnDisk, markDamage, storePath } from "./storeFile.ts";
import { hasId, idKey } from "./traceIds.ts";

/** Longer than any transaction of a writer, so that a file system without a write-ahead log only waits. */
const busyMs = 5000;
const mostChanges = 200;
const idsAtOnce = 1000;

/**
 * Reads the store in a folder. Each answer is of one moment. While there is no store, everything is empty; one that is made,
 * or put in the place of a damaged one, is opened at the next question. Throws a UserError when the store is damaged, cannot
 * be read, or is of a newer version.
 */
export class StoreReader implements TraceReading {
  readonly #folder: string;
  #database: Database | undefined;
  #inode = 0;
  #isClosed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  services(): readonly string[] {
    return this.#read<string[]>([], (database) =>
      database
        .all("SELECT DISTINCT service AS s FROM name WHERE kind = ? ORDER BY service", NameKind.operation)
        .map((row) => String(row.s)),
    );
  }

  operations(service: string): readonly string[] {
    return this.#read<string[]>([], (database) =>
      database
        .all(
          "SELECT name AS n FROM name WHERE kind = ? AND service = ? ORDER BY name",
          NameKind.operation,
          service,
        )
        .map((row) => String(row.n)),
    );
  }

  attributeKeys(): readonly string[] {
    return this.#read<string[]>([], (database) =>
      database
        .all("SELECT name AS n FROM name WHERE kind = ? ORDER BY uses DESC, name", NameKind.attribute)
        .map((row) => String(row.n)),
    );
  }

  search(query: TraceQuery): { readonly summaries: readonly TraceSummary[]; readonly limited: boolean } {
    return this.#read<ReturnType<typeof search>>({ summaries: [], limited: false }, (database) =>
      search(database, query),
    );
  }

  summary(traceId: string): TraceSummary | undefined {
    return this.#read<TraceSummary | undefined>(undefined, (database) => {
      const row = database.get(
        `SELECT ${summaryColumns} FROM trace WHERE ${hasId} AND spans > 0`,
        ...idKey(fullId(traceId)),
      );
      return row === undefined ? undefined : summaryOf(row);
    });
  }

  known(traceIds: readonly string[]): readonly string[] {
    return this.#read<string[]>([], (database) =>
      traceIds.filter(
        (id) =>
          database.get(
            `SELECT 1 FROM trace WHERE ${hasId} AND EXISTS (SELECT 1 FROM chunk WHERE trace = no AND kind = ?)`,
            ...idKey(fullId(id)),
            ChunkKind.spans,
          ) !== undefined,
      ),
    );
  }

  spans(traceId: string): Uint8Array | undefined {
    const bytes = this.#bytes(traceId, ChunkKind.spans);
    return bytes.length === 0 ? undefined : bytes;
  }

  logs(traceId: string): Uint8Array {
    return this.#bytes(traceId, ChunkKind.logs);
  }

  hotspots(query: HotspotQuery): readonly Hotspot[] {
    return this.#read<Hotspot[]>([], (database) => storedHotspots(database, query));
  }

  changes(after: number): { readonly next: number; readonly summaries: readonly TraceSummary[] } {
    return this.#read<{ next: number; summaries: TraceSummary[] }>(
      { next: after, summaries: [] },
      (database) => {
        const rows = database.all(
          `SELECT ${summaryColumns} FROM trace WHERE changed > ? AND spans > 0 ORDER BY changed LIMIT ?`,
          // A store begun anew counts from 0 again.
          after > database.number("SELECT change FROM state") ? 0 : after,
          mostChanges,
        );
        if (rows.length === 0)
          return { next: Math.min(after, database.number("SELECT change FROM state")), summaries: [] };
        return { next: Number(rows[rows.length - 1].changed), summaries: rows.map(summaryOf) };
      },
    );
  }

  *traceIds(): Iterable<string> {
    let after = 0;
    for (;;) {
      const rows = this.#read<{ no: number; id: string }[]>([], (database) =>
        database
          .all("SELECT no, id FROM trace WHERE no > ? ORDER BY no LIMIT ?", after, idsAtOnce)
          .map((row) => ({ no: Number(row.no), id: String(row.id) })),
      );
      for (const { id } of rows) yield id;
      if (rows.length < idsAtOnce) return;
      after = rows[rows.length - 1].no;
    }
  }

  size(): StoreSize {
    return this.#read<StoreSize>({ traces: 0, spans: 0, logs: 0, bytes: 0 }, (database) => ({
      traces: database.number("SELECT count(*) FROM trace"),
      spans: database.number("SELECT spans FROM state"),
      logs: database.number("SELECT logs FROM state"),
      bytes: bytesOnDisk(this.#folder),
    }));
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  #bytes(traceId: string, kind: ChunkKind): Uint8Array {
    return this.#read<Uint8Array>(new Uint8Array(0), (database) => {
      const rows = database.all(
        `SELECT bytes FROM chunk WHERE trace = (SELECT no FROM trace WHERE ${hasId}) AND kind = ? ORDER BY seq`,
        ...idKey(fullId(traceId)),
        kind,
      );
      return joined(rows.map((row) => blobOf(row.bytes)));
    });
  }

  #read<T>(empty: T, action: (database: Database) => T): T {
    try {
      const database = this.#opened();
      return database === undefined ? empty : database.snapshot(() => action(database));
    } catch (error) {
      if (error instanceof UserError) throw error;
      this.#forget();
      // It was removed, or put aside, after it was looked for.
      if (sqliteCode(error) === SqliteCode.cantOpen && this.#inodeNow() === undefined) return empty;
      if (isDamage(error) || sqliteCode(error) === SqliteCode.error) {
        markDamage(this.#folder);
        throw new UserError(
          "The store of received traces is damaged. A new one is begun when the receiver starts.",
          {
            cause: error,
          },
        );
      }
      const said = error instanceof Error ? error.message : String(error);
      throw new UserError(`The store of received traces cannot be read: ${said}`, {
        action: "retry",
        cause: error,
      });
    }
  }

  #opened(): Database | undefined {
    const inode = this.#inodeNow();
    if (this.#database !== undefined && inode !== this.#inode) this.#forget();
    if (inode === undefined || this.#isClosed) return undefined;
    if (this.#database === undefined) {
      const database = new Database(storePath(this.#folder), { readOnly: true, busyMs });
      this.#database = database;
      this.#inode = inode;
      if (isEarlier(database)) {
        this.#forget();
        migrateIdle(this.#folder);
        return this.#opened();
      }
      if (database.number("PRAGMA user_version") > schemaVersion) {
        this.#forget();
        throw new UserError(
          "The received traces were kept by a newer version of Traceline. Update Traceline to see them.",
          {
            code: "newerStore",
          },
        );
      }
    }
    return this.#database;
  }

  #inodeNow(): number | undefined {
    return statSync(storePath(this.#folder), { throwIfNoEntry: false })?.ino;
  }

  #forget(): void {
    this.#database?.close();
    this.#database = undefined;
  }
}

/** Brings a store of an earlier version to this one. Throws a UserError while a window of that version writes to it. */
function migrateIdle(folder: string): void {
  if ((leaseHolder(folder)?.expires ?? 0) > Date.now()) {
    throw new UserError(
      "A window with an earlier version of Traceline receives traces. Reload it to see them here.",
      { code: "earlierStore" },
    );
  }
  const database = new Database(storePath(folder), { readOnly: false, busyMs });
  try {
    migrate(database);
  } finally {
    database.close();
  }
}

/** An id as it is kept: 32 lower-case digits, leading zeros and all. */
function fullId(id: string): string {
  return id.trim().toLowerCase().replaceAll("-", "").padStart(32, "0");
}
