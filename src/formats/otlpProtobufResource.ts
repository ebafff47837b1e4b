import type { PbfReader } from "pbf";
import type { AttributeColumns } from "../model/attributeColumns.ts";
import type { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { guessed, type ProtobufAttributes } from "./protobufAttributes.ts";
import { Malformed, readEnd, skipField } from "./protobufReader.ts";

/** Reads OTLP's Resource and InstrumentationScope into a sink; a second message of either adds to the first. */
export class OtlpProtobufResource {
  readonly #sink: SpanSink;
  readonly #attributes: ProtobufAttributes;
  readonly #guesses = new Uint32Array(guessed);

  constructor(sink: SpanSink, attributes: ProtobufAttributes) {
    this.#sink = sink;
    this.#attributes = attributes;
  }

  /** Reads the Resource that ends at `end` into resource `index`. */
  resource(reader: PbfReader, end: number, index: number): void {
    const sink = this.#sink;
    sink.openResource();
    copyOwner(sink.resourceAttributes, sink.resourceOwner[index] - 1);
    this.#owner(sink.resourceAttributes, reader, end, 0x0a, 0x10);
    sink.closeResource(index);
  }

  /** Reads the InstrumentationScope that ends at `end` into scope `index`. */
  scope(reader: PbfReader, end: number, index: number): void {
    const sink = this.#sink;
    sink.openScope();
    copyOwner(sink.scopeAttributes, sink.scopeOwner[index] - 1);
    const from = reader.pos;
    this.#owner(sink.scopeAttributes, reader, end, 0x1a, 0x20);
    reader.pos = from;
    let name = sink.scopeName[index];
    let version = sink.scopeVersion[index];
    while (reader.pos < end) {
      const tag = reader.readVarint() >>> 0;
      if (tag !== 0x0a && tag !== 0x12) skipField(reader, tag, end);
      else {
        const to = readEnd(reader, end);
        const label = sink.labels.intern(reader.buf, reader.pos, to);
        reader.pos = to;
        if (tag === 0x0a) name = label;
        else version = label;
      }
    }
    sink.closeScope(index, name, version);
  }

  #owner(
    columns: AttributeColumns,
    reader: PbfReader,
    end: number,
    attribute: number,
    dropped: number,
  ): void {
    let count = 0;
    let position = 0;
    while (reader.pos < end) {
      const tag = reader.readVarint() >>> 0;
      if (tag === attribute) {
        this.#attributes.read(columns, reader, readEnd(reader, end), this.#guesses, position++);
      } else if (tag === dropped) count = reader.readVarint();
      else skipField(reader, tag, end);
    }
    if (reader.pos !== end) throw new Malformed("a field runs past the end of its message", end);
    this.#attributes.addDropped(columns, "otel.dropped_attributes_count", count);
  }
}

function copyOwner(columns: AttributeColumns, owner: number): void {
  if (owner < 0) return;
  for (let i = columns.from(owner); i < columns.to(owner); i++) {
    columns.add(columns.key.data[i], columns.type.data[i] as AttributeType, columns.value.data[i]);
  }
}
