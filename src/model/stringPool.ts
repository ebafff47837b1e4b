import { StringTable } from "./stringTable.ts";

/**
 * Interns strings by their bytes: equal bytes have one index, and nothing is decoded.
 * Measured over 100,000 spans, decoding every string takes three to five times as long as the whole protobuf walk.
 */
export class StringPool {
  #bytes = new Uint8Array(1 << 14);
  #bytesView: DataView = new DataView(this.#bytes.buffer);
  /** What was read from last, and a view of it. */
  #source: Uint8Array = this.#bytes;
  #sourceView: DataView = this.#bytesView;
  #otherSource = this.#source;
  #otherView: DataView = this.#bytesView;
  #used = 0;
  #offsets = new Uint32Array(1 << 10);
  #hashes = new Uint32Array(1 << 10);
  #slots = new Uint32Array(1 << 11);
  #known = new Map<string, number>();
  #scratch = new Uint8Array(256);
  length = 0;
  /** How many distinct strings were not valid UTF-8. */
  malformed = 0;

  /** Forgets all strings; tables made of them must not be used any more. Arrays for more than `most` are not kept. */
  clear(most: number): void {
    if (this.#slots.length > 2 * most) {
      this.#offsets = new Uint32Array(1 << 10);
      this.#hashes = new Uint32Array(1 << 10);
      this.#slots = new Uint32Array(1 << 11);
    } else this.#slots.fill(0);
    if (this.#bytes.length > 64 * most) {
      this.#bytes = new Uint8Array(1 << 14);
      this.#bytesView = new DataView(this.#bytes.buffer);
    }
    this.#source = this.#otherSource = this.#bytes;
    this.#sourceView = this.#otherView = this.#bytesView;
    this.#known.clear();
    this.#used = this.length = this.malformed = 0;
  }

  /** The index of the UTF-8 text at `source[from … to]`. Read a word at a time, which is twice as fast as by bytes. */
  intern(source: Uint8Array, from: number, to: number): number {
    const size = to - from;
    const view = source === this.#source ? this.#sourceView : this.#viewOf(source);
    let hash = size | 0;
    let high = 0;
    if (size > 3) {
      const last = to - 4;
      for (let i = from; i < last; i += 4) {
        const word = view.getInt32(i, true);
        high |= word;
        hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ word, 0x9e3779b1);
      }
      // The last word overlaps the one before.
      const word = view.getInt32(last, true);
      high |= word;
      hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ word, 0x9e3779b1);
    } else {
      for (let i = from; i < to; i++) {
        high |= source[i];
        hash = Math.imul(hash ^ source[i], 0x9e3779b1);
      }
    }
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    hash = (hash ^ (hash >>> 13)) >>> 0;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const entry = this.#slots[slot];
      if (entry === 0) break;
      const index = entry - 1;
      if (this.#hashes[index] === hash && this.#equals(index, source, view, from, size)) return index;
      slot = (slot + 1) & mask;
    }
    if ((high & 0x80808080) !== 0 && !isUtf8(source.subarray(from, to))) this.malformed++;
    return this.#add(source, from, size, hash, slot);
  }

  /** The index of `text`; remembered, so that the names a decoder writes itself cost one look-up. */
  internText(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#scratch.length < text.length * 3) this.#scratch = new Uint8Array(text.length * 3);
    const { written } = encoder.encodeInto(text, this.#scratch);
    const index = this.intern(this.#scratch, 0, written);
    if (text.length < 64 && this.#known.size < 10_000) this.#known.set(text, index);
    return index;
  }

  equals(index: number, source: Uint8Array, from: number, to: number): boolean {
    const view = source === this.#source ? this.#sourceView : this.#viewOf(source);
    return index < this.length && this.#equals(index, source, view, from, to - from);
  }

  /**
   * The length of string `index` when `source` has it at `from` with a quote behind it, else -1: a guess at what a JSON text
   * says next costs one comparison, and no search for the end of the string and no hash.
   */
  quotedAt(index: number, source: Uint8Array, from: number): number {
    const size = this.#offsets[index + 1] - this.#offsets[index];
    if (source[from + size] !== 34) return -1;
    const view = source === this.#source ? this.#sourceView : this.#viewOf(source);
    return this.#equals(index, source, view, from, size) ? size : -1;
  }

  /** The strings so far; shares memory with the pool, which must not be written to afterwards. */
  table(): StringTable {
    return new StringTable(this.#bytes.subarray(0, this.#used), this.#offsets.subarray(0, this.length + 1));
  }

  /** Only the strings that `used` marks (non-zero), and the index each has in the new table. */
  compact(used: Uint8Array): { table: StringTable; moved: Uint32Array } {
    const moved = new Uint32Array(this.length);
    let count = 0;
    let size = 0;
    for (let i = 0; i < this.length; i++) {
      if (used[i] === 0) continue;
      moved[i] = count++;
      size += this.#offsets[i + 1] - this.#offsets[i];
    }
    const bytes = new Uint8Array(size);
    const offsets = new Uint32Array(count + 1);
    let at = 0;
    for (let i = 0; i < this.length; i++) {
      if (used[i] === 0) continue;
      bytes.set(this.#bytes.subarray(this.#offsets[i], this.#offsets[i + 1]), at);
      at += this.#offsets[i + 1] - this.#offsets[i];
      offsets[moved[i] + 1] = at;
    }
    return { table: new StringTable(bytes, offsets), moved };
  }

  #equals(index: number, source: Uint8Array, view: DataView, from: number, size: number): boolean {
    const start = this.#offsets[index];
    if (this.#offsets[index + 1] - start !== size) return false;
    if (size > 3) {
      const own = this.#bytesView;
      const last = size - 4;
      if (own.getInt32(start + last, true) !== view.getInt32(from + last, true)) return false;
      for (let i = 0; i < last; i += 4) {
        if (own.getInt32(start + i, true) !== view.getInt32(from + i, true)) return false;
      }
      return true;
    }
    const bytes = this.#bytes;
    for (let i = 0; i < size; i++) if (bytes[start + i] !== source[from + i]) return false;
    return true;
  }

  /** A decoder alternates between its chunk and a scratch of digits: the view of the other one is at hand too. */
  #viewOf(source: Uint8Array): DataView {
    const known = source === this.#otherSource;
    const view = known ? this.#otherView : new DataView(source.buffer, source.byteOffset, source.byteLength);
    this.#otherSource = this.#source;
    this.#otherView = this.#sourceView;
    this.#source = source;
    this.#sourceView = view;
    return view;
  }

  #add(source: Uint8Array, from: number, size: number, hash: number, slot: number): number {
    const index = this.length++;
    if (this.#used + size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#used + size, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
      this.#bytesView = new DataView(grown.buffer);
    }
    // A short copy by loop is quicker than `set` with a `subarray` made for it.
    if (size < 48) for (let i = 0; i < size; i++) this.#bytes[this.#used + i] = source[from + i];
    else this.#bytes.set(source.subarray(from, from + size), this.#used);
    this.#used += size;
    if (index + 2 > this.#offsets.length) {
      this.#offsets = doubled(this.#offsets);
      this.#hashes = doubled(this.#hashes);
    }
    this.#offsets[index + 1] = this.#used;
    this.#hashes[index] = hash;
    this.#slots[slot] = index + 1;
    if (this.length * 2 > this.#slots.length) this.#rehash();
    return index;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let i = 0; i < this.length; i++) {
      let slot = this.#hashes[i] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    }
    this.#slots = slots;
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(array.length * 2);
  grown.set(array);
  return grown;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });
