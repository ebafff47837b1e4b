import type { StringPool } from "../model/stringPool.ts";

/** A JSON text that is being written, as bytes: what arrays and maps in attributes are kept as, without white space. */
export class JsonText {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #size = 0;

  clear(): void {
    this.#size = 0;
  }

  byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#size++] = byte;
  }

  /** Adds ASCII text. */
  ascii(text: string): void {
    this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#size++] = text.charCodeAt(i);
  }

  /** Adds `source[from … to]` as it is. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.#room(to - from);
    this.#bytes.set(source.subarray(from, to), this.#size);
    this.#size += to - from;
  }

  /** Adds the text `source[from … to]` as a string in quotes, escaped as JSON.stringify does it. */
  quoted(source: Uint8Array, from: number, to: number): void {
    this.#room(6 * (to - from) + 2);
    const bytes = this.#bytes;
    let size = this.#size;
    bytes[size++] = 34;
    for (let i = from; i < to; i++) {
      const byte = source[i];
      if (byte >= 32 && byte !== 34 && byte !== 92) {
        bytes[size++] = byte;
        continue;
      }
      const escaped = JSON.stringify(String.fromCharCode(byte));
      for (let j = 1; j < escaped.length - 1; j++) bytes[size++] = escaped.charCodeAt(j);
    }
    bytes[size++] = 34;
    this.#size = size;
  }

  /** The index of the text in `pool`. */
  intern(pool: StringPool): number {
    return pool.intern(this.#bytes, 0, this.#size);
  }

  #room(size: number): void {
    if (this.#size + size <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#size + size));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}
