/** JSON text that is being written, as UTF-8. */
export class JsonBytes {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 16);
  size = 0;

  /** What has been written since the last call. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.size);
    this.size = 0;
    return taken;
  }

  ascii(text: string): void {
    this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.size++] = text.charCodeAt(i);
  }

  /** UTF-8 text as a string in quotes; what is not UTF-8 becomes U+FFFD, so that the whole is a JSON text. */
  quoted(source: Uint8Array, from: number, to: number): void {
    let plain = true;
    for (let i = from; i < to && plain; i++) {
      const byte = source[i];
      plain = byte >= 32 && byte < 128 && byte !== 34 && byte !== 92;
    }
    if (!plain) {
      const text = encoder.encode(JSON.stringify(decoder.decode(source.subarray(from, to))));
      this.#room(text.length);
      this.#bytes.set(text, this.size);
      this.size += text.length;
      return;
    }
    this.#room(to - from + 2);
    this.#bytes[this.size++] = 34;
    this.#bytes.set(source.subarray(from, to), this.size);
    this.size += to - from;
    this.#bytes[this.size++] = 34;
  }

  #room(size: number): void {
    if (this.size + size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.size + size));
    grown.set(this.#bytes.subarray(0, this.size));
    this.#bytes = grown;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
