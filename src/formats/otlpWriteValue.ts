import { AttributeType } from "../model/attributes.ts";
import type { StringTable } from "../model/stringTable.ts";
import { JsonCursor, Token } from "./jsonCursor.ts";
import type { ProtobufBytes } from "./otlpWriteBytes.ts";
import { writeJsonScalar } from "./otlpWriteScalar.ts";
import { anyValue, type OtlpField } from "./otlpWriteSchema.ts";

/** Writes an attribute as it is kept, its value as exact text, as OTLP's KeyValue in field `tag`. */
export function writeAttribute(
  out: ProtobufBytes,
  tag: number,
  labels: StringTable,
  key: number,
  type: AttributeType,
  texts: StringTable,
  value: number,
): void {
  const from = texts.offsets[value];
  const to = texts.offsets[value + 1];
  const pair = out.open(tag);
  out.blob(0x0a, labels.bytes, labels.offsets[key], labels.offsets[key + 1]);
  const any = out.open(0x12);
  switch (type) {
    case AttributeType.string:
      out.blob(0x0a, texts.bytes, from, to);
      break;
    case AttributeType.empty:
      break;
    case AttributeType.array:
    case AttributeType.map:
      writeJson(out, texts.bytes.subarray(from, to));
      break;
    default:
      writeJsonScalar(cursorOf(JSON.stringify(texts.at(value))), out, fields[type]!);
  }
  out.close(any);
  out.close(pair);
}

const named = (name: string): OtlpField => anyValue.fields.find((field) => field.name === name)!;
const fields: Partial<Record<AttributeType, OtlpField>> = {
  [AttributeType.bool]: named("boolValue"),
  [AttributeType.int]: named("intValue"),
  [AttributeType.double]: named("doubleValue"),
  [AttributeType.bytes]: named("bytesValue"),
};
const text = named("stringValue");

/** An array or map that is open: where its length belongs, and those of its element; -1 for none. */
interface Open {
  readonly isMap: boolean;
  readonly list: number;
  element: number;
  value: number;
}

/** Writes JSON text as the fields of an AnyValue; a number of digits alone is an integer. */
function writeJson(out: ProtobufBytes, json: Uint8Array): void {
  const cursor = cursorOf(json);
  const stack: Open[] = [];
  for (;;) {
    const byte = cursor.peek();
    const isMap = byte === Token.object;
    if (isMap || byte === Token.array) {
      cursor.open();
      stack.push({ isMap, list: out.open(isMap ? 0x32 : 0x2a), element: -1, value: -1 });
    } else {
      writeJsonScalar(cursor, out, isNegativeZero(cursor) ? fields[AttributeType.double]! : text);
      if (stack.length === 0) return;
    }
    while (!nextElement(out, cursor, stack[stack.length - 1])) {
      out.close(stack.pop()!.list);
      if (stack.length === 0) return;
    }
  }
}

/** Ends the element that was written and begins the next one; false when there is none. */
function nextElement(out: ProtobufBytes, cursor: JsonCursor, open: Open): boolean {
  if (open.value >= 0) out.close(open.value);
  if (open.element >= 0) out.close(open.element);
  open.value = open.element = -1;
  if (!(open.isMap ? cursor.anyMember() : cursor.element())) return false;
  open.element = out.open(0x0a);
  if (open.isMap) {
    out.blob(0x0a, cursor.source, cursor.from, cursor.to);
    open.value = out.open(0x12);
  }
  return true;
}

function isNegativeZero({ bytes, at }: JsonCursor): boolean {
  return bytes[at] === 45 && bytes[at + 1] === 48 && !isNumber(bytes[at + 2]);
}

function isNumber(byte: number): boolean {
  return byte === 46 || (byte >= 48 && byte <= 57) || byte === 101 || byte === 69;
}

function cursorOf(json: string | Uint8Array): JsonCursor {
  const bytes = typeof json === "string" ? encoder.encode(json) : json;
  const cursor = new JsonCursor();
  cursor.bytes = new Uint8Array(bytes.length + 1);
  cursor.bytes.set(bytes);
  cursor.end = bytes.length;
  cursor.last = true;
  return cursor;
}

const encoder = new TextEncoder();
