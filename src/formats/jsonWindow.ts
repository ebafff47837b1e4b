import { UserError } from "../base/userError.ts";
import { jsonCut, jsonFault, needMore } from "./jsonFault.ts";

/** The longest single value that is read, in bytes: a span is read whole, so it has to fit in memory. */
const largestValue = 1 << 29;

/**
 * The part of a JSON text that has come and is not yet read: `bytes[at … end]`, with a NUL after it, so that a loop over
 * bytes needs no check of the end: NUL is no part of any JSON, and `fault` tells the end of the window from a wrong byte.
 */
export class JsonWindow {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 12);
  at = 0;
  end = 0;
  /** No more bytes will come. */
  last = false;
  /** How many bytes of the text were dropped before `bytes[0]`. */
  #dropped = 0;
  /** How many bytes must lie from `at` on before another attempt is worth it. */
  #wanted = 0;

  /** Drops what is read and adds `chunk`, which may be reused by the caller afterwards. */
  append(chunk: Uint8Array): void {
    const kept = this.end - this.at;
    const size = kept + chunk.length;
    if (size > largestValue) {
      throw new UserError(`A single value at byte ${this.offset(this.at)} is larger than 512 MB.`);
    }
    if (size >= this.bytes.length) {
      const grown = new Uint8Array(size * 2 + 1);
      grown.set(this.bytes.subarray(this.at, this.end));
      this.bytes = grown;
    } else if (this.at > 0) {
      this.bytes.copyWithin(0, this.at, this.end);
    }
    this.bytes.set(chunk, kept);
    this.#dropped += this.at;
    this.at = 0;
    this.end = size;
    this.bytes[size] = 0;
  }

  /** Whether enough has come since the last attempt that failed for want of bytes. */
  ready(): boolean {
    return this.last || this.end - this.at >= this.#wanted;
  }

  /**
   * Goes back to `at`, from where the next attempt is made. One that got nowhere is repeated only when twice as much has
   * come, so a value of 10 MB costs a few readings and not one a chunk.
   */
  retreat(at: number, progress: boolean): void {
    this.at = at;
    this.#wanted = progress ? 0 : 2 * (this.end - at);
  }

  /** Where `index` lies in the whole text, in bytes. */
  offset(index: number): number {
    return this.#dropped + index;
  }

  /** What to throw for the byte at `index`: a sign that more is needed, or an error that says what was expected. */
  fault(index: number, expected: string): unknown {
    if (index < this.end) return jsonFault(expected, this.offset(index), this.bytes[index]);
    return this.last ? jsonCut(expected, this.offset(this.end)) : needMore;
  }
}
