/**
 * Calls of places in the code, as they are kept: records of 48 bytes one after another, so that sets of them are joined by
 * joining their bytes.
 *
 *     0 trace no   4 version × 2 + error   8 span id, two words   16 start, unix ms   24 duration   32 self   40 critical (ns)
 */
export const recordBytes = 48;

export interface CallRecord {
  readonly trace: number;
  /** Of the trace's index entry: older ones of the same trace no longer count. */
  readonly version: number;
  readonly error: boolean;
  readonly idHigh: number;
  readonly idLow: number;
  readonly startMs: number;
  readonly duration: number;
  readonly self: number;
  readonly critical: number;
}

/** Reads records of one array of bytes, which must begin at a multiple of 8 of its buffer. */
export class CallRecords {
  readonly length: number;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;

  constructor(bytes: Uint8Array) {
    this.length = Math.floor(bytes.byteLength / recordBytes);
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, this.length * 12);
    this.#doubles = new Float64Array(bytes.buffer, bytes.byteOffset, this.length * 6);
  }

  trace(index: number): number {
    return this.#words[index * 12];
  }

  version(index: number): number {
    return this.#words[index * 12 + 1] >>> 1;
  }

  error(index: number): boolean {
    return (this.#words[index * 12 + 1] & 1) === 1;
  }

  idHigh(index: number): number {
    return this.#words[index * 12 + 2];
  }

  idLow(index: number): number {
    return this.#words[index * 12 + 3];
  }

  startMs(index: number): number {
    return this.#doubles[index * 6 + 2];
  }

  duration(index: number): number {
    return this.#doubles[index * 6 + 3];
  }

  self(index: number): number {
    return this.#doubles[index * 6 + 4];
  }

  critical(index: number): number {
    return this.#doubles[index * 6 + 5];
  }
}

/** Records of one place of one trace. */
export interface PlaceCalls {
  readonly place: number;
  readonly records: Uint8Array;
}

/** Of what stands before the records of a place: its number, and how many they are. */
export const groupBytes = 8;

/** Writes the calls of one trace into one array of bytes: for each place `groupBytes` and its records. */
export class CallWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#words = new Uint32Array(this.bytes.buffer);
    this.#doubles = new Float64Array(this.bytes.buffer);
  }

  /** Begins a place with so many records; answers which word is to be its number. */
  begin(count: number): number {
    const word = this.#at >> 2;
    this.#words[word + 1] = count;
    this.#at += groupBytes;
    return word;
  }

  add(record: CallRecord): void {
    const word = this.#at >> 2;
    this.#words[word] = record.trace;
    this.#words[word + 1] = record.version * 2 + (record.error ? 1 : 0);
    this.#words[word + 2] = record.idHigh;
    this.#words[word + 3] = record.idLow;
    const double = (this.#at >> 3) + 2;
    this.#doubles[double] = record.startMs;
    this.#doubles[double + 1] = record.duration;
    this.#doubles[double + 2] = record.self;
    this.#doubles[double + 3] = record.critical;
    this.#at += recordBytes;
  }
}

/** Bytes that are not whole records are left out. */
export function unpackCalls(bytes: Uint8Array): PlaceCalls[] {
  const groups: PlaceCalls[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + groupBytes <= bytes.length; ) {
    const size = view.getUint32(at + 4, true) * recordBytes;
    const from = at + groupBytes;
    if (from + size > bytes.length) break;
    groups.push({ place: view.getUint32(at, true), records: bytes.subarray(from, from + size) });
    at = from + size;
  }
  return groups;
}

/** One after another, in new memory. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0].byteOffset % 8 === 0) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
