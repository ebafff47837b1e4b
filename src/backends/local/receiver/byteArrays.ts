/** Arrays larger than this are not kept: a burst of large requests is not to be paid for ever after. */
const largestKept = 4 << 20;
const smallest = 1 << 16;

/**
 * Byte arrays that requests use one after another. New ones for each were 200 MB a second of a busy receiver: the collector
 * began anew every 40 ms, and took half of a processor.
 */
export class ByteArrays {
  readonly #most: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  /** `most` is how many bytes are kept while nobody uses them. */
  constructor(most: number) {
    this.#most = most;
  }

  /** An array of at least this many bytes, with anything in it. */
  lend(size: number): Uint8Array<ArrayBuffer> {
    let best = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const { length } = this.#free[i];
      if (length >= size && (best < 0 || length < this.#free[best].length)) best = i;
    }
    if (best >= 0) {
      const [array] = this.#free.splice(best, 1);
      this.#bytes -= array.length;
      return array;
    }
    return new Uint8Array(size > largestKept ? size : 2 ** Math.ceil(Math.log2(Math.max(size, smallest))));
  }

  /** Whether it is of use to others afterwards. */
  keeps(array: Uint8Array): boolean {
    return array.length <= largestKept;
  }

  /** Nothing may use it any more. */
  giveBack(array: Uint8Array<ArrayBuffer>): void {
    if (!this.keeps(array) || this.#bytes + array.length > this.#most) return;
    this.#free.push(array);
    this.#bytes += array.length;
  }
}
