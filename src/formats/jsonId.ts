import type { JsonCursor } from "./jsonCursor.ts";
import { Token } from "./jsonCursor.ts";
import { hexDigits } from "./jsonEscape.ts";
import { readDecimal } from "./jsonNumber.ts";

/** An id as it was read: four words, most significant first, or the source's text when it is neither hex nor base64. */
export class JsonId {
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  text = "";
  readonly #decimal = { high: 0, low: 0 };

  get empty(): boolean {
    return (this.word0 | this.word1 | this.word2 | this.word3) === 0 && this.text === "";
  }

  clear(): void {
    this.word0 = this.word1 = this.word2 = this.word3 = 0;
    this.text = "";
  }

  /** Reads the id at the cursor: hex of either case, padded on the left, or base64 of 8 or 16 bytes with its padding. */
  read(cursor: JsonCursor): void {
    this.clear();
    if (cursor.peek() !== Token.string) {
      cursor.skip();
      return;
    }
    cursor.string();
    const { source, from, to } = cursor;
    if (to === from || this.#hex(source, from, to) || this.#base64(source, from, to)) return;
    this.text = cursor.text();
  }

  /** Reads a span id: what is longer than 16 digits is hex only when the rest is zeros. */
  readSpan(cursor: JsonCursor): void {
    this.read(cursor);
    if ((this.word0 | this.word1) !== 0) this.text = this.hex(32);
  }

  /** Reads an id that may also be a bare decimal number of 64 bits, signed or not, as Zipkin's first format has it. */
  readNumber(cursor: JsonCursor): void {
    if (cursor.peek() === Token.string) {
      this.read(cursor);
      return;
    }
    this.clear();
    if (!isNumber(cursor)) return;
    const negative = cursor.source[cursor.from] === 45;
    if (!readDecimal(cursor.source, cursor.from + (negative ? 1 : 0), cursor.to, this.#decimal)) return;
    const { high, low } = this.#decimal;
    this.word3 = negative ? -low >>> 0 : low;
    this.word2 = negative ? (low === 0 ? -high >>> 0 : ~high >>> 0) : high;
  }

  /** Whether both name the same thing. */
  equals(other: JsonId): boolean {
    return (
      this.word3 === other.word3 &&
      this.word2 === other.word2 &&
      this.word1 === other.word1 &&
      this.word0 === other.word0 &&
      this.text === other.text
    );
  }

  copy(other: JsonId): void {
    this.word0 = other.word0;
    this.word1 = other.word1;
    this.word2 = other.word2;
    this.word3 = other.word3;
    this.text = other.text;
  }

  /** The 32 (trace) or 16 (span) lower-case digits, or the source's text. */
  hex(digits: 16 | 32): string {
    if (this.text !== "") return this.text;
    const low = hexWord(this.word2) + hexWord(this.word3);
    return digits === 16 ? low : hexWord(this.word0) + hexWord(this.word1) + low;
  }

  #hex(source: Uint8Array, from: number, to: number): boolean {
    if (to - from > 32) return false;
    let high = 0;
    this.word3 = hexOf(source, from, to);
    if (this.word3 < 0) return this.#none();
    if (to - from > 8) {
      this.word2 = hexOf(source, from, to - 8);
      high |= this.word2;
    }
    if (to - from > 16) {
      this.word1 = hexOf(source, from, to - 16);
      high |= this.word1;
    }
    if (to - from > 24) {
      this.word0 = hexOf(source, from, to - 24);
      high |= this.word0;
    }
    // hexOf is -1 for what is no hex, and a word of 8 digits is never negative; `|` of whole words may be, so look at each.
    if (high < 0 && (this.word2 < 0 || this.word1 < 0 || this.word0 < 0)) return this.#none();
    return true;
  }

  #base64(source: Uint8Array, from: number, to: number): boolean {
    const size = to - from;
    const padding = size === 12 ? 1 : size === 24 ? 2 : 0;
    if (padding === 0 || source[to - 1] !== 61 || (padding === 2 && source[to - 2] !== 61)) return false;
    const end = to - padding;
    const words = [0, 0, 0, 0];
    let bits = 0;
    let have = 0;
    let count = 0;
    for (let i = from; i < end; i++) {
      const six = base64Digits[source[i]];
      if (six > 63) return this.#none();
      bits = ((bits << 6) | six) & 0xffff;
      have += 6;
      if (have < 8) continue;
      have -= 8;
      const byte = (bits >> have) & 255;
      const word = count >> 2;
      words[word] = ((words[word] << 8) | byte) >>> 0;
      count++;
    }
    if (size === 12) [this.word2, this.word3] = words;
    else [this.word0, this.word1, this.word2, this.word3] = words;
    return true;
  }

  #none(): false {
    this.clear();
    return false;
  }
}

/** The number of up to 8 hex digits that end at `to` and begin no earlier than `from`, or -1. */
function hexOf(source: Uint8Array, from: number, to: number): number {
  const start = Math.max(to - 8, from);
  let word = 0;
  let wrong = 0;
  for (let i = start; i < to; i++) {
    const digit = hexDigits[source[i]];
    wrong |= digit;
    word = (word << 4) | digit;
  }
  return wrong > 15 ? -1 : word >>> 0;
}

function isNumber(cursor: JsonCursor): boolean {
  const byte = cursor.peek();
  if (byte === 45 || (byte >= 48 && byte <= 57)) {
    cursor.word();
    return true;
  }
  cursor.skip();
  return false;
}

function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

/** The value of a base64 digit of either alphabet by its byte; 255 for every other byte. */
export const base64Digits = new Uint8Array(256).fill(255);
[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].forEach((char, digit) => {
  base64Digits[char.charCodeAt(0)] = digit;
});
base64Digits["-".charCodeAt(0)] = 62;
base64Digits["_".charCodeAt(0)] = 63;
