import { AttributeType } from "../model/attributes.ts";
import { Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { readScalar } from "./jsonNumber.ts";
import { cutDepth, JsonValue, valueDepth } from "./jsonValue.ts";

const Any = { string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const;
const anyKeys = new JsonKeys([
  "",
  "stringValue string_value",
  "boolValue bool_value",
  "intValue int_value",
  "doubleValue double_value",
  "arrayValue array_value",
  "kvlistValue kvlist_value",
  "bytesValue bytes_value",
]);
const listKeys = new JsonKeys(["", "values"]);
const pairKeys = new JsonKeys(["", "key", "value"]);

/** What is open while a nested value is read. */
const Level = { any: 0, array: 1, elements: 2, map: 3, members: 4, pair: 5 } as const;
type Level = (typeof Level)[keyof typeof Level];

interface Open {
  readonly level: Level;
  /** Something of it has been written. */
  written: boolean;
  /** A pair's value has been read. */
  valued: boolean;
  /** Where a value lies that came before its key; -1 for none. */
  value: number;
  /** Where reading goes on when that value has been read. */
  resume: number;
}

/** Reads OTLP's AnyValue to the exact text that an attribute keeps. */
export class OtlpJsonValue extends JsonValue {
  read(slot: number): void {
    this.clear();
    const { cursor } = this;
    if (!cursor.object()) return;
    for (let field = cursor.member(anyKeys); field >= 0; field = cursor.member(anyKeys)) {
      switch (field) {
        case Any.string:
          this.string(slot);
          break;
        case Any.int:
          this.int(slot);
          break;
        case Any.bool:
          this.bool(slot);
          break;
        case Any.double:
          this.double(slot);
          break;
        case Any.bytes:
          this.bytes(slot);
          break;
        case Any.array:
        case Any.map:
          this.#nested(field === Any.array);
          break;
        default:
          cursor.skip();
      }
    }
  }

  /** Writes an array or map as JSON. Arrays hold values that hold arrays: a stack, because input decides how deep. */
  #nested(array: boolean): void {
    const { cursor, text } = this;
    text.clear();
    this.type = array ? AttributeType.array : AttributeType.map;
    const stack: Open[] = [];
    if (this.#list(stack, array)) while (stack.length > 0) this.#step(stack, stack[stack.length - 1]);
    else text.ascii(array ? "[]" : "{}");
    this.value = text.intern(this.strings.pool);
    cursor.first = false;
  }

  #step(stack: Open[], top: Open): void {
    const { cursor, text } = this;
    switch (top.level) {
      case Level.any: {
        const field = cursor.member(anyKeys);
        if (field >= 0) this.#member(stack, top, field);
        else {
          if (!top.written) text.ascii("null");
          stack.pop();
        }
        return;
      }
      case Level.array:
      case Level.map: {
        const field = cursor.member(listKeys);
        if (field === 1 && !top.written && cursor.peek() === Token.array) {
          cursor.open();
          top.written = true;
          text.ascii(top.level === Level.array ? "[" : "{");
          stack.push(open(top.level === Level.array ? Level.elements : Level.members));
        } else if (field >= 0) cursor.skip();
        else {
          if (!top.written) text.ascii(top.level === Level.array ? "[]" : "{}");
          stack.pop();
        }
        return;
      }
      case Level.elements:
      case Level.members: {
        const more = cursor.element();
        if (!more) {
          text.ascii(top.level === Level.elements ? "]" : "}");
          stack.pop();
          return;
        }
        const value = top.level === Level.elements;
        if (!value && cursor.peek() !== Token.object) {
          cursor.skip();
          return;
        }
        if (top.written) text.byte(44);
        top.written = true;
        if (value) this.#value(stack);
        else {
          cursor.open();
          stack.push(open(Level.pair));
        }
        return;
      }
      case Level.pair:
        this.#pair(stack, top);
    }
  }

  #pair(stack: Open[], top: Open): void {
    const { cursor, text } = this;
    if (top.resume >= 0) {
      cursor.at = top.resume;
      cursor.first = false;
      stack.pop();
      return;
    }
    const field = cursor.member(pairKeys);
    if (field === 1 && !top.written && cursor.peek() === Token.string) {
      cursor.string();
      text.quoted(cursor.source, cursor.from, cursor.to);
      text.byte(58);
      top.written = true;
    } else if (field === 2 && top.written && !top.valued) {
      top.valued = true;
      this.#value(stack);
    } else if (field === 2 && !top.valued) {
      top.value = cursor.at;
      cursor.skip(cutDepth);
    } else if (field >= 0) cursor.skip(cutDepth);
    else this.#endPair(stack, top);
  }

  #endPair(stack: Open[], top: Open): void {
    const { cursor, text } = this;
    if (!top.written) text.ascii('"":');
    if (!top.valued && top.value >= 0) {
      top.resume = cursor.at;
      cursor.at = top.value;
      this.#value(stack);
      return;
    }
    if (!top.valued) text.ascii("null");
    stack.pop();
  }

  #member(stack: Open[], top: Open, field: number): void {
    const { cursor, text } = this;
    if (top.written || field === 0) {
      cursor.skip();
      return;
    }
    if (field === Any.array || field === Any.map) {
      top.written = true;
      if (!this.#list(stack, field === Any.array)) text.ascii(field === Any.array ? "[]" : "{}");
      return;
    }
    const byte = cursor.peek();
    if (byte === Token.object || byte === Token.array) {
      cursor.skip();
      return;
    }
    const bare = byte !== Token.string;
    if (bare && !readScalar(cursor)) return;
    if (!bare) cursor.string();
    top.written = true;
    if (field === Any.double) this.copyDouble();
    else if (field !== Any.string && field !== Any.bytes && /^(-?\d+|true|false)$/.test(cursor.text())) {
      text.copy(cursor.source, cursor.from, cursor.to);
    } else text.quoted(cursor.source, cursor.from, cursor.to);
  }

  /** Begins the AnyValue at the cursor. */
  #value(stack: Open[]): void {
    if (this.cursor.peek() !== Token.object) {
      this.cursor.skip();
      this.text.ascii("null");
      return;
    }
    this.cursor.open();
    stack.push(open(Level.any));
  }

  /** Begins the list at the cursor; false when there is none. */
  #list(stack: Open[], array: boolean): boolean {
    if (this.cursor.peek() !== Token.object) {
      this.cursor.skip();
      return false;
    }
    let depth = 0;
    for (const { level } of stack) if (level === Level.array || level === Level.map) depth++;
    if (depth === valueDepth) {
      this.leaveOut();
      return true;
    }
    this.cursor.open();
    stack.push(open(array ? Level.array : Level.map));
    return true;
  }
}

function open(level: Level): Open {
  return { level, written: false, valued: false, value: -1, resume: -1 };
}
