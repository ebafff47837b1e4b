import type { PbfReader } from "pbf";
import { AttributeType } from "../model/attributes.ts";
import type { StringPool } from "../model/stringPool.ts";
import { bigintOfWords } from "../model/time64.ts";
import { base64 } from "./base64.ts";
import { Malformed, readEnd, skipField } from "./protobufReader.ts";

/** How deep arrays and maps inside an attribute are followed. */
export const depthLimit = 64;
/** Stands for what was deeper. */
export const cutMark = "\u2026";

/**
 * Reads OTLP's AnyValue to the exact text that an attribute keeps: `type` and `value` (an index into the pool) after `read`.
 * Numbers up to 4,096 and the last of each larger one are remembered, because status codes, ports and lines recur.
 */
export class ProtobufValue {
  type: AttributeType = AttributeType.empty;
  value = 0;
  /** Whether something deeper than `depthLimit` has been left out since this was last set to false. */
  cut = false;

  readonly #texts: StringPool;
  readonly #empty: number;
  readonly #booleans: readonly [number, number];
  readonly #knownNumbers = new Float64Array(4096).fill(-1);
  readonly #knownTexts = new Uint32Array(4096);
  readonly #digits = new Uint8Array(20);

  constructor(texts: StringPool) {
    this.#texts = texts;
    this.#empty = texts.internText("");
    this.#booleans = [texts.internText("false"), texts.internText("true")];
  }

  /** What a missing value is. */
  clear(): void {
    this.type = AttributeType.empty;
    this.value = this.#empty;
  }

  /** Reads the message that ends at `end`; of several values the last counts. */
  read(reader: PbfReader, end: number): void {
    this.clear();
    while (reader.pos < end) {
      const tag = reader.buf[reader.pos++];
      switch (tag) {
        case 0x0a: {
          const to = readEnd(reader, end);
          this.type = AttributeType.string;
          this.value = this.#texts.intern(reader.buf, reader.pos, to);
          reader.pos = to;
          break;
        }
        case 0x10:
          this.type = AttributeType.bool;
          this.value = this.#booleans[reader.readVarint() === 0 ? 0 : 1];
          break;
        case 0x18:
          this.type = AttributeType.int;
          this.value = this.#int(reader);
          break;
        case 0x21:
          this.type = AttributeType.double;
          if (reader.pos + 8 > end) throw new Malformed("a double is cut short", reader.pos);
          this.value = this.#texts.internText(doubleText(reader.readDouble()));
          break;
        case 0x2a:
        case 0x32: {
          const to = readEnd(reader, end);
          this.type = tag === 0x2a ? AttributeType.array : AttributeType.map;
          this.value = this.#texts.internText(this.#json(reader, to, tag, 1));
          break;
        }
        case 0x3a: {
          const to = readEnd(reader, end);
          this.type = AttributeType.bytes;
          this.value = this.#texts.internText(base64(reader.buf, reader.pos, to));
          reader.pos = to;
          break;
        }
        default:
          reader.pos--;
          skipField(reader, readTag(reader), end);
      }
    }
    if (reader.pos !== end) throw new Malformed("a value runs past the end of its message", end);
  }

  #int(reader: PbfReader): number {
    const at = reader.pos;
    const number = reader.readVarint();
    if (number > Number.MAX_SAFE_INTEGER) return this.#texts.internText(bigText(reader, at));
    const slot = number % 4096;
    if (this.#knownNumbers[slot] === number) return this.#knownTexts[slot];
    const index = this.#decimal(number);
    this.#knownNumbers[slot] = number;
    this.#knownTexts[slot] = index;
    return index;
  }

  #decimal(number: number): number {
    const digits = this.#digits;
    let at = digits.length;
    let rest = number;
    while (rest > 0xffffffff) {
      const tenth = Math.floor(rest / 10);
      digits[--at] = 48 + (rest - tenth * 10);
      rest = tenth;
    }
    let small = rest >>> 0;
    do {
      const tenth = (small / 10) >>> 0;
      digits[--at] = 48 + (small - tenth * 10);
      small = tenth;
    } while (small > 0);
    return this.#texts.intern(digits, at, digits.length);
  }

  /** An array (tag 0x2a) or a map (0x32) as compact JSON; repeated keys are kept. */
  #json(reader: PbfReader, end: number, tag: number, depth: number): string {
    if (depth > depthLimit) {
      this.cut = true;
      reader.pos = end;
      return JSON.stringify(cutMark);
    }
    const parts: string[] = [];
    while (reader.pos < end) {
      const inner = readTag(reader);
      if (inner !== 0x0a) {
        skipField(reader, inner, end);
        continue;
      }
      const to = readEnd(reader, end);
      parts.push(tag === 0x2a ? this.#jsonValue(reader, to, depth) : this.#jsonMember(reader, to, depth));
    }
    if (reader.pos !== end) throw new Malformed("a value runs past the end of its message", end);
    return tag === 0x2a ? `[${parts.join(",")}]` : `{${parts.join(",")}}`;
  }

  #jsonMember(reader: PbfReader, end: number, depth: number): string {
    let key = '""';
    let value = "null";
    while (reader.pos < end) {
      const tag = readTag(reader);
      if (tag === 0x0a) key = jsonString(reader, end);
      else if (tag === 0x12) value = this.#jsonValue(reader, readEnd(reader, end), depth);
      else skipField(reader, tag, end);
    }
    if (reader.pos !== end) throw new Malformed("a value runs past the end of its message", end);
    return `${key}:${value}`;
  }

  #jsonValue(reader: PbfReader, end: number, depth: number): string {
    let text = "null";
    while (reader.pos < end) {
      const tag = readTag(reader);
      const at = reader.pos;
      if (tag === 0x0a) text = jsonString(reader, end);
      else if (tag === 0x10) text = reader.readVarint() === 0 ? "false" : "true";
      else if (tag === 0x18) {
        const number = reader.readVarint();
        text = number > Number.MAX_SAFE_INTEGER ? bigText(reader, at) : String(number);
      } else if (tag === 0x21) {
        if (at + 8 > end) throw new Malformed("a double is cut short", at);
        const number = reader.readDouble();
        text = Number.isFinite(number) ? doubleText(number) : JSON.stringify(doubleText(number));
      } else if (tag === 0x2a || tag === 0x32)
        text = this.#json(reader, readEnd(reader, end), tag, depth + 1);
      else if (tag === 0x3a) {
        const to = readEnd(reader, end);
        text = JSON.stringify(base64(reader.buf, reader.pos, to));
        reader.pos = to;
      } else skipField(reader, tag, end);
    }
    if (reader.pos !== end) throw new Malformed("a value runs past the end of its message", end);
    return text;
  }
}

function readTag(reader: PbfReader): number {
  return reader.readVarint() >>> 0;
}

function jsonString(reader: PbfReader, limit: number): string {
  const to = readEnd(reader, limit);
  const text = decoder.decode(reader.buf.subarray(reader.pos, to));
  reader.pos = to;
  return JSON.stringify(text);
}

/** An int64 beyond 2^53, or negative, from its varint at `at`; the reader stands after it. */
function bigText(reader: PbfReader, at: number): string {
  let high = 0;
  let low = 0;
  for (let i = at; i < reader.pos; i++) {
    const bits = reader.buf[i] & 127;
    const shift = 7 * (i - at);
    if (shift < 32) low |= bits << shift;
    if (shift > 31) high |= bits << (shift - 32);
    else if (shift > 24) high |= bits >>> (32 - shift);
  }
  return BigInt.asIntN(64, bigintOfWords(high, low)).toString();
}

/** The shortest text that reads back equal. */
function doubleText(number: number): string {
  return Object.is(number, -0) ? "-0" : String(number);
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
