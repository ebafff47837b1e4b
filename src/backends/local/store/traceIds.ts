import { hash } from "node:crypto";
import type { Database } from "./database.ts";

/** Beyond this the numbers of traces are looked up again. */
const remembered = 50_000;
/** More ids are not looked through at opening: these take 50 ms. */
const lookedThrough = 100_000;

/** A trace by its id; takes what `idKey` gives. */
export const hasId = "hash = ? AND id = ?";

/**
 * What an id is looked up by: 32 bits of its hash, and itself. Ids are random, so that nearly each of a commit is on another
 * page of their index; with ids of 32 digits in it a commit of 200 wrote four times the bytes of their spans. As many ids of
 * one checksum as one likes are easily made, each to be compared with all others: so it is SHA-1.
 */
export function idKey(id: string): [hash: number, id: string] {
  return [Number.parseInt(hash("sha1", id).slice(0, 8), 16) | 0, id];
}

/** The numbers of traces by id. `numberOf` is only for within a transaction; after one that failed, `forget`. */
export class TraceIds {
  readonly #database: Database;
  readonly #numbers = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
    if (!isInOrder(database)) database.exec("REINDEX trace_hash");
  }

  /** The trace's number; a new one, born at `age`, for an id that was never met. */
  numberOf(id: string, age: number): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const [hash] = idKey(id);
    let no = this.#database.number(`SELECT no FROM trace WHERE ${hasId}`, hash, id);
    if (no === 0) {
      no = this.#database.insert("INSERT INTO trace(id, hash, age) VALUES (?, ?, ?)", id, hash, age);
    }
    if (this.#numbers.size >= remembered) this.#numbers.clear();
    this.#numbers.set(id, no);
    return no;
  }

  /** Drops what is remembered: traces were deleted, or never came to be. */
  forget(): void {
    this.#numbers.clear();
  }
}

/**
 * Whether the index is in its order: with an entry that was changed on the disk, new ones are put where they are not found again.
 * SQLite's quick check does not look at that.
 */
function isInOrder(database: Database): boolean {
  let last = Number.NEGATIVE_INFINITY;
  return database
    .all(`SELECT hash FROM trace INDEXED BY trace_hash LIMIT ${lookedThrough}`)
    .every(({ hash }) => {
      const isAfter = typeof hash === "number" && hash >= last;
      last = Number(hash);
      return isAfter;
    });
}
