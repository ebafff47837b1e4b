/** How many bytes are gathered before they are sent: many small messages cost more than one copy. */
const batchSize = 1 << 18;

/** A buffer to be given away, filled from its start. */
export interface Batch {
  readonly buffer: ArrayBuffer;
  readonly length: number;
}

/** Copies chunks together into buffers of their own, so that no buffer of a caller is ever taken away from it. */
export class ChunkBatch {
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #used = 0;

  /** The batches that are full once `chunk` has been added. */
  add(chunk: Uint8Array): Batch[] {
    const full: Batch[] = [];
    let at = 0;
    while (at < chunk.length) {
      this.#bytes ??= new Uint8Array(Math.max(batchSize, Math.min(chunk.length - at, 4 * batchSize)));
      const size = Math.min(chunk.length - at, this.#bytes.length - this.#used);
      this.#bytes.set(chunk.subarray(at, at + size), this.#used);
      this.#used += size;
      at += size;
      if (this.#used === this.#bytes.length) full.push(...this.rest());
    }
    return full;
  }

  /** What is left, as one batch or none. */
  rest(): Batch[] {
    if (this.#bytes === undefined || this.#used === 0) return [];
    const batch = { buffer: this.#bytes.buffer, length: this.#used };
    this.#bytes = undefined;
    this.#used = 0;
    return [batch];
  }
}
