import type { SpanSink } from "../model/spanSink.ts";
import { addWords } from "../model/time64.ts";
import { Warning, warningText } from "../model/warning.ts";
import { JaegerJsonLog } from "./jaegerJsonLog.ts";
import type { JaegerJsonProcesses } from "./jaegerJsonProcesses.ts";
import { JaegerJsonReferences } from "./jaegerJsonReferences.ts";
import type { JaegerJsonTags } from "./jaegerJsonTags.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { addMicros, readMicros, readScalar, readSmall } from "./jsonNumber.ts";
import { valueDepth } from "./jsonValue.ts";
import { OpenTelemetryTags } from "./openTelemetryTags.ts";
import { readDurationText, readRfc3339 } from "./rfc3339.ts";

const Field = {
  traceId: 1,
  spanId: 2,
  parent: 3,
  name: 4,
  references: 5,
  start: 6,
  duration: 7,
  tags: 8,
  tagMap: 9,
  logs: 10,
  processId: 11,
  process: 12,
  warnings: 13,
  flags: 14,
} as const;

const spanKeys = new JsonKeys([
  "",
  "traceID traceId trace_id",
  "spanID spanId span_id",
  "parentSpanID parentSpanId parent_span_id",
  "operationName operation_name",
  "references",
  "startTime start_time",
  "duration",
  "tags",
  "tag",
  "logs",
  "processID processId process_id",
  "process",
  "warnings",
  "flags",
]);

/** The slot of the span's name; attribute keys have the slots of the labels before them. */
const nameSlot = 0xfff0;

/** Reads Jaeger's spans into the sink: those of its API and of its Elasticsearch store. */
export class JaegerJsonSpan {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #tags: JaegerJsonTags;
  readonly #processes: JaegerJsonProcesses;
  readonly #telemetry: OpenTelemetryTags;
  readonly #references: JaegerJsonReferences;
  readonly #log: JaegerJsonLog;
  readonly #traceId = new JsonId();
  readonly #id = new JsonId();
  readonly #time = { high: 0, low: 0 };
  readonly #end = { high: 0, low: 0 };
  readonly #emptyLabel: number;
  readonly #taken: (label: number) => boolean;

  constructor(cursor: JsonCursor, sink: SpanSink, tags: JaegerJsonTags, processes: JaegerJsonProcesses) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#tags = tags;
    this.#processes = processes;
    this.#telemetry = new OpenTelemetryTags(cursor, sink, "flag");
    this.#references = new JaegerJsonReferences(cursor, sink);
    this.#log = new JaegerJsonLog(cursor, sink, tags);
    this.#emptyLabel = sink.labels.internText("");
    this.#taken = (label) => this.#telemetry.take(label);
  }

  /** Reads the span at the cursor and commits it; `traceId` is that of the trace around it, for spans that have none. */
  read(traceId: JsonId): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    if (!cursor.object()) {
      sink.note("items of a list of spans were left out because they are no objects");
      return;
    }
    sink.begin();
    this.#telemetry.begin();
    this.#references.begin();
    this.#tags.value.cut = false;
    const { span } = sink;
    const id = this.#id;
    span.name = this.#emptyLabel;
    this.#traceId.copy(traceId);
    let process = -1;
    let durationAt = -1;
    for (let field = cursor.member(spanKeys); field >= 0; field = cursor.member(spanKeys)) {
      switch (field) {
        case Field.traceId:
          this.#traceId.read(cursor);
          break;
        case Field.spanId:
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
          if (cursor.peek() === Token.string) span.name = this.#tags.labels.read(nameSlot);
          else cursor.skip();
          break;
        case Field.references:
          this.#references.read();
          break;
        case Field.start:
          this.#start();
          break;
        case Field.duration:
          durationAt = cursor.at;
          cursor.skip();
          break;
        case Field.tags:
          this.#tags.list(sink.attributes, this.#taken);
          break;
        case Field.tagMap:
          this.#tags.map(sink.attributes, this.#taken);
          break;
        case Field.logs:
          this.#log.list();
          break;
        case Field.processId: {
          const named = this.#processes.named();
          if (process < 0) process = named;
          break;
        }
        case Field.process: {
          const written = this.#processes.written();
          if (written >= 0) process = written;
          break;
        }
        case Field.warnings:
          this.#warnings();
          break;
        case Field.flags:
          // Bit 0 is "sampled" in Jaeger as in W3C; the others differ.
          span.flags = readSmall(cursor) & 1;
          break;
        default:
          cursor.skip();
      }
    }
    if (durationAt >= 0) this.#duration(durationAt);
    const trace = this.#traceId;
    span.trace0 = trace.word0;
    span.trace1 = trace.word1;
    span.trace2 = trace.word2;
    span.trace3 = trace.word3;
    span.traceText = trace.text;
    this.#references.end(trace);
    if (this.#tags.value.cut) {
      span.warnings.push(warningText(Warning.cut, `values nested deeper than ${valueDepth} levels`));
    }
    sink.commit(process < 0 ? this.#processes.none() : process, this.#telemetry.end());
  }

  #start(): void {
    const cursor = this.#cursor;
    const { span } = this.#sink;
    if (cursor.peek() === Token.string) {
      cursor.string();
      const text = cursor.text();
      this.#time.high = this.#time.low = 0;
      if (!readRfc3339(text, this.#time) && !readDigits(text, this.#time)) span.badTime = text !== "";
    } else if (!readMicros(cursor, this.#time)) span.badTime = true;
    span.startHigh = this.#time.high;
    span.startLow = this.#time.low;
  }

  /** Reads the duration at `at` when the start is known, whichever came first. */
  #duration(at: number): void {
    const cursor = this.#cursor;
    const { span } = this.#sink;
    const after = cursor.at;
    const start = this.#time;
    start.high = span.startHigh;
    start.low = span.startLow;
    cursor.at = at;
    if (readScalar(cursor)) {
      const end = this.#end;
      end.high = end.low = 0;
      const unit = cursor.source[cursor.to - 1] | 32;
      if (unit === 115) {
        if (!readDurationText(cursor.text(), end)) span.badTime = true;
        addWords(start, end, end);
      } else if (!addMicros(cursor, start, end)) span.badTime = true;
      span.endHigh = end.high;
      span.endLow = end.low;
    }
    cursor.at = after;
  }

  #warnings(): void {
    const cursor = this.#cursor;
    if (!cursor.array()) return;
    while (cursor.element()) {
      if (cursor.peek() !== Token.string) {
        cursor.skip();
        continue;
      }
      cursor.string();
      this.#sink.span.warnings.push(cursor.text());
    }
  }
}

/** µs written as text. */
function readDigits(text: string, out: { high: number; low: number }): boolean {
  if (!/^\d{1,17}$/.test(text)) return false;
  const nanos = BigInt(text) * 1000n;
  out.high = Number(nanos >> 32n) >>> 0;
  out.low = Number(nanos & 0xffffffffn);
  return true;
}
