/**
 * Strings as bytes: string `i` is the UTF-8 text of `bytes[offsets[i] … offsets[i + 1]]`, decoded when first asked for.
 * Both arrays may be views of a buffer that came over the wire. Bytes that are not UTF-8 read as U+FFFD.
 */
export class StringTable {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly length: number;
  #decoded: (string | undefined)[] = [];

  constructor(bytes: Uint8Array, offsets: Uint32Array) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.length = Math.max(0, offsets.length - 1);
  }

  at(index: number): string {
    const known = this.#decoded[index];
    if (known !== undefined) return known;
    const text = decoder.decode(this.bytes.subarray(this.offsets[index], this.offsets[index + 1]));
    // A value of a megabyte is looked at once: kept, it would stay in the heap beside its bytes.
    if (text.length < 4096) this.#decoded[index] = text;
    return text;
  }

  byteLength(index: number): number {
    return this.offsets[index + 1] - this.offsets[index];
  }

  /** The index of `text`, or -1: a linear look, for tables of names. */
  find(text: string): number {
    const wanted = encoder.encode(text);
    for (let i = 0; i < this.length; i++) {
      const from = this.offsets[i];
      if (this.offsets[i + 1] - from !== wanted.length) continue;
      let at = 0;
      while (at < wanted.length && this.bytes[from + at] === wanted[at]) at++;
      if (at === wanted.length) return i;
    }
    return -1;
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
