type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A typed array that grows by half: `data[0 … length]` is what has been pushed. */
export class Column<T extends Numbers> {
  data: T;
  length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T, capacity = 1024) {
    this.#make = make;
    this.data = make(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = this.#make(this.length + (this.length >>> 1) + 1024);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }

  /** Forgets what was pushed. An array of more than `most` numbers is not kept for what comes next. */
  clear(most: number): void {
    this.length = 0;
    if (this.data.length > most) this.data = this.#make(1024);
  }

  /** What has been pushed, in an array of exactly that length. */
  trimmed(): T {
    return this.data.slice(0, this.length) as T;
  }
}

export const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);
export const words = (length: number): Uint32Array<ArrayBuffer> => new Uint32Array(length);
export const ints = (length: number): Int32Array<ArrayBuffer> => new Int32Array(length);
export const doubles = (length: number): Float64Array<ArrayBuffer> => new Float64Array(length);
