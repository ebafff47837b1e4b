import { unescapeJson } from "./jsonEscape.ts";
import { jsonDepth } from "./jsonFault.ts";
import type { JsonKeys } from "./jsonKeys.ts";
import { JsonWindow } from "./jsonWindow.ts";

const quote = 34;
const backslash = 92;

/** What kind of value begins with a byte. */
export const Token = { object: 123, array: 91, string: 34 } as const;

/** How deep a value that nobody asked for may be nested. */
const skipDepth = 1000;

/**
 * Reads a JSON text member by member from its bytes, without making an object or a string. A read either finishes and moves
 * on, or throws and leaves the position as it was: `needMore` when the window ends, a UserError when the text is wrong.
 */
export class JsonCursor extends JsonWindow {
  /** Whether an object or array has been opened and nothing of it has been read. */
  first = false;
  /** The string or number read last is `source[from … to]`, its escapes undone. */
  source: Uint8Array = this.bytes;
  from = 0;
  to = 0;
  /** Whether the string read last had no escapes. */
  plain = true;
  #scratch: Uint8Array<ArrayBuffer> = new Uint8Array(256);
  #brackets: Uint8Array<ArrayBuffer> = new Uint8Array(64);

  /** The first byte of the next value; white space before it is passed over. */
  peek(): number {
    const index = this.#space(this.at);
    const byte = this.bytes[index];
    if (byte === 0) throw this.fault(index, "a value");
    this.at = index;
    return byte;
  }

  /** Passes over white space; false when nothing else is left in the window. */
  pastSpace(): boolean {
    this.at = this.#space(this.at);
    return this.at < this.end;
  }

  /** Goes into the object or array that begins here. */
  open(): void {
    this.at++;
    this.first = true;
  }

  /** Goes into the object that begins here, or passes over what is no object. */
  object(): boolean {
    if (this.peek() !== Token.object) {
      this.skip();
      return false;
    }
    this.open();
    return true;
  }

  /** Goes into the array that begins here, or passes over what is no array. */
  array(): boolean {
    if (this.peek() !== Token.array) {
      this.skip();
      return false;
    }
    this.open();
    return true;
  }

  /** Goes to the value of the next member: its field, 0 for a name that `keys` does not have, -1 when the object ends. */
  member(keys: JsonKeys): number {
    const index = this.#item(125, "a comma or }");
    if (index < 0) return -1;
    if (this.bytes[index] !== quote) throw this.fault(index, "a member name in quotes");
    const size = keys.expected(this.bytes, index);
    if (size > 0) {
      this.at = index + size;
      this.first = false;
      return keys.field;
    }
    this.#name(index);
    return keys.find(this.source, this.from, this.to);
  }

  /** Goes to the value of the next member, whatever its name (`source`, `from`, `to`); false when the object ends. */
  anyMember(): boolean {
    const index = this.#item(125, "a comma or }");
    if (index < 0) return false;
    if (this.bytes[index] !== quote) throw this.fault(index, "a member name in quotes");
    this.#name(index);
    return true;
  }

  /** Goes to the next element; false when the array ends. */
  element(): boolean {
    const index = this.#item(93, "a comma or ]");
    if (index < 0) return false;
    if (this.bytes[index] === 93) throw this.fault(index, "a value");
    if (this.bytes[index] === 0) throw this.fault(index, "a value");
    this.at = index;
    this.first = false;
    return true;
  }

  /** Reads the string that begins here. */
  string(): void {
    const start = this.#space(this.at);
    if (this.bytes[start] !== quote) throw this.fault(start, "a string");
    this.at = this.#read(start) + 1;
  }

  /** Reads a number, `true`, `false`, `null`, `NaN`, `Infinity`: its bytes as they stand. */
  word(): void {
    const bytes = this.bytes;
    const start = this.#space(this.at);
    let index = start;
    while (wordBytes[bytes[index]] === 1) index++;
    if (index === start || index >= this.end) {
      if (index === start || !this.last) throw this.fault(index, "a value");
    }
    this.source = bytes;
    this.from = start;
    this.to = index;
    this.plain = true;
    this.at = index;
  }

  /** Reads a string or a bare word; passes over anything else, and then nothing was read. */
  any(): void {
    const byte = this.peek();
    if (byte === Token.string) this.string();
    else if (byte !== Token.object && byte !== Token.array) this.word();
    else {
      this.skip();
      this.to = this.from;
    }
  }

  /** Passes over the value that begins here, however large. */
  skip(limit = skipDepth): void {
    const bytes = this.bytes;
    let index = this.#space(this.at);
    let depth = 0;
    for (;;) {
      const byte = bytes[index];
      if (byte === quote) {
        index = this.#close(index + 1) + 1;
      } else if (byte === 123 || byte === 91) {
        if (depth === limit) throw jsonDepth(limit, this.offset(index));
        if (depth === this.#brackets.length) this.#brackets = doubled(this.#brackets);
        this.#brackets[depth++] = byte + 2;
        index++;
      } else if (depth > 0 && byte === this.#brackets[depth - 1]) {
        depth--;
        index++;
      } else if (depth > 0 && (byte === 44 || byte === 58 || (byte <= 32 && byte > 0))) {
        index++;
        continue;
      } else if (wordBytes[byte] === 1) {
        while (wordBytes[bytes[index]] === 1) index++;
        if (index >= this.end && !this.last) throw this.fault(index, "a value");
      } else {
        throw this.fault(
          index,
          depth > 0 ? `a value or ${String.fromCharCode(this.#brackets[depth - 1])}` : "a value",
        );
      }
      if (depth === 0) break;
    }
    this.at = index;
  }

  /** The text read last. */
  text(): string {
    return decoder.decode(this.source.subarray(this.from, this.to));
  }

  /** Whether the text read last is `word`, which is ASCII. */
  is(word: string): boolean {
    if (this.to - this.from !== word.length) return false;
    for (let i = 0; i < word.length; i++) if (this.source[this.from + i] !== word.charCodeAt(i)) return false;
    return true;
  }

  /** The index of the next item's first byte, behind its comma; -1 when the closing bracket was read. */
  #item(close: number, expected: string): number {
    const bytes = this.bytes;
    let index = this.at;
    if (bytes[index] <= 32) index = this.#space(index);
    if (bytes[index] === 44 && !this.first) {
      index++;
      return bytes[index] <= 32 ? this.#space(index) : index;
    }
    if (bytes[index] === close) {
      this.at = index + 1;
      this.first = false;
      return -1;
    }
    if (this.first && bytes[index] !== 44) return index;
    throw this.fault(index, this.first ? "a value" : expected);
  }

  /** Reads a member name and the colon behind it. */
  #name(start: number): void {
    const close = this.#read(start);
    let index = close + 1;
    if (this.bytes[index] !== 58) {
      index = this.#space(index);
      if (this.bytes[index] !== 58) throw this.fault(index, "a colon");
    }
    this.at = index + 1;
    this.first = false;
  }

  /** Reads the string whose quote is at `start`; returns where its closing quote is. */
  #read(start: number): number {
    const close = this.#close(start + 1);
    if (this.plain) {
      this.source = this.bytes;
      this.from = start + 1;
      this.to = close;
      return close;
    }
    // Escapes never make a text longer.
    if (this.#scratch.length < close - start) this.#scratch = new Uint8Array(2 * (close - start));
    const size = unescapeJson(this.bytes, start + 1, close, this.#scratch);
    if (size < 0) throw this.fault(start - size, "an escape such as \\n or \\u0041");
    this.source = this.#scratch;
    this.from = 0;
    this.to = size;
    return close;
  }

  /** Where the string that begins at `index` ends; sets `plain`. */
  #close(index: number): number {
    const bytes = this.bytes;
    let plain = true;
    for (;;) {
      const byte = bytes[index];
      if (byte === quote) break;
      if (byte === backslash) {
        plain = false;
        if (index + 1 >= this.end) throw this.fault(this.end, "the rest of a string");
        index += 2;
        continue;
      }
      if (byte < 32) throw this.fault(index, "the rest of a string");
      index++;
    }
    this.plain = plain;
    return index;
  }

  /** The first index from `index` on that is no white space. */
  #space(index: number): number {
    const bytes = this.bytes;
    let byte = bytes[index];
    while (byte === 32 || byte === 10 || byte === 13 || byte === 9) byte = bytes[++index];
    return index;
  }
}

/** 1 for the bytes of numbers and of `true`, `null`, `Infinity`. */
const wordBytes = new Uint8Array(256);
for (const char of "+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
  wordBytes[char.charCodeAt(0)] = 1;

function doubled(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(array.length * 2);
  grown.set(array);
  return grown;
}

const decoder = new TextDecoder();
