import type { PbfReader } from "pbf";
import type { AttributeColumns } from "../model/attributeColumns.ts";
import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { Malformed, readEnd, skipField } from "./protobufReader.ts";
import { ProtobufValue } from "./protobufValue.ts";

/** The keys that were last at each position of an owner's attributes: guesses for the next owner's. */
export type Guesses = Uint32Array;

/** How many positions are guessed at. */
export const guessed = 64;

/**
 * Reads OTLP's KeyValue into attribute columns. Spans of one program repeat their attributes in order, so a key is first
 * compared with the one that was last at its position; that spares most of the hashing.
 */
export class ProtobufAttributes {
  readonly value: ProtobufValue;
  readonly emptyLabel: number;
  readonly #sink: SpanSink;

  constructor(sink: SpanSink) {
    this.#sink = sink;
    this.value = new ProtobufValue(sink.texts);
    this.emptyLabel = sink.labels.internText("");
  }

  /** Reads the attribute that ends at `end`. */
  read(columns: AttributeColumns, reader: PbfReader, end: number, guesses: Guesses, position: number): void {
    const buf = reader.buf;
    const labels = this.#sink.labels;
    const value = this.value;
    const slot = position % guessed;
    let key = this.emptyLabel;
    let valued = false;
    while (reader.pos < end) {
      const tag = buf[reader.pos++];
      if (tag === 0x0a) {
        const to = readEnd(reader, end);
        key = guesses[slot];
        if (!labels.equals(key, buf, reader.pos, to)) {
          key = labels.intern(buf, reader.pos, to);
          guesses[slot] = key;
        }
        reader.pos = to;
      } else if (tag === 0x12) {
        value.read(reader, readEnd(reader, end));
        valued = true;
      } else {
        reader.pos--;
        skipField(reader, reader.readVarint() >>> 0, end);
      }
    }
    if (reader.pos !== end) throw new Malformed("an attribute runs past the end of its message", end);
    if (!valued) value.clear();
    columns.add(key, value.type, value.value);
  }

  /** Adds what a source counts of attributes, events or links that it dropped; nothing for 0. */
  addDropped(columns: AttributeColumns, key: string, count: number): void {
    if (count > 0) {
      const { labels, texts } = this.#sink;
      columns.add(labels.internText(key), AttributeType.int, texts.internText(String(count)));
    }
  }

  /** Adds a W3C trace state, which lies in the reader from `from` to `to`; nothing for an empty one. */
  addState(columns: AttributeColumns, reader: PbfReader, from: number, to: number): void {
    if (to > from) {
      const { labels, texts } = this.#sink;
      columns.add(
        labels.internText("w3c.tracestate"),
        AttributeType.string,
        texts.intern(reader.buf, from, to),
      );
    }
  }
}
