type Make = (size: number) => Uint8Array<ArrayBuffer>;

const made: Make = (size) => new Uint8Array(size);

/** Protobuf that is being written: `bytes[0 … size]`. A message's length is put before it when it is closed. */
export class ProtobufBytes {
  bytes: Uint8Array<ArrayBuffer>;
  size = 0;
  readonly #make: Make;
  #view: DataView;

  /** `make` gives an array of at least so many bytes, whatever is in it. */
  constructor(capacity = 1024, make: Make = made) {
    this.#make = make;
    this.bytes = make(Math.max(16, capacity));
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  /** What has been written, in an array of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.size);
  }

  /** A whole number from 0 to 2^53: a tag, a length, a count. */
  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest > 0x7fffffff) {
      this.bytes[this.size++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.bytes[this.size++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.size++] = rest;
  }

  /** An int64, negative ones in ten bytes. */
  int64(value: bigint): void {
    if (value >= 0n && value <= 0x1fffffffffffffn) {
      this.varint(Number(value));
      return;
    }
    this.#room(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 127n) {
      this.bytes[this.size++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.bytes[this.size++] = Number(rest);
  }

  fixed32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.size, value, true);
    this.size += 4;
  }

  /** 64 bits as two words. */
  fixed64(high: number, low: number): void {
    this.fixed32(low);
    this.fixed32(high);
  }

  double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.size, value, true);
    this.size += 8;
  }

  /** Adds `source[from … to]` as it is. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.#room(to - from);
    if (to - from < 32) for (let i = from; i < to; i++) this.bytes[this.size++] = source[i];
    else {
      this.bytes.set(source.subarray(from, to), this.size);
      this.size += to - from;
    }
  }

  /** A field of bytes or text: `source[from … to]`. */
  blob(tag: number, source: Uint8Array, from: number, to: number): void {
    this.varint(tag);
    this.varint(to - from);
    this.copy(source, from, to);
  }

  text(tag: number, text: string): void {
    const bytes = encoder.encode(text);
    this.blob(tag, bytes, 0, bytes.length);
  }

  /** Begins a message; what is answered is to be given to `close`. */
  open(tag: number): number {
    this.varint(tag);
    this.#room(1);
    return this.size++;
  }

  close(mark: number): void {
    const length = this.size - mark - 1;
    const more = varintSize(length) - 1;
    if (more > 0) {
      this.#room(more);
      this.bytes.copyWithin(mark + 1 + more, mark + 1, this.size);
    }
    this.size = mark;
    this.varint(length);
    this.size += length;
  }

  #room(size: number): void {
    if (this.size + size <= this.bytes.length) return;
    const grown = this.#make(Math.max(2 * this.bytes.length, this.size + size));
    grown.set(this.bytes.subarray(0, this.size));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.length);
  }
}

/** How many bytes a whole number takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

const encoder = new TextEncoder();
