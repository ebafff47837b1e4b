import { AttributeType } from "../model/attributes.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import type { JsonStrings } from "./jsonStrings.ts";
import { JsonText } from "./jsonText.ts";

/** How deep arrays and maps inside an attribute are followed; what is deeper is one mark. */
export const valueDepth = 64;
/** How deep the JSON of an attribute may be nested at all: what is cut still has to be passed over. */
export const cutDepth = 100_000;

/** Reads attribute values to the exact text that is kept of them: `type` and `value` (a text) after each read. */
export class JsonValue {
  type: AttributeType = AttributeType.empty;
  value = 0;
  /** Whether something too deep was left out since this was last set to false. */
  cut = false;
  readonly cursor: JsonCursor;
  readonly strings: JsonStrings;
  readonly text = new JsonText();
  readonly #empty: number;
  readonly #true: number;
  readonly #false: number;

  constructor(cursor: JsonCursor, strings: JsonStrings) {
    this.cursor = cursor;
    this.strings = strings;
    this.#empty = strings.pool.internText("");
    this.#true = strings.pool.internText("true");
    this.#false = strings.pool.internText("false");
  }

  /** What a missing value is. */
  clear(): void {
    this.type = AttributeType.empty;
    this.value = this.#empty;
  }

  /** Reads a value whose JSON says its type. */
  any(slot: number): void {
    const byte = this.cursor.peek();
    if (byte === Token.string) this.string(slot);
    else if (byte === Token.object || byte === Token.array) this.json();
    else {
      this.cursor.word();
      if (byte === 116 || byte === 102) this.#bool(byte === 116);
      else if (byte === 110) this.clear();
      else if (this.#digits()) this.#keep(AttributeType.int);
      else this.#double();
    }
  }

  string(slot: number): void {
    if (this.cursor.peek() !== Token.string) {
      this.any(slot);
      return;
    }
    this.type = AttributeType.string;
    this.value = this.strings.read(slot);
  }

  /** Reads base64 text. */
  bytes(slot: number): void {
    this.string(slot);
    if (this.type === AttributeType.string) this.type = AttributeType.bytes;
  }

  /** Reads a boolean, bare or as text. */
  bool(slot: number): void {
    if (!this.#scalar(slot)) return;
    if (this.cursor.is("true") || this.cursor.is("false")) this.#bool(this.cursor.is("true"));
    else this.#keep(AttributeType.string);
  }

  /** Reads a 64-bit integer, bare or as text. */
  int(slot: number): void {
    if (!this.#scalar(slot)) return;
    if (this.#digits()) this.#keep(AttributeType.int);
    else {
      const text = this.cursor.text();
      const number = Number(text);
      this.type = AttributeType.int;
      if (/^[-+]?\d+$/.test(text))
        this.value = this.strings.pool.internText(BigInt(text.replace("+", "")).toString());
      else if (Number.isInteger(number)) this.value = this.strings.pool.internText(BigInt(number).toString());
      else this.#keep(AttributeType.string);
    }
  }

  /** Reads a double, bare or as text, `NaN` and `Infinity` among them. */
  double(slot: number): void {
    if (this.#scalar(slot)) this.#double();
  }

  /** Reads an array or object, in any nesting, as JSON without white space. */
  json(): void {
    this.type = this.cursor.peek() === Token.array ? AttributeType.array : AttributeType.map;
    this.text.clear();
    this.copyJson(0);
    this.value = this.text.intern(this.strings.pool);
  }

  /** Adds the value at the cursor to `text`, without white space; `depth` levels are open already. */
  copyJson(depth: number): void {
    const { cursor, text } = this;
    const open: number[] = [];
    for (;;) {
      const byte = cursor.peek();
      const nested = byte === Token.object || byte === Token.array;
      if (nested && depth + open.length === valueDepth) {
        this.leaveOut();
      } else if (nested) {
        cursor.open();
        text.byte(byte);
        open.push(byte);
      } else if (byte === Token.string) {
        cursor.string();
        text.quoted(cursor.source, cursor.from, cursor.to);
      } else {
        cursor.word();
        text.copy(cursor.source, cursor.from, cursor.to);
      }
      for (;;) {
        if (open.length === 0) return;
        const first = cursor.first;
        const kind = open[open.length - 1];
        const more = kind === Token.array ? cursor.element() : cursor.anyMember();
        if (more && !first) text.byte(44);
        if (more && kind === Token.object) {
          text.quoted(cursor.source, cursor.from, cursor.to);
          text.byte(58);
        }
        if (more) break;
        // A closing bracket is two after its opening one.
        text.byte(kind + 2);
        open.pop();
      }
    }
  }

  /** Passes over a value that lies too deep and leaves a mark in its place. */
  leaveOut(): void {
    this.cursor.skip(cutDepth);
    this.text.copy(mark, 0, mark.length);
    this.cut = true;
  }

  /** Adds the double read last to `text`; what JSON cannot write as a number is a string. */
  copyDouble(): void {
    const number = Number(this.cursor.text());
    const shown = doubleText(number);
    this.text.ascii(Number.isFinite(number) ? shown : JSON.stringify(shown));
  }

  /** Reads text or a bare scalar; what is neither is read as what it is. */
  #scalar(slot: number): boolean {
    const byte = this.cursor.peek();
    if (byte === Token.string) this.cursor.string();
    else if (byte === Token.object || byte === Token.array || byte === 110) {
      this.any(slot);
      return false;
    } else this.cursor.word();
    return true;
  }

  #keep(type: AttributeType): void {
    this.type = type;
    this.value = this.strings.taken();
  }

  #bool(value: boolean): void {
    this.type = AttributeType.bool;
    this.value = value ? this.#true : this.#false;
  }

  #double(): void {
    this.type = AttributeType.double;
    if (this.#shortest()) {
      this.value = this.strings.taken();
      return;
    }
    const text = this.cursor.text();
    const number = Number(text);
    if (Number.isNaN(number) && text !== "NaN") this.#keep(AttributeType.string);
    else this.value = this.strings.pool.internText(doubleText(number));
  }

  /** Whether what was read is an integer's digits as they are kept. */
  #digits(): boolean {
    const { source, to } = this.cursor;
    const from = this.cursor.from + (source[this.cursor.from] === 45 ? 1 : 0);
    if (from === to || (source[from] === 48 && to - this.cursor.from > 1)) return false;
    for (let i = from; i < to; i++) if (source[i] < 48 || source[i] > 57) return false;
    return true;
  }

  /** Whether what was read is the shortest text of its double: up to 15 digits, and no zero that could be left out. */
  #shortest(): boolean {
    const { source, from, to } = this.cursor;
    const start = from + (source[from] === 45 ? 1 : 0);
    if (to - start > 15 || to === start || (source[start] === 48 && source[start + 1] !== 46)) return false;
    let point = -1;
    for (let i = start; i < to; i++) {
      if (source[i] === 46 && point < 0 && i > start) point = i;
      else if (source[i] < 48 || source[i] > 57) return false;
    }
    // Below 0.000001 the shortest text has an exponent.
    return (
      point < 0 ||
      (source[to - 1] !== 48 && source[to - 1] !== 46 && (source[start] !== 48 || source[start + 2] !== 48))
    );
  }
}

/** The shortest text that reads back equal. */
function doubleText(number: number): string {
  return Object.is(number, -0) ? "-0" : String(number);
}

const mark = new TextEncoder().encode('"\u2026"');
