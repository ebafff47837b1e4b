import type { SpanSink } from "../model/spanSink.ts";
import { Warning, warningText } from "../model/warning.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { readNanos, readScalar, readSmall } from "./jsonNumber.ts";
import { valueDepth } from "./jsonValue.ts";
import type { OtlpJsonAttributes } from "./otlpJsonAttributes.ts";
import { kindNamed, statusNamed } from "./spanNames.ts";

const Field = {
  traceId: 1,
  spanId: 2,
  parent: 3,
  name: 4,
  kind: 5,
  start: 6,
  end: 7,
  attributes: 8,
  events: 9,
  links: 10,
  status: 11,
  flags: 12,
  state: 13,
  droppedAttributes: 14,
  droppedEvents: 15,
  droppedLinks: 16,
} as const;

const spanKeys = new JsonKeys([
  "",
  "traceId trace_id",
  "spanId span_id",
  "parentSpanId parent_span_id",
  "name",
  "kind",
  "startTimeUnixNano start_time_unix_nano",
  "endTimeUnixNano end_time_unix_nano",
  "attributes",
  "events",
  "links",
  "status",
  "flags",
  "traceState trace_state",
  "droppedAttributesCount dropped_attributes_count",
  "droppedEventsCount dropped_events_count",
  "droppedLinksCount dropped_links_count",
]);
const eventKeys = new JsonKeys([
  "",
  "timeUnixNano time_unix_nano",
  "name",
  "attributes",
  "droppedAttributesCount dropped_attributes_count",
]);
const linkKeys = new JsonKeys([
  "",
  "traceId trace_id",
  "spanId span_id",
  "traceState trace_state",
  "attributes",
  "droppedAttributesCount dropped_attributes_count",
]);
const statusKeys = new JsonKeys(["", "code", "message"]);
/** Slots of strings that are no attribute keys; keys have the slots of the labels before them. */
const Slot = { name: 0xfff0, event: 0xfff1, message: 0xfff2, state: 0xfff3 } as const;

/** Reads OTLP's Span in JSON into the sink. */
export class OtlpJsonSpan {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #attributes: OtlpJsonAttributes;
  readonly #id = new JsonId();
  readonly #time = { high: 0, low: 0 };
  readonly #emptyLabel: number;
  readonly #readEvent = (): void => this.#event();
  readonly #readLink = (): void => this.#link();

  constructor(cursor: JsonCursor, sink: SpanSink, attributes: OtlpJsonAttributes) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#attributes = attributes;
    this.#emptyLabel = sink.labels.internText("");
  }

  /** Reads the span at the cursor and commits it. */
  span(resource: number, scope: number): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    const attributes = this.#attributes;
    if (!cursor.object()) {
      sink.note("items of a list of spans were left out because they are no objects");
      return;
    }
    sink.begin();
    const { span } = sink;
    const time = this.#time;
    span.name = this.#emptyLabel;
    let state = -1;
    let droppedAttributes = 0;
    let droppedEvents = 0;
    let droppedLinks = 0;
    attributes.value.cut = false;
    if (attributes.warnings.length > 0) attributes.warnings = [];
    for (let field = cursor.member(spanKeys); field >= 0; field = cursor.member(spanKeys)) {
      switch (field) {
        case Field.traceId:
          this.#id.read(cursor);
          span.trace0 = this.#id.word0;
          span.trace1 = this.#id.word1;
          span.trace2 = this.#id.word2;
          span.trace3 = this.#id.word3;
          span.traceText = this.#id.text;
          break;
        case Field.spanId:
          this.#id.readSpan(cursor);
          span.idHigh = this.#id.word2;
          span.idLow = this.#id.word3;
          span.idText = this.#id.text;
          break;
        case Field.parent:
          this.#id.readSpan(cursor);
          span.parentHigh = this.#id.word2;
          span.parentLow = this.#id.word3;
          span.parentText = this.#id.text;
          break;
        case Field.name:
          span.name = this.#label(Slot.name);
          break;
        case Field.kind:
          span.kind = this.#enum(kindNamed);
          break;
        case Field.start:
          if (!readNanos(cursor, time)) span.badTime = true;
          span.startHigh = time.high;
          span.startLow = time.low;
          break;
        case Field.end:
          if (!readNanos(cursor, time)) span.badTime = true;
          span.endHigh = time.high;
          span.endLow = time.low;
          break;
        case Field.attributes:
          attributes.read(sink.attributes);
          break;
        case Field.events:
          this.#each(this.#readEvent);
          break;
        case Field.links:
          this.#each(this.#readLink);
          break;
        case Field.status:
          this.#status();
          break;
        case Field.flags:
          span.flags = readSmall(cursor);
          break;
        case Field.state:
          state = this.#text(Slot.state);
          break;
        case Field.droppedAttributes:
          droppedAttributes = readSmall(cursor);
          break;
        case Field.droppedEvents:
          droppedEvents = readSmall(cursor);
          break;
        case Field.droppedLinks:
          droppedLinks = readSmall(cursor);
          break;
        default:
          cursor.skip();
      }
    }
    if (state >= 0) attributes.addText(sink.attributes, "w3c.tracestate", state);
    attributes.addCount(sink.attributes, "otel.dropped_attributes_count", droppedAttributes);
    attributes.addCount(sink.attributes, "otel.dropped_events_count", droppedEvents);
    attributes.addCount(sink.attributes, "otel.dropped_links_count", droppedLinks);
    for (const warning of attributes.warnings) span.warnings.push(warning);
    if (attributes.value.cut) {
      span.warnings.push(warningText(Warning.cut, `values nested deeper than ${valueDepth} levels`));
    }
    sink.commit(resource, scope);
  }

  #each(read: () => void): void {
    const cursor = this.#cursor;
    if (!cursor.array()) return;
    while (cursor.element()) if (cursor.object()) read();
  }

  #event(): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    let name = this.#emptyLabel;
    let dropped = 0;
    let high = 0;
    let low = 0;
    for (let field = cursor.member(eventKeys); field >= 0; field = cursor.member(eventKeys)) {
      if (field === 1) {
        if (readNanos(cursor, this.#time)) ({ high, low } = this.#time);
      } else if (field === 2) name = this.#label(Slot.event);
      else if (field === 3) this.#attributes.read(sink.eventAttributes);
      else if (field === 4) dropped = readSmall(cursor);
      else cursor.skip();
    }
    this.#attributes.addCount(sink.eventAttributes, "otel.dropped_attributes_count", dropped);
    sink.addEvent(high, low, name);
  }

  #link(): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    let trace = "";
    let span = "";
    let state = -1;
    let dropped = 0;
    for (let field = cursor.member(linkKeys); field >= 0; field = cursor.member(linkKeys)) {
      if (field === 1) {
        this.#id.read(cursor);
        if (!this.#id.empty) trace = this.#id.hex(32);
      } else if (field === 2) {
        this.#id.readSpan(cursor);
        if (!this.#id.empty) span = this.#id.hex(16);
      } else if (field === 3) state = this.#text(Slot.state);
      else if (field === 4) this.#attributes.read(sink.linkAttributes);
      else if (field === 5) dropped = readSmall(cursor);
      else cursor.skip();
    }
    if (state >= 0) this.#attributes.addText(sink.linkAttributes, "w3c.tracestate", state);
    this.#attributes.addCount(sink.linkAttributes, "otel.dropped_attributes_count", dropped);
    sink.addLink(sink.texts.internText(trace), sink.texts.internText(span));
  }

  #status(): void {
    const cursor = this.#cursor;
    const { span } = this.#sink;
    if (!cursor.object()) return;
    for (let field = cursor.member(statusKeys); field >= 0; field = cursor.member(statusKeys)) {
      if (field === 1) span.status = this.#enum(statusNamed);
      else if (field === 2) span.message = this.#text(Slot.message) + 1;
      else cursor.skip();
    }
  }

  /** A label, empty when the value is no text. */
  #label(slot: number): number {
    if (this.#cursor.peek() === Token.string) return this.#attributes.labels.read(slot);
    this.#cursor.skip();
    return this.#emptyLabel;
  }

  /** A text, or -1 when the value is empty or none. */
  #text(slot: number): number {
    const cursor = this.#cursor;
    if (cursor.peek() === Token.string && cursor.bytes[cursor.at + 1] !== 34) {
      return this.#attributes.value.strings.read(slot);
    }
    cursor.skip();
    return -1;
  }

  /** An enum's number, given as that, as digits or as a name. */
  #enum(named: (cursor: JsonCursor) => number): number {
    const cursor = this.#cursor;
    if (!readScalar(cursor)) return 0;
    const digit = cursor.source[cursor.from] - 48;
    if (cursor.to - cursor.from === 1 && digit >= 0 && digit <= 9) return digit;
    return named(cursor);
  }
}
