import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ReceivedPart } from "../parts.ts";
import type { Database } from "./database.ts";
import { blobOf } from "./segments.ts";

/** What a chunk holds: TracesData or LogsData. */
export const ChunkKind = { spans: 0, logs: 1 } as const;
export type ChunkKind = (typeof ChunkKind)[keyof typeof ChunkKind];

const checksums = 2 ** 32;

/** The parts as they were received. Only to be used within a transaction. */
export class ChunkTable {
  readonly #database: Database;
  #seq: number;

  constructor(database: Database, watermark: number) {
    this.#database = database;
    this.#seq = Math.max(watermark, database.number("SELECT max(seq) FROM chunk"));
  }

  /** Number of the last chunk. */
  get last(): number {
    return this.#seq;
  }

  /** Adds a part to a trace. Answers false when that has these very bytes already. */
  insert(kind: ChunkKind, part: ReceivedPart, trace: number): boolean {
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
        return true;
      }
      const same = this.#database.get(
        "SELECT bytes FROM chunk WHERE trace = ? AND kind = ? AND hash = ?",
        trace,
        kind,
        hash,
      );
      if (same === undefined) throw new Error("The number of a new chunk was given before.");
      if (Buffer.compare(blobOf(same.bytes), part.bytes) === 0) return false;
    }
  }
}

/** A number beyond all checksums. */
function longHash(bytes: Uint8Array): number {
  return checksums + createHash("sha1").update(bytes).digest().readUIntBE(0, 6);
}
