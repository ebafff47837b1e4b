import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ReceivedPart } from "../parts.ts";
import type { Database } from "./database.ts";
import { blobOf } from "./segments.ts";

/** What a chunk holds: TracesData or LogsData. */
export const ChunkKind = { spans: 0, logs: 1 } as const;
export type ChunkKind = (typeof ChunkKind)[keyof typeof ChunkKind];

/** Beyond this the numbers of traces are looked up again. */
const rememberedTraces = 50_000;
const checksums = 2 ** 32;

/** The parts as they were received. Only to be used within a transaction; after one that failed, `forget`. */
export class ChunkTable {
  readonly #database: Database;
  readonly #numbers = new Map<string, number>();
  #seq: number;

  constructor(database: Database, watermark: number) {
    this.#database = database;
    this.#seq = Math.max(watermark, database.number("SELECT max(seq) FROM chunk"));
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

  /** Drops what is remembered of traces: they were deleted, or never came to be. */
  forget(): void {
    this.#numbers.clear();
  }

  #traceNumber(id: string, age: number): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const { changes, row } = this.#database.inserted(
      "INSERT INTO trace(id, age) VALUES (?, ?) ON CONFLICT DO NOTHING",
      id,
      age,
    );
    const no = changes === 1 ? row : this.#database.number("SELECT no FROM trace WHERE id = ?", id);
    if (this.#numbers.size >= rememberedTraces) this.#numbers.clear();
    this.#numbers.set(id, no);
    return no;
  }
}

/** A number beyond all checksums. */
function longHash(bytes: Uint8Array): number {
  return checksums + createHash("sha1").update(bytes).digest().readUIntBE(0, 6);
}
