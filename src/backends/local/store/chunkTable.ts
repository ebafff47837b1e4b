import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ReceivedPart } from "../parts.ts";
import type { Database } from "./database.ts";
import { blobOf } from "./segments.ts";

/** What a chunk holds: TracesData or LogsData. */
export const ChunkKind = { spans: 0, logs: 1 } as const;
export type ChunkKind = (typeof ChunkKind)[keyof typeof ChunkKind];

/** So many ids are sorted into the large index together. */
const recentIds = 4096;
/** Beyond this the numbers of traces are looked up again. */
const rememberedTraces = 50_000;
const checksums = 2 ** 32;

/** The parts as they were received. `insert` is only for within a transaction; after one that failed, `forget`. */
export class ChunkTable {
  readonly #database: Database;
  readonly #numbers = new Map<string, number>();
  #seq: number;
  /** Ids in the small index; after a transaction that failed, a few more than there are. */
  #recent: number;

  constructor(database: Database, watermark: number) {
    this.#database = database;
    this.#seq = Math.max(watermark, database.number("SELECT max(seq) FROM chunk"));
    this.#recent = database.number("SELECT count(*) FROM id_recent");
  }

  /** Number of the last chunk. */
  get last(): number {
    return this.#seq;
  }

  /** The number of the trace that the part was added to, or 0 when it has these very bytes already. */
  insert(kind: ChunkKind, part: ReceivedPart, age: number): number {
    const trace = this.#traceNumber(part.traceId, age);
    // A quarter of SHA-1's time. But other bytes of the same checksum are easily made, as many as one likes.
    for (let hash = crc32(part.bytes); ; hash = hash < checksums ? longHash(part.bytes) : hash + 1) {
      const added = this.#database.run(
        "INSERT INTO chunk(seq, trace, kind, count, hash, bytes) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        this.#seq + 1,
        trace,
        kind,
        part.count,
        hash,
        part.bytes,
      );
      if (added === 1) {
        this.#seq++;
        return trace;
      }
      const same = this.#database.get(
        "SELECT bytes FROM chunk WHERE trace = ? AND kind = ? AND hash = ?",
        trace,
        kind,
        hash,
      );
      if (same === undefined) throw new Error("The number of a new chunk was given before.");
      if (Buffer.compare(blobOf(same.bytes), part.bytes) === 0) return 0;
    }
  }

  /** Whether `settle` is due. */
  get isUnsettled(): boolean {
    return this.#recent >= recentIds;
  }

  /** Sorts the ids met lately into the index of all others, in a transaction that `write` makes. */
  settle(write: (action: () => void) => void): void {
    write(() => {
      this.#database.run("INSERT INTO id_older SELECT id, no FROM id_recent ORDER BY id");
      this.#database.run("DELETE FROM id_recent");
    });
    this.#recent = 0;
  }

  /** Drops what is remembered of traces: they were deleted, or never came to be. */
  forget(): void {
    this.#numbers.clear();
  }

  #traceNumber(id: string, age: number): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    let no = this.#database.number("SELECT no FROM trace_id WHERE id = ?", id);
    if (no === 0) {
      no = this.#database.insert("INSERT INTO trace(id, age) VALUES (?, ?)", id, age);
      this.#database.run("INSERT INTO id_recent(id, no) VALUES (?, ?)", id, no);
      this.#recent++;
    }
    if (this.#numbers.size >= rememberedTraces) this.#numbers.clear();
    this.#numbers.set(id, no);
    return no;
  }
}

/** A number beyond all checksums. */
function longHash(bytes: Uint8Array): number {
  return checksums + createHash("sha1").update(bytes).digest().readUIntBE(0, 6);
}
