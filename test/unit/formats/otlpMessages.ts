import * as fc from "fast-check";
import { otlpJson } from "../../../src/formats/otlpJson.ts";
import { otlpProtobuf } from "../../../src/formats/otlpProtobuf.ts";
import { ProtobufBytes } from "../../../src/formats/otlpWriteBytes.ts";
import { anyValue, type OtlpField, type OtlpMessage, span } from "../../../src/formats/otlpWriteSchema.ts";
import { SpanSink } from "../../../src/model/spanSink.ts";
import { sinkText } from "../../contract/modelText.ts";

/** Writes some field of a message. */
type Write = (out: ProtobufBytes) => void;
type Picked = readonly [field: OtlpField, write: Write];

/** How deep messages are nested: a value of a span's event may hold an array in an array. */
const deepest = 10;
const known = new Map<OtlpMessage, fc.Arbitrary<Uint8Array>[]>();

/** Bytes of messages of a kind, with any of its fields in any order, repeated ones repeated and unknown ones among them. */
export function anyMessage(of: OtlpMessage, depth = 0): fc.Arbitrary<Uint8Array> {
  const list = known.get(of) ?? [];
  known.set(of, list);
  list[depth] ??= makeMessage(of, depth);
  return list[depth];
}

function makeMessage(of: OtlpMessage, depth: number): fc.Arbitrary<Uint8Array> {
  const fields = of.fields
    .filter(
      ({ message, kind }) => (depth < deepest || message === undefined) && !(of === span && kind === "id"),
    )
    .map((field) => anyField(field, depth).map((write): Picked => [field, write]));
  const most = of === anyValue ? 1 : 2 + of.fields.length;
  const some = fields.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...fields), { maxLength: most });
  const unknown: fc.Arbitrary<Write[]> = fc
    .option(fc.uint8Array({ maxLength: 5 }), { freq: 8, nil: undefined })
    .map((bytes) => (bytes === undefined ? [] : [(out) => out.blob(800 * 8 + 2, bytes, 0, bytes.length)]));
  return fc.tuple(of === span ? spanIds() : fc.constant([]), some, unknown).map(([ids, picked, others]) => {
    const out = new ProtobufBytes();
    // A message that is not repeated and given twice is one of both: no writer does that.
    const once = picked.filter(
      ([field], at) =>
        field.repeated ||
        field.message === undefined ||
        picked.findIndex(([first]) => first === field) === at,
    );
    for (const write of [...ids, ...once.map(([, own]) => own), ...others]) write(out);
    return out.finish();
  });
}

/** IDs of one of three traces, and a parent that may be there, missing or not given. */
function spanIds(): fc.Arbitrary<Write[]> {
  const id = fc.integer({ min: 1, max: 200 });
  return fc
    .tuple(fc.integer({ min: 1, max: 3 }), id, fc.nat(5))
    .map(([trace, own, parent]) => [
      (out) => out.blob(0x0a, new Uint8Array(16).fill(trace), 0, 16),
      (out) => out.blob(0x12, new Uint8Array(8).fill(own), 0, 8),
      (out) => out.blob(0x22, new Uint8Array(8).fill(parent), 0, parent === 0 ? 0 : 8),
    ]);
}

function anyField(field: OtlpField, depth: number): fc.Arbitrary<Write> {
  const { tag, kind, message } = field;
  const numbered = (values: fc.Arbitrary<number>, write: (out: ProtobufBytes, value: number) => void) =>
    values.map(
      (value): Write =>
        (out) => {
          out.varint(tag);
          write(out, value);
        },
    );
  switch (kind) {
    case "message":
      return anyMessage(message!, depth + 1).map(
        (bytes): Write =>
          (out) =>
            out.blob(tag, bytes, 0, bytes.length),
      );
    case "string":
      return fc.string({ unit: "binary", maxLength: 12 }).map(
        (text): Write =>
          (out) =>
            out.text(tag, text),
      );
    case "bytes":
      return fc.uint8Array({ maxLength: 9 }).map(
        (bytes): Write =>
          (out) =>
            out.blob(tag, bytes, 0, bytes.length),
      );
    case "id":
      return anyId(tag, field.name === "traceId" ? 16 : 8);
    case "int64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(
        (value): Write =>
          (out) => {
            out.varint(tag);
            out.int64(value);
          },
      );
    case "double":
      return numbered(fc.double(), (out, value) => out.double(value));
    case "bool":
      return numbered(fc.constantFrom(0, 1), (out, value) => out.varint(value));
    case "enum":
      return numbered(fc.integer({ min: 0, max: 5 }), (out, value) => out.varint(value));
    case "uint32":
      return numbered(fc.integer({ min: 0, max: 0xffffffff }), (out, value) => out.varint(value));
    case "fixed32":
      return numbered(fc.integer({ min: 0, max: 0xffffffff }), (out, value) => out.fixed32(value));
    default:
      return numbered(fc.integer({ min: 0, max: 0xffffffff }), (out, low) => out.fixed64(0x17979cfe, low));
  }
}

function anyId(tag: number, size: number): fc.Arbitrary<Write> {
  return fc.integer({ min: 1, max: 255 }).map(
    (fill): Write =>
      (out) =>
        out.blob(tag, new Uint8Array(size).fill(fill), 0, size),
  );
}

/** The spans of a sink as text, without its notes. */
export function spansText(sink: SpanSink): string[] {
  return sinkText(sink).filter((line) => line.includes(" | "));
}

/** What protobuf says, as text; nothing for no bytes. */
export function protobufText(bytes: Uint8Array): string[] {
  return spansText(protobufSink(bytes));
}

export function protobufSink(bytes: Uint8Array): SpanSink {
  const sink = new SpanSink();
  if (bytes.length === 0) return sink;
  const decoder = otlpProtobuf.decoder(sink);
  decoder.write(bytes);
  decoder.end();
  return sink;
}

export function jsonText(bytes: Uint8Array): string[] {
  const sink = new SpanSink();
  const decoder = otlpJson.decoder(sink);
  decoder.write(bytes);
  decoder.end();
  return spansText(sink);
}

export function joined(parts: Iterable<Uint8Array>): Uint8Array {
  return Buffer.concat([...parts]);
}
