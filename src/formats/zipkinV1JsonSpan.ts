import type { SpanSink } from "../model/spanSink.ts";
import { Kind } from "../model/trace.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { addMicros, readMicros, readScalar } from "./jsonNumber.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { OpenTelemetryTags } from "./openTelemetryTags.ts";
import { ZipkinEndpoints } from "./zipkinEndpoints.ts";
import { coreCodes, ZipkinV1Annotations } from "./zipkinV1Annotations.ts";
import { ZipkinV1Values } from "./zipkinV1Values.ts";

const Field = {
  traceId: 1,
  traceHigh: 2,
  id: 3,
  parent: 4,
  name: 5,
  timestamp: 6,
  duration: 7,
  annotations: 8,
  binary: 9,
} as const;

const spanKeys = new JsonKeys([
  "",
  "traceId trace_id",
  "traceIdHigh trace_id_high",
  "id",
  "parentId parent_id",
  "name",
  "timestamp",
  "duration",
  "annotations",
  "binaryAnnotations binary_annotations",
]);
const nameSlot = 0xfff0;

/** An annotation that says what a span is: when it happened and the resource it happened in. */
interface Core {
  given: boolean;
  high: number;
  low: number;
  resource: number;
}

/** The two ends of one side of a call: what kind of span it is, and the annotation that names the other side's address. */
const sides = [
  { kind: Kind.client, begin: 0, end: 1, address: "sa" },
  { kind: Kind.server, begin: 2, end: 3, address: "ca" },
  { kind: Kind.producer, begin: 4, end: 5, address: "ma" },
  { kind: Kind.consumer, begin: 6, end: 7, address: "ma" },
] as const;
type Side = (typeof sides)[number];

/** Reads Zipkin's v1 spans into the sink: first what the span is, then its annotations once for each span it becomes. */
export class ZipkinV1JsonSpan {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #labels: JsonStrings;
  readonly #annotations: ZipkinV1Annotations;
  readonly #values: ZipkinV1Values;
  readonly #telemetry: OpenTelemetryTags;
  readonly #endpoints: ZipkinEndpoints;
  readonly #trace = new JsonId();
  readonly #high = new JsonId();
  readonly #id = new JsonId();
  readonly #parent = new JsonId();
  readonly #start = { high: 0, low: 0 };
  readonly #end = { high: 0, low: 0 };
  readonly #cores: readonly Core[] = coreCodes.map(() => ({
    given: false,
    high: 0,
    low: 0,
    resource: -1,
  }));
  readonly #emptyLabel: number;
  /** The first endpoint met: where the span happened, when no annotation says more. */
  #anyResource = -1;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#labels = new JsonStrings(cursor, sink.labels);
    this.#values = new ZipkinV1Values(cursor, sink);
    this.#telemetry = new OpenTelemetryTags(cursor, sink, "message");
    this.#endpoints = new ZipkinEndpoints(cursor, sink);
    this.#annotations = new ZipkinV1Annotations(cursor, this.#labels, this.#endpoints);
    this.#emptyLabel = sink.labels.internText("");
  }

  /** Reads the record at the cursor and commits the spans that it is. */
  read(): void {
    const cursor = this.#cursor;
    if (!cursor.object()) {
      this.#sink.note("items of a list of spans were left out because they are no objects");
      return;
    }
    this.#clear();
    let name = this.#emptyLabel;
    let goodTime = true;
    let durationAt = -1;
    let annotationsAt = -1;
    let binaryAt = -1;
    for (let field = cursor.member(spanKeys); field >= 0; field = cursor.member(spanKeys)) {
      switch (field) {
        case Field.traceId:
          this.#trace.readNumber(cursor);
          break;
        case Field.traceHigh:
          this.#high.readNumber(cursor);
          break;
        case Field.id:
          this.#id.readNumber(cursor);
          break;
        case Field.parent:
          this.#parent.readNumber(cursor);
          break;
        case Field.name:
          if (cursor.peek() === Token.string) name = this.#labels.read(nameSlot);
          else cursor.skip();
          break;
        case Field.timestamp:
          goodTime = readMicros(cursor, this.#start);
          break;
        case Field.duration:
          durationAt = cursor.at;
          cursor.skip();
          break;
        case Field.annotations:
          annotationsAt = cursor.at;
          this.#findCores();
          break;
        case Field.binary:
          binaryAt = cursor.at;
          this.#findEndpoint();
          break;
        default:
          cursor.skip();
      }
    }
    const after = cursor.at;
    const present = sides.filter(({ begin, end }) => this.#cores[begin].given || this.#cores[end].given);
    const own = this.#start.high !== 0 || this.#start.low !== 0;
    for (const side of present.length === 0 ? [undefined] : present) {
      this.#sink.begin();
      const { span } = this.#sink;
      span.name = name;
      span.badTime = !goodTime;
      // A server that was given its client's span ID leaves the time to the client, or shares the record with it.
      span.shared = side?.kind === Kind.server && (present.length > 1 || !own);
      this.#times(side, durationAt, present.length > 1 && side !== present[0]);
      this.#commit(side, present.length > 1, annotationsAt, binaryAt);
    }
    cursor.at = after;
    cursor.first = false;
  }

  #clear(): void {
    for (const id of [this.#trace, this.#high, this.#id, this.#parent]) id.clear();
    this.#start.high = this.#start.low = 0;
    this.#anyResource = -1;
    for (const core of this.#cores) {
      core.given = false;
      core.resource = -1;
    }
  }

  /** Looks through the annotations at the cursor for those that say what the span is. */
  #findCores(): void {
    this.#annotations.each((code, time, resource) => {
      if (resource >= 0 && this.#anyResource < 0) this.#anyResource = resource;
      const core = code < 0 ? undefined : this.#cores[code];
      if (core === undefined) return;
      core.given = true;
      core.high = time.high;
      core.low = time.low;
      core.resource = resource;
    }, false);
  }

  /** Looks through the binary annotations at the cursor for an endpoint of our own. */
  #findEndpoint(): void {
    this.#annotations.eachBinary((key, _value, _thrift, endpointAt) => {
      if (endpointAt < 0 || this.#anyResource >= 0 || this.#annotations.isAddress(key)) return;
      this.#cursor.at = endpointAt;
      this.#anyResource = this.#annotations.endpoint();
    });
  }

  /** Sets the span's times: its own, else those of its side's annotations; `derived` is the second half of a record. */
  #times(side: Side | undefined, durationAt: number, derived: boolean): void {
    const { span } = this.#sink;
    const begin = side === undefined ? undefined : this.#cores[side.begin];
    const end = side === undefined ? undefined : this.#cores[side.end];
    const own = !derived && (this.#start.high !== 0 || this.#start.low !== 0);
    const start = own ? this.#start : begin?.given ? begin : end?.given ? end : this.#start;
    span.startHigh = start.high;
    span.startLow = start.low;
    if (!derived && durationAt >= 0) {
      this.#cursor.at = durationAt;
      if (readScalar(this.#cursor)) {
        if (!addMicros(this.#cursor, start, this.#end)) span.badTime = true;
        span.endHigh = this.#end.high;
        span.endLow = this.#end.low;
        return;
      }
    }
    if (end?.given && begin?.given) {
      span.endHigh = end.high;
      span.endLow = end.low;
    }
  }

  #commit(side: Side | undefined, halves: boolean, annotationsAt: number, binaryAt: number): void {
    const sink = this.#sink;
    const { span } = sink;
    this.#ids();
    span.kind = side?.kind ?? Kind.unspecified;
    span.partial = true;
    this.#telemetry.begin();
    const resource = this.#resource(side);
    const ours = (other: number): boolean =>
      !halves || other === resource || (other < 0 && side?.kind === Kind.client);
    if (annotationsAt >= 0) {
      this.#cursor.at = annotationsAt;
      this.#annotations.each((code, time, at, name) => {
        if (code < 0 && ours(at)) sink.addEvent(time.high, time.low, name);
      }, true);
    }
    if (binaryAt >= 0) {
      this.#cursor.at = binaryAt;
      this.#annotations.eachBinary((key, valueAt, thrift, endpointAt) => {
        this.#binary(key, valueAt, thrift, endpointAt, side, ours);
      });
    }
    sink.commit(resource < 0 ? this.#endpoints.none() : resource, this.#telemetry.end());
  }

  #binary(
    key: number,
    valueAt: number,
    thrift: string,
    endpointAt: number,
    side: Side | undefined,
    ours: (resource: number) => boolean,
  ): void {
    const cursor = this.#cursor;
    cursor.at = endpointAt;
    if (this.#annotations.isAddress(key)) {
      if (endpointAt >= 0 && (side === undefined || this.#labels.pool.internText(side.address) === key)) {
        this.#endpoints.remote();
      }
      return;
    }
    if (!ours(endpointAt < 0 ? -1 : this.#annotations.endpoint())) return;
    cursor.at = valueAt;
    if (thrift === "" && valueAt >= 0 && this.#telemetry.take(key)) return;
    this.#values.add(key, valueAt, thrift);
  }

  #resource(side: Side | undefined): number {
    if (side !== undefined) {
      const { begin, end } = side;
      if (this.#cores[begin].resource >= 0) return this.#cores[begin].resource;
      if (this.#cores[end].resource >= 0) return this.#cores[end].resource;
    }
    return this.#anyResource;
  }

  #ids(): void {
    const { span } = this.#sink;
    const trace = this.#trace;
    span.trace0 = trace.word0;
    span.trace1 = trace.word1;
    span.trace2 = trace.word2;
    span.trace3 = trace.word3;
    span.traceText = trace.text;
    if ((trace.word0 | trace.word1) === 0) {
      span.trace0 = this.#high.word2;
      span.trace1 = this.#high.word3;
    }
    span.idHigh = this.#id.word2;
    span.idLow = this.#id.word3;
    span.idText = this.#id.text;
    span.parentHigh = this.#parent.word2;
    span.parentLow = this.#parent.word3;
    span.parentText = this.#parent.text;
  }
}
