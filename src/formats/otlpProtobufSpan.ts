import type { PbfReader } from "pbf";
import { hexId } from "../model/spanId.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { Warning, warningText } from "../model/warning.ts";
import { guessed, type ProtobufAttributes } from "./protobufAttributes.ts";
import { Malformed, readEnd, skipField } from "./protobufReader.ts";
import { depthLimit } from "./protobufValue.ts";

/** What one record turned out to be. */
export type SpanOutcome = "span" | "noTrace" | "log" | "metric";

/**
 * Reads OTLP's Span message into a sink, strings by their bytes. A message must be whole; a Malformed tells where it is not
 * what it should be.
 */
export class OtlpProtobufSpan {
  readonly #sink: SpanSink;
  readonly #attributes: ProtobufAttributes;
  readonly #guesses = new Uint32Array(guessed);
  readonly #eventGuesses = new Uint32Array(guessed);
  readonly #linkGuesses = new Uint32Array(guessed);

  constructor(sink: SpanSink, attributes: ProtobufAttributes) {
    this.#sink = sink;
    this.#attributes = attributes;
  }

  /** Reads the span that ends at `end` and commits it, unless it is an OTLP log record or metric. */
  span(reader: PbfReader, end: number, resource: number, scope: number): SpanOutcome {
    const sink = this.#sink;
    sink.begin();
    const span = sink.span;
    const buf = reader.buf;
    this.#attributes.value.cut = false;
    let slot = 0;
    let traceSize = 0;
    let state = 0;
    let stateEnd = 0;
    let droppedAttributes = 0;
    let droppedEvents = 0;
    let droppedLinks = 0;
    span.name = this.#attributes.emptyLabel;
    while (reader.pos < end) {
      const tag = buf[reader.pos++];
      switch (tag) {
        case 0x4a:
          this.#attributes.read(sink.attributes, reader, readEnd(reader, end), this.#guesses, slot++);
          break;
        case 0x0a: {
          const to = readEnd(reader, end);
          traceSize = to - reader.pos;
          this.#traceId(reader, to);
          break;
        }
        case 0x12: {
          const to = readEnd(reader, end);
          span.idHigh = wordAt(buf, reader.pos, to, 4);
          span.idLow = wordAt(buf, reader.pos, to, 0);
          span.idText = to - reader.pos > 8 ? hexText(buf, reader.pos, to) : "";
          reader.pos = to;
          break;
        }
        case 0x1a:
          stateEnd = readEnd(reader, end);
          state = reader.pos;
          reader.pos = stateEnd;
          break;
        case 0x22: {
          const to = readEnd(reader, end);
          span.parentHigh = wordAt(buf, reader.pos, to, 4);
          span.parentLow = wordAt(buf, reader.pos, to, 0);
          span.parentText = to - reader.pos > 8 ? hexText(buf, reader.pos, to) : "";
          reader.pos = to;
          break;
        }
        case 0x2a: {
          const to = readEnd(reader, end);
          span.name = sink.labels.intern(buf, reader.pos, to);
          reader.pos = to;
          break;
        }
        case 0x30:
          span.kind = reader.readVarint();
          break;
        case 0x39:
          within(reader, 8, end);
          span.startLow = reader.readFixed32();
          span.startHigh = reader.readFixed32();
          break;
        case 0x41:
          within(reader, 8, end);
          span.endLow = reader.readFixed32();
          span.endHigh = reader.readFixed32();
          break;
        case 0x50:
          droppedAttributes = reader.readVarint();
          break;
        case 0x5a:
          this.#event(reader, readEnd(reader, end));
          break;
        case 0x60:
          droppedEvents = reader.readVarint();
          break;
        case 0x6a:
          this.#link(reader, readEnd(reader, end));
          break;
        case 0x70:
          droppedLinks = reader.readVarint();
          break;
        case 0x7a:
          this.#status(reader, readEnd(reader, end));
          break;
        case 0x09:
        case 0x10:
          // The first fields of an OTLP log record: its time and its severity.
          reader.pos = end;
          return "log";
        default: {
          reader.pos--;
          const long = reader.readVarint() >>> 0;
          if (long === 0x85) {
            within(reader, 4, end);
            span.flags = reader.readFixed32();
          } else skipField(reader, long, end);
        }
      }
    }
    if (reader.pos !== end) throw new Malformed("a field runs past the end of its span", end);
    // An OTLP metric has a name, and no time, where a span has its trace ID.
    if (traceSize !== 16 && (span.startHigh | span.startLow | span.endHigh | span.endLow) === 0)
      return "metric";
    this.#attributes.addState(sink.attributes, reader, state, stateEnd);
    this.#attributes.addDropped(sink.attributes, "otel.dropped_attributes_count", droppedAttributes);
    this.#attributes.addDropped(sink.attributes, "otel.dropped_events_count", droppedEvents);
    this.#attributes.addDropped(sink.attributes, "otel.dropped_links_count", droppedLinks);
    if (this.#attributes.value.cut) {
      span.warnings.push(warningText(Warning.cut, `values nested deeper than ${depthLimit} levels`));
    }
    return sink.commit(resource, scope) ? "span" : "noTrace";
  }

  #event(reader: PbfReader, end: number): void {
    const sink = this.#sink;
    let name = this.#attributes.emptyLabel;
    let high = 0;
    let low = 0;
    let dropped = 0;
    let slot = 0;
    while (reader.pos < end) {
      const tag = reader.readVarint() >>> 0;
      if (tag === 0x1a) {
        this.#attributes.read(sink.eventAttributes, reader, readEnd(reader, end), this.#eventGuesses, slot++);
      } else if (tag === 0x09) {
        within(reader, 8, end);
        low = reader.readFixed32();
        high = reader.readFixed32();
      } else if (tag === 0x12) {
        const to = readEnd(reader, end);
        name = sink.labels.intern(reader.buf, reader.pos, to);
        reader.pos = to;
      } else if (tag === 0x20) dropped = reader.readVarint();
      else skipField(reader, tag, end);
    }
    if (reader.pos !== end) throw new Malformed("an event runs past the end of its message", end);
    this.#attributes.addDropped(sink.eventAttributes, "otel.dropped_attributes_count", dropped);
    sink.addEvent(high, low, name);
  }

  #link(reader: PbfReader, end: number): void {
    const sink = this.#sink;
    let trace = "";
    let span = "";
    let state = 0;
    let stateEnd = 0;
    let dropped = 0;
    let slot = 0;
    while (reader.pos < end) {
      const tag = reader.readVarint() >>> 0;
      if (tag === 0x22) {
        this.#attributes.read(sink.linkAttributes, reader, readEnd(reader, end), this.#linkGuesses, slot++);
      } else if (tag === 0x28) dropped = reader.readVarint();
      else if (tag === 0x0a || tag === 0x12 || tag === 0x1a) {
        const to = readEnd(reader, end);
        if (tag === 0x0a) trace = hexText(reader.buf, reader.pos, to);
        else if (tag === 0x12) span = hexText(reader.buf, reader.pos, to);
        else [state, stateEnd] = [reader.pos, to];
        reader.pos = to;
      } else skipField(reader, tag, end);
    }
    if (reader.pos !== end) throw new Malformed("a link runs past the end of its message", end);
    this.#attributes.addState(sink.linkAttributes, reader, state, stateEnd);
    this.#attributes.addDropped(sink.linkAttributes, "otel.dropped_attributes_count", dropped);
    sink.addLink(sink.texts.internText(trace), sink.texts.internText(span));
  }

  #status(reader: PbfReader, end: number): void {
    const { span, texts } = this.#sink;
    while (reader.pos < end) {
      const tag = reader.readVarint() >>> 0;
      if (tag === 0x12) {
        const to = readEnd(reader, end);
        span.message = to === reader.pos ? 0 : texts.intern(reader.buf, reader.pos, to) + 1;
        reader.pos = to;
      } else if (tag === 0x18) span.status = reader.readVarint();
      else skipField(reader, tag, end);
    }
    if (reader.pos !== end) throw new Malformed("a status runs past the end of its message", end);
  }

  #traceId(reader: PbfReader, to: number): void {
    const { span } = this.#sink;
    const { buf, pos } = reader;
    span.trace0 = wordAt(buf, pos, to, 12);
    span.trace1 = wordAt(buf, pos, to, 8);
    span.trace2 = wordAt(buf, pos, to, 4);
    span.trace3 = wordAt(buf, pos, to, 0);
    span.traceText = to - pos > 16 ? hexText(buf, pos, to) : "";
    reader.pos = to;
  }
}

function within(reader: PbfReader, size: number, end: number): void {
  if (reader.pos + size > end) throw new Malformed("a number runs past the end of its message", reader.pos);
}

/** The big-endian word that ends `back` bytes before `to`; bytes before `from` are 0, so that short ids keep their value. */
function wordAt(buf: Uint8Array, from: number, to: number, back: number): number {
  const at = to - back - 4;
  if (at >= from) return ((buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3]) >>> 0;
  let word = 0;
  for (let i = Math.max(at, from); i < at + 4; i++) word = (word << 8) | buf[i];
  return word >>> 0;
}

function hexText(buf: Uint8Array, from: number, to: number): string {
  if (to - from > 64) throw new Malformed(`an ID has ${to - from} bytes`, from);
  let text = "";
  let at = from;
  for (; at + 8 <= to; at += 8) text += hexId(wordAt(buf, at, at + 8, 4), wordAt(buf, at, at + 8, 0));
  for (; at < to; at++) text += buf[at].toString(16).padStart(2, "0");
  return text;
}
