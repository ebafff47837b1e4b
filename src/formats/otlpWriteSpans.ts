import type { AttributeColumns } from "../model/attributeColumns.ts";
import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import type { StringTable } from "../model/stringTable.ts";
import { Kind } from "../model/trace.ts";
import { ProtobufBytes } from "./otlpWriteBytes.ts";
import { writeAttribute } from "./otlpWriteValue.ts";

/**
 * The spans of a sink as TracesData in protobuf: what is decoded of it again is the same, in the order in which they were put.
 * An ID that is not hex becomes one of a wrong length. Source of the attributes that stand for fields: OpenTelemetry
 * specification, "Mapping to Non-OTLP Formats".
 */
export function tracesFromSpans(sink: SpanSink): Uint8Array {
  return new SpanWriter(sink).write();
}

/** Attributes that stand for fields of their owner, in the order in which readers add them: tag of the field. */
type Stood = readonly (readonly [key: string, type: AttributeType, tag: number])[];

const ofSpan: Stood = [
  ["w3c.tracestate", AttributeType.string, 0x1a],
  ["otel.dropped_attributes_count", AttributeType.int, 0x50],
  ["otel.dropped_events_count", AttributeType.int, 0x60],
  ["otel.dropped_links_count", AttributeType.int, 0x70],
];
const ofLink: Stood = [
  ["w3c.tracestate", AttributeType.string, 0x1a],
  ["otel.dropped_attributes_count", AttributeType.int, 0x28],
];
const dropped = (tag: number): Stood => [["otel.dropped_attributes_count", AttributeType.int, tag]];
const ofEvent = dropped(0x20);
const ofResource = dropped(0x10);
const ofScope = dropped(0x20);

class SpanWriter {
  readonly #sink: SpanSink;
  readonly #labels: StringTable;
  readonly #texts: StringTable;
  readonly #out: ProtobufBytes;

  constructor(sink: SpanSink) {
    this.#sink = sink;
    this.#labels = sink.labels.table();
    this.#texts = sink.texts.table();
    this.#out = new ProtobufBytes(sink.length * 512);
  }

  write(): Uint8Array {
    const { resource, scope, length } = this.#sink;
    const out = this.#out;
    let outer = -1;
    let inner = -1;
    for (let i = 0; i < length; i++) {
      const newResource = i === 0 || resource.data[i] !== resource.data[i - 1];
      if (newResource || scope.data[i] !== scope.data[i - 1]) {
        if (inner >= 0) out.close(inner);
        if (newResource) {
          if (outer >= 0) out.close(outer);
          outer = out.open(0x0a);
          this.#resource(resource.data[i]);
        }
        inner = out.open(0x12);
        this.#scope(scope.data[i]);
      }
      const mark = out.open(0x12);
      this.#span(i);
      out.close(mark);
    }
    if (inner >= 0) out.close(inner);
    if (outer >= 0) out.close(outer);
    return out.bytes.subarray(0, out.size);
  }

  #resource(index: number): void {
    const { resourceAttributes, resourceOwner } = this.#sink;
    const owner = index < 0 ? 0 : resourceOwner[index];
    const mark = this.#out.open(0x0a);
    if (owner > 0) this.#attributes(resourceAttributes, owner - 1, 0x0a, ofResource);
    this.#out.close(mark);
  }

  #scope(index: number): void {
    if (index < 0) return;
    const { scopeAttributes, scopeOwner, scopeName, scopeVersion } = this.#sink;
    const mark = this.#out.open(0x0a);
    this.#string(0x0a, this.#labels, scopeName[index]);
    this.#string(0x12, this.#labels, scopeVersion[index]);
    if (scopeOwner[index] > 0) this.#attributes(scopeAttributes, scopeOwner[index] - 1, 0x1a, ofScope);
    this.#out.close(mark);
  }

  #span(i: number): void {
    const sink = this.#sink;
    const out = this.#out;
    const hex = sink.traceIds[sink.trace.data[i]];
    if (/^[0-9a-f]{32}$/.test(hex)) writeId(out, 0x0a, wordsOfHex(hex));
    else writeNoId(out, 0x0a);
    if (sink.textIds.has(i)) writeNoId(out, 0x12);
    else writeId(out, 0x12, [sink.ids.data[2 * i], sink.ids.data[2 * i + 1]]);
    const parent = [sink.parents.data[2 * i], sink.parents.data[2 * i + 1]];
    if (sink.parentTexts.has(i)) writeNoId(out, 0x22);
    else if ((parent[0] | parent[1]) !== 0) writeId(out, 0x22, parent);
    this.#string(0x2a, this.#labels, sink.name.data[i]);
    // The server half of a span whose client shares its ID: without its kind it could not be told from the other.
    const isShared = (sink.traits.data[i] & 2) !== 0;
    const kind = sink.kind.data[i] || (isShared ? Kind.server : 0);
    if (kind !== 0) {
      out.varint(0x30);
      out.varint(kind);
    }
    const times = sink.times.data;
    const isBad = (sink.traits.data[i] & 1) !== 0;
    if (!isBad) {
      this.#time(0x39, times[4 * i], times[4 * i + 1]);
      this.#time(0x41, times[4 * i + 2], times[4 * i + 3]);
    }
    this.#attributes(sink.attributes, i, 0x4a, ofSpan);
    this.#events(i);
    this.#links(i);
    this.#status(i);
    if (sink.flags.data[i] !== 0) {
      out.varint(0x85);
      out.fixed32(sink.flags.data[i]);
    }
  }

  #events(i: number): void {
    const { eventEnds, eventTimes, eventName, eventAttributes } = this.#sink;
    const out = this.#out;
    for (let k = i === 0 ? 0 : eventEnds.data[i - 1]; k < eventEnds.data[i]; k++) {
      const mark = out.open(0x5a);
      this.#time(0x09, eventTimes.data[2 * k], eventTimes.data[2 * k + 1]);
      this.#string(0x12, this.#labels, eventName.data[k]);
      this.#attributes(eventAttributes, k, 0x1a, ofEvent);
      out.close(mark);
    }
  }

  #links(i: number): void {
    const { linkEnds, linkTrace, linkSpan, linkAttributes } = this.#sink;
    const out = this.#out;
    for (let k = i === 0 ? 0 : linkEnds.data[i - 1]; k < linkEnds.data[i]; k++) {
      const mark = out.open(0x6a);
      this.#linkId(0x0a, this.#texts.at(linkTrace.data[k]), 32);
      this.#linkId(0x12, this.#texts.at(linkSpan.data[k]), 16);
      this.#attributes(linkAttributes, k, 0x22, ofLink);
      out.close(mark);
    }
  }

  #linkId(tag: number, id: string, digits: number): void {
    if (id === "") return;
    if (id.length === digits && /^[0-9a-f]+$/.test(id)) writeId(this.#out, tag, wordsOfHex(id));
    else writeNoId(this.#out, tag);
  }

  #status(i: number): void {
    const { status, message } = this.#sink;
    if (status.data[i] === 0 && message.data[i] === 0) return;
    const out = this.#out;
    const mark = out.open(0x7a);
    if (message.data[i] > 0) this.#string(0x12, this.#texts, message.data[i] - 1);
    if (status.data[i] > 0) {
      out.varint(0x18);
      out.varint(status.data[i]);
    }
    out.close(mark);
  }

  #attributes(columns: AttributeColumns, owner: number, tag: number, stood: Stood): void {
    const from = columns.from(owner);
    let to = columns.to(owner);
    const fields: [tag: number, at: number][] = [];
    for (let k = stood.length - 1; k >= 0 && to > from; k--) {
      const [key, type, field] = stood[k];
      const at = to - 1;
      if (columns.type.data[at] !== type || this.#labels.at(columns.key.data[at]) !== key) continue;
      if (type === AttributeType.int && !isCount(this.#texts.at(columns.value.data[at]))) continue;
      if (this.#texts.byteLength(columns.value.data[at]) === 0) continue;
      fields.push([field, at]);
      to--;
    }
    for (let k = from; k < to; k++) {
      const type = columns.type.data[k] as AttributeType;
      writeAttribute(
        this.#out,
        tag,
        this.#labels,
        columns.key.data[k],
        type,
        this.#texts,
        columns.value.data[k],
      );
    }
    for (const [field, at] of fields.reverse()) {
      const value = columns.value.data[at];
      if (field % 8 === 2) this.#string(field, this.#texts, value);
      else {
        this.#out.varint(field);
        this.#out.varint(Number(this.#texts.at(value)));
      }
    }
  }

  #string(tag: number, table: StringTable, index: number): void {
    if (table.byteLength(index) > 0)
      this.#out.blob(tag, table.bytes, table.offsets[index], table.offsets[index + 1]);
  }

  #time(tag: number, high: number, low: number): void {
    if ((high | low) === 0) return;
    this.#out.varint(tag);
    this.#out.fixed64(high, low);
  }
}

/** Whether a count of what was dropped fits its field, and is written as a reader writes it. */
function isCount(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) <= 0xffffffff;
}

function wordsOfHex(hex: string): number[] {
  const words: number[] = [];
  for (let at = 0; at < hex.length; at += 8) words.push(Number.parseInt(hex.slice(at, at + 8), 16));
  return words;
}

function writeId(out: ProtobufBytes, tag: number, words: readonly number[]): void {
  const view = new DataView(scratch.buffer);
  for (let i = 0; i < words.length; i++) view.setUint32(4 * i, words[i], false);
  out.blob(tag, scratch, 0, 4 * words.length);
}

function writeNoId(out: ProtobufBytes, tag: number): void {
  out.blob(tag, scratch.fill(0), 0, 1);
}

const scratch = new Uint8Array(16);
