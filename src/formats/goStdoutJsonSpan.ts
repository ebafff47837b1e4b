import type { AttributeColumns } from "../model/attributeColumns.ts";
import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import type { Words } from "../model/time64.ts";
import { Status } from "../model/trace.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { readScalar, readSmall } from "./jsonNumber.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { JsonValue } from "./jsonValue.ts";
import { ResourcesByText } from "./resourcesByText.ts";
import { readRfc3339 } from "./rfc3339.ts";
import { kindNamed, statusNamed } from "./spanNames.ts";

const Field = {
  name: 1,
  context: 2,
  parent: 3,
  kind: 4,
  start: 5,
  end: 6,
  attributes: 7,
  events: 8,
  links: 9,
  status: 10,
  resource: 11,
  scope: 12,
  droppedAttributes: 13,
  droppedEvents: 14,
  droppedLinks: 15,
} as const;

const spanKeys = new JsonKeys([
  "",
  "Name",
  "SpanContext",
  "Parent",
  "SpanKind",
  "StartTime",
  "EndTime",
  "Attributes",
  "Events",
  "Links",
  "Status",
  "Resource",
  "InstrumentationScope InstrumentationLibrary",
  "DroppedAttributes",
  "DroppedEvents",
  "DroppedLinks",
]);
const contextKeys = new JsonKeys(["", "TraceID", "SpanID", "TraceFlags", "TraceState"]);
const attributeKeys = new JsonKeys(["", "Key", "Value"]);
const valueKeys = new JsonKeys(["", "Type", "Value"]);
const eventKeys = new JsonKeys(["", "Name", "Attributes", "DroppedAttributeCount", "Time"]);
const linkKeys = new JsonKeys(["", "SpanContext", "Attributes", "DroppedAttributeCount"]);
const statusKeys = new JsonKeys(["", "Code", "Description"]);
const scopeKeys = new JsonKeys(["", "Name", "Version"]);

/** Go counts its status codes in another order than OTLP: 0 unset, 1 error, 2 OK. */
const goStatus = [Status.unset, Status.error, Status.ok] as const;

const nameSlot = 0xfff0;
const noTime = "0001-01-01T00:00:00Z";

/** Reads the spans of OpenTelemetry Go's stdout exporter into the sink. */
export class GoStdoutJsonSpan {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #labels: JsonStrings;
  readonly #value: JsonValue;
  readonly #resources: ResourcesByText;
  readonly #scopes = new Map<number, number>();
  readonly #trace = new JsonId();
  readonly #id = new JsonId();
  readonly #time = { high: 0, low: 0 };
  readonly #emptyLabel: number;
  /** Of the context read last: its flags, and its trace state as a text, -1 for none. */
  #flags = 0;
  #state = -1;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#labels = new JsonStrings(cursor, sink.labels);
    this.#value = new JsonValue(cursor, new JsonStrings(cursor, sink.texts));
    this.#resources = new ResourcesByText(cursor, sink);
    this.#emptyLabel = sink.labels.internText("");
  }

  /** Reads the span at the cursor and commits it. */
  read(): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    if (!cursor.object()) {
      sink.note("items of a list of spans were left out because they are no objects");
      return;
    }
    sink.begin();
    const { span } = sink;
    span.name = this.#emptyLabel;
    let state = -1;
    let resource = -1;
    let scope = -1;
    const dropped = [0, 0, 0];
    for (let field = cursor.member(spanKeys); field >= 0; field = cursor.member(spanKeys)) {
      switch (field) {
        case Field.name:
          span.name = this.#label();
          break;
        case Field.context:
          this.#context();
          span.trace0 = this.#trace.word0;
          span.trace1 = this.#trace.word1;
          span.trace2 = this.#trace.word2;
          span.trace3 = this.#trace.word3;
          span.traceText = this.#trace.text;
          span.idHigh = this.#id.word2;
          span.idLow = this.#id.word3;
          span.idText = this.#id.text;
          span.flags = this.#flags;
          state = this.#state;
          break;
        case Field.parent:
          this.#context();
          span.parentHigh = this.#id.word2;
          span.parentLow = this.#id.word3;
          span.parentText = this.#id.text;
          break;
        case Field.kind:
          span.kind = this.#enum(kindNamed);
          break;
        case Field.start:
          if (!this.#readTime(this.#time)) span.badTime = true;
          span.startHigh = this.#time.high;
          span.startLow = this.#time.low;
          break;
        case Field.end:
          if (!this.#readTime(this.#time)) span.badTime = true;
          span.endHigh = this.#time.high;
          span.endLow = this.#time.low;
          break;
        case Field.attributes:
          this.#attributes(sink.attributes);
          break;
        case Field.events:
          this.#each(() => this.#event());
          break;
        case Field.links:
          this.#each(() => this.#link());
          break;
        case Field.status:
          this.#status();
          break;
        case Field.resource:
          resource = this.#resources.at(() => this.#attributes(sink.resourceAttributes));
          break;
        case Field.scope:
          scope = this.#scope();
          break;
        case Field.droppedAttributes:
        case Field.droppedEvents:
        case Field.droppedLinks:
          dropped[field - Field.droppedAttributes] = readSmall(cursor);
          break;
        default:
          cursor.skip();
      }
    }
    this.#addState(sink.attributes, state);
    this.#addCount(sink.attributes, "otel.dropped_attributes_count", dropped[0]);
    this.#addCount(sink.attributes, "otel.dropped_events_count", dropped[1]);
    this.#addCount(sink.attributes, "otel.dropped_links_count", dropped[2]);
    if (resource < 0) resource = this.#resources.none();
    sink.commit(resource, scope < 0 ? this.#scopeNamed(this.#emptyLabel, this.#emptyLabel) : scope);
  }

  #each(read: () => void): void {
    const cursor = this.#cursor;
    if (!cursor.array()) return;
    while (cursor.element()) if (cursor.object()) read();
  }

  #context(): void {
    const cursor = this.#cursor;
    this.#trace.clear();
    this.#id.clear();
    this.#flags = 0;
    this.#state = -1;
    if (!cursor.object()) return;
    for (let field = cursor.member(contextKeys); field >= 0; field = cursor.member(contextKeys)) {
      if (field === 1) this.#trace.read(cursor);
      else if (field === 2) this.#id.readSpan(cursor);
      else if (field === 3) {
        cursor.any();
        this.#flags = Number.parseInt(cursor.text(), 16) || 0;
      } else if (field === 4) {
        cursor.any();
        if (cursor.to > cursor.from && !cursor.is("null")) this.#state = this.#value.strings.taken();
      } else cursor.skip();
    }
  }

  #attributes(into: AttributeColumns): void {
    this.#each(() => {
      const cursor = this.#cursor;
      const value = this.#value;
      let key = this.#emptyLabel;
      value.clear();
      for (let field = cursor.member(attributeKeys); field >= 0; field = cursor.member(attributeKeys)) {
        if (field === 1) key = this.#label();
        else if (field === 2) this.#readValue(key);
        else cursor.skip();
      }
      into.add(key, value.type, value.value);
    });
  }

  #readValue(slot: number): void {
    const cursor = this.#cursor;
    const value = this.#value;
    let double = false;
    if (!cursor.object()) return;
    for (let field = cursor.member(valueKeys); field >= 0; field = cursor.member(valueKeys)) {
      if (field === 1) {
        cursor.any();
        double = cursor.is("FLOAT64");
      } else if (field === 2 && double) value.double(slot);
      else if (field === 2) value.any(slot);
      else cursor.skip();
    }
  }

  #event(): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    const time = { high: 0, low: 0 };
    let name = this.#emptyLabel;
    let dropped = 0;
    for (let field = cursor.member(eventKeys); field >= 0; field = cursor.member(eventKeys)) {
      if (field === 1) name = this.#label();
      else if (field === 2) this.#attributes(sink.eventAttributes);
      else if (field === 3) dropped = readSmall(cursor);
      else if (field === 4) this.#readTime(time);
      else cursor.skip();
    }
    this.#addCount(sink.eventAttributes, "otel.dropped_attributes_count", dropped);
    sink.addEvent(time.high, time.low, name);
  }

  #link(): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    this.#trace.clear();
    this.#id.clear();
    let state = -1;
    let dropped = 0;
    for (let field = cursor.member(linkKeys); field >= 0; field = cursor.member(linkKeys)) {
      if (field === 1) {
        this.#context();
        state = this.#state;
      } else if (field === 2) this.#attributes(sink.linkAttributes);
      else if (field === 3) dropped = readSmall(cursor);
      else cursor.skip();
    }
    this.#addState(sink.linkAttributes, state);
    this.#addCount(sink.linkAttributes, "otel.dropped_attributes_count", dropped);
    sink.addLink(sink.texts.internText(this.#trace.hex(32)), sink.texts.internText(this.#id.hex(16)));
  }

  #status(): void {
    const cursor = this.#cursor;
    const { span } = this.#sink;
    if (!cursor.object()) return;
    for (let field = cursor.member(statusKeys); field >= 0; field = cursor.member(statusKeys)) {
      if (field === 1) {
        const number = cursor.peek() !== Token.string;
        const code = this.#enum(statusNamed);
        span.status = number ? (goStatus[code] ?? Status.unset) : code;
      } else if (field === 2) {
        cursor.any();
        span.message = cursor.to > cursor.from && !cursor.is("null") ? this.#value.strings.taken() + 1 : 0;
      } else cursor.skip();
    }
  }

  #scope(): number {
    const cursor = this.#cursor;
    let name = this.#emptyLabel;
    let version = this.#emptyLabel;
    if (cursor.object()) {
      for (let field = cursor.member(scopeKeys); field >= 0; field = cursor.member(scopeKeys)) {
        if (field === 1) name = this.#label();
        else if (field === 2) version = this.#label();
        else cursor.skip();
      }
    }
    return this.#scopeNamed(name, version);
  }

  #scopeNamed(name: number, version: number): number {
    const sink = this.#sink;
    const key = name * 0x4000000 + version;
    let scope = this.#scopes.get(key);
    if (scope === undefined) {
      scope = sink.addScope();
      sink.scopeName[scope] = name;
      sink.scopeVersion[scope] = version;
      this.#scopes.set(key, scope);
    }
    return scope;
  }

  #addState(into: AttributeColumns, state: number): void {
    if (state >= 0) into.add(this.#sink.labels.internText("w3c.tracestate"), AttributeType.string, state);
  }

  #addCount(into: AttributeColumns, key: string, count: number): void {
    const { labels, texts } = this.#sink;
    if (count > 0) into.add(labels.internText(key), AttributeType.int, texts.internText(String(count)));
  }

  /** Reads a time; Go's zero time is one that was not given. */
  #readTime(out: Words): boolean {
    const cursor = this.#cursor;
    out.high = out.low = 0;
    if (!readScalar(cursor)) return true;
    const text = cursor.text();
    return text === noTime || readRfc3339(text, out);
  }

  #enum(named: (cursor: JsonCursor) => number): number {
    const cursor = this.#cursor;
    if (!readScalar(cursor)) return 0;
    const digit = cursor.source[cursor.from] - 48;
    return cursor.to - cursor.from === 1 && digit >= 0 && digit <= 9 ? digit : named(cursor);
  }

  #label(): number {
    if (this.#cursor.peek() === Token.string) return this.#labels.read(nameSlot);
    this.#cursor.skip();
    return this.#emptyLabel;
  }
}
