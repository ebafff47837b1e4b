/**
 * The member names that a kind of object may have, each with a number (1 and up). Spans come with their members in the same
 * order, so the name that followed last time is compared first: a few bytes, and nothing is hashed or decoded.
 */
export class JsonKeys {
  /** Every name as it stands in a text, `"name":`, one after the other. */
  readonly text: Uint8Array;
  readonly #starts: number[] = [];
  readonly #fields: number[] = [];
  /** By entry: the entry that came next the last time; the last one is for "none before". */
  readonly #next: Uint8Array;
  #previous: number;
  /** By first letter: the entry found last. */
  readonly #byLetter = new Uint8Array(256);

  /** `names[field]` lists the spellings of that field, separated by spaces; field 0 is what is not known. */
  constructor(names: readonly string[]) {
    const parts: string[] = [];
    let size = 0;
    names.forEach((spellings, field) => {
      for (const name of spellings.split(" ").filter((part) => part !== "")) {
        parts.push(`"${name}":`);
        this.#starts.push(size);
        this.#fields.push(field);
        size += name.length + 3;
      }
    });
    this.#starts.push(size);
    this.text = new TextEncoder().encode(parts.join(""));
    this.#next = new Uint8Array(parts.length + 1);
    this.#previous = parts.length;
  }

  /**
   * The length, with quotes and colon, of the name at `from` when it is the one that came next the last time, or the last one
   * that began with the same letter; else 0.
   */
  expected(source: Uint8Array, from: number): number {
    let entry = this.#next[this.#previous];
    let size = this.#sizeAt(entry, source, from);
    if (size === 0) {
      entry = this.#byLetter[source[from + 1]];
      size = this.#sizeAt(entry, source, from);
      if (size === 0) return 0;
      this.#next[this.#previous] = entry;
    }
    this.#previous = entry;
    return size;
  }

  /** The field that `expected` has just found. */
  get field(): number {
    return this.#fields[this.#previous];
  }

  /** The field whose name is `source[from … to]`, without quotes, or 0. */
  find(source: Uint8Array, from: number, to: number): number {
    for (let entry = 0; entry < this.#fields.length; entry++) {
      if (!this.#is(entry, source, from, to)) continue;
      this.#next[this.#previous] = entry;
      this.#byLetter[this.text[this.#starts[entry] + 1]] = entry;
      this.#previous = entry;
      return this.#fields[entry];
    }
    return 0;
  }

  #sizeAt(entry: number, source: Uint8Array, from: number): number {
    const start = this.#starts[entry];
    const size = this.#starts[entry + 1] - start;
    const text = this.text;
    for (let i = 0; i < size; i++) if (source[from + i] !== text[start + i]) return 0;
    return size;
  }

  #is(entry: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[entry] + 1;
    if (this.#starts[entry + 1] - start - 2 !== to - from) return false;
    for (let i = from; i < to; i++) if (source[i] !== this.text[start + i - from]) return false;
    return true;
  }
}
