import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { bigintOfWords } from "../model/time64.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { base64Digits } from "./jsonId.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { JsonValue } from "./jsonValue.ts";

/** Reads the values of Zipkin's binary annotations. */
export class ZipkinV1Values {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #value: JsonValue;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#value = new JsonValue(cursor, new JsonStrings(cursor, sink.texts));
  }

  /**
   * Adds the value that lies at `at` (-1 for none) to the span. `thrift` is its Thrift type where the object was printed from
   * Thrift, and then the value is base64 of the bytes; "" where the JSON is Zipkin's own.
   */
  add(key: number, at: number, thrift: string): void {
    const { attributes, texts } = this.#sink;
    const cursor = this.#cursor;
    const value = this.#value;
    if (at < 0) value.clear();
    else {
      cursor.at = at;
      const bytes = thrift !== "" && cursor.peek() === Token.string ? this.#bytes() : undefined;
      if (bytes === undefined) {
        cursor.at = at;
        value.any(key);
      } else if (thrift === "STRING") {
        value.type = AttributeType.string;
        value.value = texts.intern(bytes, 0, bytes.length);
      } else {
        const [type, text] = thriftValue(thrift, bytes);
        value.type = type;
        value.value =
          text === undefined ? texts.intern(cursor.source, cursor.from, cursor.to) : texts.internText(text);
      }
    }
    attributes.add(key, value.type, value.value);
  }

  /** The bytes whose base64 is at the cursor, or undefined when it is none. */
  #bytes(): Uint8Array | undefined {
    const cursor = this.#cursor;
    cursor.string();
    let { to } = cursor;
    const { source, from } = cursor;
    if ((to - from) % 4 !== 0) return undefined;
    while (to > from && to > cursor.to - 2 && source[to - 1] === 61) to--;
    const out = new Uint8Array(((to - from) * 6) >> 3);
    let bits = 0;
    let have = 0;
    let size = 0;
    for (let i = from; i < to; i++) {
      const six = base64Digits[source[i]];
      if (six > 63) return undefined;
      bits = ((bits << 6) | six) & 0xffff;
      have += 6;
      if (have < 8) continue;
      have -= 8;
      out[size++] = bits >> have;
    }
    return out;
  }
}

/** Thrift's numbers are big-endian; a text of undefined is the base64 as it came. */
function thriftValue(thrift: string, bytes: Uint8Array): [type: AttributeType, text: string | undefined] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = bytes.length;
  if (thrift === "BOOL" && size === 1) return [AttributeType.bool, bytes[0] === 0 ? "false" : "true"];
  if (thrift === "I16" && size === 2) return [AttributeType.int, String(view.getInt16(0))];
  if (thrift === "I32" && size === 4) return [AttributeType.int, String(view.getInt32(0))];
  if (thrift === "I64" && size === 8) {
    const whole = bigintOfWords(view.getUint32(0), view.getUint32(4));
    return [AttributeType.int, BigInt.asIntN(64, whole).toString()];
  }
  if (thrift === "DOUBLE" && size === 8) return [AttributeType.double, String(view.getFloat64(0))];
  return [AttributeType.bytes, undefined];
}
