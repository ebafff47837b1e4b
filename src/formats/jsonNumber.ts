import { addWords, microsToNanos, type Words, wordsOfBigint, wordsOfDecimal } from "../model/time64.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";

/** The 64-bit number whose decimal digits are `source[from … to]`, into `out`; false when it is not one. */
export function readDecimal(source: Uint8Array, from: number, to: number, out: Words): boolean {
  const size = to - from;
  if (size === 0 || size > 20) return false;
  const split = size > 9 ? to - 9 : from;
  let upper = 0;
  let rest = 0;
  for (let i = from; i < split; i++) {
    const digit = source[i] - 48;
    if (digit < 0 || digit > 9) return false;
    upper = upper * 10 + digit;
  }
  for (let i = split; i < to; i++) {
    const digit = source[i] - 48;
    if (digit < 0 || digit > 9) return false;
    rest = rest * 10 + digit;
  }
  if (upper > 18446744073 || (upper === 18446744073 && rest > 709551615)) return false;
  wordsOfDecimal(upper, rest, out);
  return true;
}

/** A number, bare or as text, is given at the cursor: reads it. Null, an empty text and what is no scalar are not given. */
export function readScalar(cursor: JsonCursor): boolean {
  const byte = cursor.peek();
  if (byte === Token.string) {
    cursor.string();
    return cursor.to > cursor.from;
  }
  if (byte === Token.object || byte === Token.array) {
    cursor.skip();
    return false;
  }
  cursor.word();
  return !cursor.is("null");
}

/** Reads unix ns at the cursor into `out`: 0, 0 when not given. False when it is given and is not a time. */
export function readNanos(cursor: JsonCursor, out: Words): boolean {
  out.high = out.low = 0;
  if (!readScalar(cursor)) return true;
  return readDecimal(cursor.source, cursor.from, cursor.to, out) || fromNumber(cursor.text(), 1, out);
}

/** Reads unix µs at the cursor into `out`, as ns. False when it is given and is not a time. */
export function readMicros(cursor: JsonCursor, out: Words): boolean {
  out.high = out.low = 0;
  if (!readScalar(cursor)) return true;
  return microsOf(cursor, out);
}

/** The µs read last, as ns, into `out`. */
export function microsOf(cursor: JsonCursor, out: Words): boolean {
  const { source, from, to } = cursor;
  if (to - from < 16) {
    let micros = 0;
    let wrong = false;
    for (let i = from; i < to; i++) {
      const digit = source[i] - 48;
      if (digit < 0 || digit > 9) wrong = true;
      micros = micros * 10 + digit;
    }
    if (!wrong) {
      microsToNanos(micros, out);
      return true;
    }
  } else if (to - from === 16 && readDecimal(source, from, to, out) && out.high < 0x200000) {
    microsToNanos(out.high * 4294967296 + out.low, out);
    return true;
  }
  return fromNumber(cursor.text(), 1000, out);
}

/** Adds a duration in µs, read at the cursor, to `start`; a negative one is taken off. False when it is not a number. */
export function addMicros(cursor: JsonCursor, start: Words, out: Words): boolean {
  const negative = cursor.source[cursor.from] === 45;
  if (negative) cursor.from++;
  const good = microsOf(cursor, out);
  if (negative) {
    const { high, low } = out;
    out.low = -low >>> 0;
    out.high = low === 0 ? -high >>> 0 : ~high >>> 0;
  }
  addWords(start, out, out);
  return good;
}

/** Reads a small whole number at the cursor, 0 when it is none. */
export function readSmall(cursor: JsonCursor): number {
  if (!readScalar(cursor)) return 0;
  const { source, from, to } = cursor;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = source[i] - 48;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value > 0xffffffff ? 0 : value;
}

/** Numbers written in another way: with a fraction or an exponent, or beyond 2^53 µs. */
function fromNumber(text: string, scale: number, out: Words): boolean {
  const trimmed = text.trim();
  const exact = /^\d{1,20}$/.test(trimmed) ? BigInt(trimmed) * BigInt(scale) : undefined;
  const value = Number(trimmed) * scale;
  if (trimmed === "" || !(value >= 0 && value < 2 ** 64)) return false;
  const { high, low } = wordsOfBigint(exact ?? BigInt(Math.round(value)));
  out.high = high;
  out.low = low;
  return true;
}
