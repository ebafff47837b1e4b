/** Finds entries by a 64-bit id given as two words; entries with equal ids are chained in the order they were added. */
export class IdMap {
  readonly #words: Uint32Array;
  readonly #slots: Int32Array;
  /** The next entry with the same id, or -1. */
  readonly next: Int32Array;
  readonly #last: Int32Array;

  /** `words` holds the id of entry i at 2i and 2i + 1. */
  constructor(words: Uint32Array, entries: number) {
    this.#words = words;
    let size = 16;
    while (size < entries * 2) size *= 2;
    this.#slots = new Int32Array(size).fill(-1);
    this.next = new Int32Array(entries).fill(-1);
    this.#last = new Int32Array(entries);
  }

  /** The first entry with this id, or -1. */
  first(high: number, low: number): number {
    return this.#slots[this.#slot(high, low)];
  }

  add(entry: number): void {
    const slot = this.#slot(this.#words[2 * entry], this.#words[2 * entry + 1]);
    const first = this.#slots[slot];
    if (first < 0) {
      this.#slots[slot] = entry;
      this.#last[entry] = entry;
    } else {
      this.next[this.#last[first]] = entry;
      this.#last[first] = entry;
    }
  }

  #slot(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(high ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(low, 0xc2b2ae35);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const entry = this.#slots[slot];
      if (entry < 0) return slot;
      if (this.#words[2 * entry + 1] === low && this.#words[2 * entry] === high) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
