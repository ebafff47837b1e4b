import type { StringPool } from "../model/stringPool.ts";
import type { JsonCursor } from "./jsonCursor.ts";

/**
 * Interns the strings of a JSON text. Every place where a string is read has a slot, and what the slot held last time is
 * compared first: most attribute keys and many values repeat, and then nothing is searched, hashed or decoded.
 */
export class JsonStrings {
  readonly pool: StringPool;
  readonly #cursor: JsonCursor;
  /** By slot: index of the string read last, plus 1. */
  #guess = new Uint32Array(1024);

  constructor(cursor: JsonCursor, pool: StringPool) {
    this.#cursor = cursor;
    this.pool = pool;
  }

  /** The index of the string that begins at the cursor; reads it. */
  read(slot: number): number {
    const cursor = this.#cursor;
    if (slot < this.#guess.length) {
      const guess = this.#guess[slot];
      if (guess > 0 && cursor.bytes[cursor.at] === 34) {
        const size = this.pool.quotedAt(guess - 1, cursor.bytes, cursor.at + 1);
        if (size >= 0) {
          cursor.at += size + 2;
          return guess - 1;
        }
      }
    }
    cursor.string();
    const index = this.pool.intern(cursor.source, cursor.from, cursor.to);
    // Only what had no escapes, for it is compared with the text as it stands.
    if (cursor.plain) this.#remember(slot, index);
    return index;
  }

  /** The index of what the cursor has read last. */
  taken(): number {
    const cursor = this.#cursor;
    return this.pool.intern(cursor.source, cursor.from, cursor.to);
  }

  #remember(slot: number, index: number): void {
    if (slot >= this.#guess.length) {
      const grown = new Uint32Array(2 * slot);
      grown.set(this.#guess);
      this.#guess = grown;
    }
    this.#guess[slot] = index + 1;
  }
}
