import type { AttributeColumns } from "../model/attributeColumns.ts";
import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import type { Words } from "../model/time64.ts";
import { Status } from "../model/trace.ts";
import { GoStdoutJsonAttributes } from "./goStdoutJsonAttributes.ts";
import { GoStdoutJsonContext } from "./goStdoutJsonContext.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { readScalar, readSmall } from "./jsonNumber.ts";
import { JsonStrings } from "./jsonStrings.ts";
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
const eventKeys = new JsonKeys(["", "Name", "Attributes", "DroppedAttributeCount", "Time"]);
const linkKeys = new JsonKeys(["", "SpanContext", "Attributes", "DroppedAttributeCount"]);
const statusKeys = new JsonKeys(["", "Code", "Description"]);
const scopeKeys = new JsonKeys(["", "Name", "Version"]);

/** Go counts its status codes in another order than OTLP: 0 unset, 1 error, 2 OK. */
const goStatus = [Status.unset, Status.error, Status.ok] as const;

const noTime = "0001-01-01T00:00:00Z";

/** Reads the spans of OpenTelemetry Go's stdout exporter into the sink. */
export class GoStdoutJsonSpan {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #texts: JsonStrings;
  readonly #resources: ResourcesByText;
  readonly #scopes = new Map<number, number>();
  readonly #context: GoStdoutJsonContext;
  readonly #attributes: GoStdoutJsonAttributes;
  readonly #time = { high: 0, low: 0 };
  readonly #emptyLabel: number;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#texts = new JsonStrings(cursor, sink.texts);
    this.#context = new GoStdoutJsonContext(cursor, this.#texts);
    this.#attributes = new GoStdoutJsonAttributes(cursor, sink.labels, this.#texts);
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
          this.#context.read();
          span.trace0 = this.#context.trace.word0;
          span.trace1 = this.#context.trace.word1;
          span.trace2 = this.#context.trace.word2;
          span.trace3 = this.#context.trace.word3;
          span.traceText = this.#context.trace.text;
          span.idHigh = this.#context.id.word2;
          span.idLow = this.#context.id.word3;
          span.idText = this.#context.id.text;
          span.flags = this.#context.flags;
          state = this.#context.state;
          break;
        case Field.parent:
          this.#context.read();
          span.parentHigh = this.#context.id.word2;
          span.parentLow = this.#context.id.word3;
          span.parentText = this.#context.id.text;
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
          this.#attributes.read(sink.attributes);
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
          resource = this.#resources.at(() => this.#attributes.read(sink.resourceAttributes));
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

  #event(): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    const time = { high: 0, low: 0 };
    let name = this.#emptyLabel;
    let dropped = 0;
    for (let field = cursor.member(eventKeys); field >= 0; field = cursor.member(eventKeys)) {
      if (field === 1) name = this.#label();
      else if (field === 2) this.#attributes.read(sink.eventAttributes);
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
    this.#context.clear();
    let state = -1;
    let dropped = 0;
    for (let field = cursor.member(linkKeys); field >= 0; field = cursor.member(linkKeys)) {
      if (field === 1) {
        this.#context.read();
        state = this.#context.state;
      } else if (field === 2) this.#attributes.read(sink.linkAttributes);
      else if (field === 3) dropped = readSmall(cursor);
      else cursor.skip();
    }
    this.#addState(sink.linkAttributes, state);
    this.#addCount(sink.linkAttributes, "otel.dropped_attributes_count", dropped);
    sink.addLink(
      sink.texts.internText(this.#context.trace.hex(32)),
      sink.texts.internText(this.#context.id.hex(16)),
    );
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
        span.message = cursor.to > cursor.from && !cursor.is("null") ? this.#texts.taken() + 1 : 0;
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
    return this.#attributes.label();
  }
}
