import { type JsonCursor, Token } from "./jsonCursor.ts";
import { base64Digits } from "./jsonId.ts";
import type { ProtobufBytes } from "./otlpWriteBytes.ts";
import { anyValue, type OtlpField, type OtlpKind } from "./otlpWriteSchema.ts";

/** Tags of AnyValue's scalars. */
const Any = { string: 0x0a, bool: 0x10, int: 0x18, double: 0x21, bytes: 0x3a } as const;

/**
 * Writes the scalar at the cursor. A value that is not of the type its name says is written as what it is, as `otlpJson` reads
 * it: a number where text was due, a text where a number was due. Null is nothing.
 */
export function writeJsonScalar(cursor: JsonCursor, out: ProtobufBytes, field: OtlpField): void {
  const byte = cursor.peek();
  const isAny = anyValue.fields.includes(field);
  if (byte === Token.object || byte === Token.array) {
    const from = cursor.at;
    cursor.skip();
    if (isAny) out.blob(Any.string, cursor.bytes, from, cursor.at);
    return;
  }
  const quoted = byte === Token.string;
  if (quoted) cursor.string();
  else cursor.word();
  if (!isAny) {
    if (quoted && field.kind === "string") out.blob(field.tag, cursor.source, cursor.from, cursor.to);
    return;
  }
  if (!quoted && cursor.is("null")) return;
  if (quoted && field.kind === "string") out.blob(Any.string, cursor.source, cursor.from, cursor.to);
  else if (quoted && field.kind === "bytes") writeBytes(cursor, out);
  else if (field.kind === "bool" || !quoted) writeBare(cursor, out, field.kind);
  else writeNumber(cursor, out, field.kind);
}

/** A word without quotes, or a boolean with them. */
function writeBare(cursor: JsonCursor, out: ProtobufBytes, kind: OtlpKind): void {
  if (cursor.is("true") || cursor.is("false")) {
    out.varint(Any.bool);
    out.varint(cursor.is("true") ? 1 : 0);
  } else writeNumber(cursor, out, kind);
}

/** A number as an int64 when its digits are one, or when it has to be one; else as a double, and what is none as text. */
function writeNumber(cursor: JsonCursor, out: ProtobufBytes, kind: OtlpKind): void {
  const text = cursor.text();
  const number = Number(text);
  const isDigits = /^[-+]?\d+$/.test(text);
  if (kind !== "double" && (isDigits || (kind === "int64" && text !== "" && Number.isInteger(number)))) {
    const value = isDigits ? BigInt(text.replace("+", "")) : BigInt(number);
    if (BigInt.asIntN(64, value) === value) {
      out.varint(Any.int);
      out.int64(value);
      return;
    }
    // Beyond an int64 the digits are kept as text, unless a double says them all.
    if (kind === "int64" || String(number) !== text) {
      out.text(Any.string, value.toString());
      return;
    }
  }
  if (text.trim() !== "" && (!Number.isNaN(number) || text === "NaN")) {
    out.varint(Any.double);
    out.double(number);
  } else out.blob(Any.string, cursor.source, cursor.from, cursor.to);
}

/** Base64 of either alphabet, with or without its padding; anything else is text. */
function writeBytes(cursor: JsonCursor, out: ProtobufBytes): void {
  const { source, from } = cursor;
  let { to } = cursor;
  while (to > from && source[to - 1] === 61) to--;
  const bytes = new Uint8Array(((to - from) * 3) >> 2);
  let bits = 0;
  let have = 0;
  let size = 0;
  for (let i = from; i < to; i++) {
    const six = base64Digits[source[i]];
    if (six > 63) {
      out.blob(Any.string, source, from, cursor.to);
      return;
    }
    bits = ((bits << 6) | six) & 0xffff;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    bytes[size++] = (bits >> have) & 255;
  }
  out.blob(Any.bytes, bytes, 0, size);
}
