import type { SpanSink } from "../model/spanSink.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { addMicros, readMicros, readScalar } from "./jsonNumber.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { JsonValue } from "./jsonValue.ts";
import { OpenTelemetryTags } from "./openTelemetryTags.ts";
import { kindNamed } from "./spanNames.ts";
import { ZipkinEndpoints } from "./zipkinEndpoints.ts";

const Field = {
  traceId: 1,
  id: 2,
  parent: 3,
  name: 4,
  kind: 5,
  timestamp: 6,
  duration: 7,
  shared: 8,
  local: 9,
  remote: 10,
  annotations: 11,
  tags: 12,
} as const;

const spanKeys = new JsonKeys([
  "",
  "traceId",
  "id",
  "parentId",
  "name",
  "kind",
  "timestamp",
  "duration",
  "shared",
  "localEndpoint",
  "remoteEndpoint",
  "annotations",
  "tags",
]);
const annotationKeys = new JsonKeys(["", "timestamp", "value"]);

/** Slots of strings that are no tag names. */
const Slot = { name: 0xfff0, event: 0xfff1 } as const;

/** Reads Zipkin's v2 spans into the sink. Records of one span may come apart: the builder joins them. */
export class ZipkinJsonSpan {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #labels: JsonStrings;
  readonly #value: JsonValue;
  readonly #telemetry: OpenTelemetryTags;
  readonly #endpoints: ZipkinEndpoints;
  readonly #id = new JsonId();
  readonly #time = { high: 0, low: 0 };
  readonly #emptyLabel: number;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#labels = new JsonStrings(cursor, sink.labels);
    this.#value = new JsonValue(cursor, new JsonStrings(cursor, sink.texts));
    this.#telemetry = new OpenTelemetryTags(cursor, sink, "message");
    this.#endpoints = new ZipkinEndpoints(cursor, sink);
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
    this.#telemetry.begin();
    const { span } = sink;
    const id = this.#id;
    const time = this.#time;
    span.name = this.#emptyLabel;
    span.partial = true;
    let resource = -1;
    let durationAt = -1;
    for (let field = cursor.member(spanKeys); field >= 0; field = cursor.member(spanKeys)) {
      switch (field) {
        case Field.traceId:
          id.read(cursor);
          span.trace0 = id.word0;
          span.trace1 = id.word1;
          span.trace2 = id.word2;
          span.trace3 = id.word3;
          span.traceText = id.text;
          break;
        case Field.id:
          id.readSpan(cursor);
          span.idHigh = id.word2;
          span.idLow = id.word3;
          span.idText = id.text;
          break;
        case Field.parent:
          id.readSpan(cursor);
          span.parentHigh = id.word2;
          span.parentLow = id.word3;
          span.parentText = id.text;
          break;
        case Field.name:
          span.name = this.#label(Slot.name);
          break;
        case Field.kind:
          if (readScalar(cursor)) span.kind = kindNamed(cursor);
          break;
        case Field.timestamp:
          if (!readMicros(cursor, time)) span.badTime = true;
          span.startHigh = time.high;
          span.startLow = time.low;
          break;
        case Field.duration:
          durationAt = cursor.at;
          cursor.skip();
          break;
        case Field.shared:
          cursor.any();
          span.shared = cursor.is("true");
          break;
        case Field.local:
          resource = this.#endpoints.local();
          break;
        case Field.remote:
          this.#endpoints.remote();
          break;
        case Field.annotations:
          this.#annotations();
          break;
        case Field.tags:
          this.#tags();
          break;
        default:
          cursor.skip();
      }
    }
    if (durationAt >= 0) this.#duration(durationAt);
    sink.commit(resource < 0 ? this.#endpoints.none() : resource, this.#telemetry.end());
  }

  /** Reads the duration at `at` when the start is known, whichever came first. */
  #duration(at: number): void {
    const cursor = this.#cursor;
    const { span } = this.#sink;
    const after = cursor.at;
    cursor.at = at;
    if (readScalar(cursor)) {
      const end = this.#time;
      if (!addMicros(cursor, { high: span.startHigh, low: span.startLow }, end)) span.badTime = true;
      span.endHigh = end.high;
      span.endLow = end.low;
    }
    cursor.at = after;
  }

  #annotations(): void {
    const cursor = this.#cursor;
    if (!cursor.array()) return;
    while (cursor.element()) {
      if (!cursor.object()) continue;
      const time = { high: 0, low: 0 };
      let name = this.#emptyLabel;
      for (let field = cursor.member(annotationKeys); field >= 0; field = cursor.member(annotationKeys)) {
        if (field === 1) readMicros(cursor, time);
        else if (field === 2) name = this.#label(Slot.event);
        else cursor.skip();
      }
      this.#sink.addEvent(time.high, time.low, name);
    }
  }

  #tags(): void {
    const cursor = this.#cursor;
    if (!cursor.object()) return;
    while (cursor.anyMember()) {
      const key = this.#labels.taken();
      if (this.#telemetry.take(key)) continue;
      this.#value.string(key);
      this.#sink.attributes.add(key, this.#value.type, this.#value.value);
    }
  }

  #label(slot: number): number {
    if (this.#cursor.peek() === Token.string) return this.#labels.read(slot);
    this.#cursor.skip();
    return this.#emptyLabel;
  }
}
