import { PbfWriter } from "pbf";
import { otlpProtobuf } from "../../../src/formats/otlpProtobuf.ts";
import { AttributeType, attributesOf } from "../../../src/model/attributes.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { SpanSink } from "../../../src/model/spanSink.ts";
import type { Trace } from "../../../src/model/trace.ts";

/** Writes the fields of one message. */
export type Fields = (out: PbfWriter) => void;

/** A message's bytes. */
export function message(fields: Fields): Uint8Array {
  const out = new PbfWriter();
  fields(out);
  return out.finish().slice();
}

/** A field that holds a message. */
export function nested(out: PbfWriter, field: number, fields: Fields): void {
  out.writeBytesField(field, message(fields));
}

/** A request with one resource, one scope and these spans. */
export function request(...spans: Fields[]): Uint8Array {
  return message((out) =>
    nested(out, 1, (resourceSpans) => {
      nested(resourceSpans, 1, (resource) => attribute(resource, 1, "service.name", text("shop")));
      nested(resourceSpans, 2, (scopeSpans) => {
        for (const fields of spans) nested(scopeSpans, 2, fields);
      });
    }),
  );
}

/** A span with ids and times, and these fields behind them. */
export function span(id: number, more: Fields = () => {}): Fields {
  return (out) => {
    out.writeBytesField(
      1,
      Uint8Array.from({ length: 16 }, (_, i) => i + 1),
    );
    out.writeBytesField(2, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, id));
    out.writeStringField(5, `span ${id}`);
    out.writeFixed64Field(7, 1_700_000_000_000_000_000);
    out.writeFixed64Field(8, 1_700_000_000_250_000_000);
    more(out);
  };
}

export function attribute(out: PbfWriter, field: number, key: string, value: Fields): void {
  nested(out, field, (pair) => {
    pair.writeStringField(1, key);
    nested(pair, 2, value);
  });
}

export function text(value: string): Fields {
  return (out) => out.writeStringField(1, value);
}

/** What the decoder makes of bytes given in pieces of `size`. */
export function decoded(bytes: Uint8Array, size = bytes.length): SpanSink {
  const sink = new SpanSink();
  const decoder = otlpProtobuf.decoder(sink);
  for (let at = 0; at < bytes.length; at += size) decoder.write(bytes.slice(at, at + size));
  decoder.end();
  return sink;
}

export function traceOf(bytes: Uint8Array): Trace {
  return buildTrace(decoded(bytes), 0);
}

const typeNames = Object.keys(AttributeType);

/** The attributes of a row, as "key: type value". */
export function attributesAt(trace: Trace, row: number): string[] {
  return attributesOf(trace.attributes, row, trace.labels, trace.texts).map(
    ({ key, type, value }) => `${key}: ${typeNames[type]} ${value}`,
  );
}
