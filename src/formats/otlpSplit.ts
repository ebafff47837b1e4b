import { UserError } from "../base/userError.ts";
import { Column, ints } from "../model/column.ts";
import { hexId } from "../model/spanId.ts";
import { type Cuts, cutMessage, noCuts } from "./otlpSplitCut.ts";
import { clearEnvelopes, OtlpEnvelopes } from "./otlpSplitEnvelopes.ts";
import { ProtobufScan } from "./otlpSplitReader.ts";
import { OtlpFindings, scanLog, scanSpan } from "./otlpSplitScan.ts";
import { ProtobufBytes } from "./otlpWriteBytes.ts";
import { logRecord, mostKept, type OtlpMessage, span } from "./otlpWriteSchema.ts";
import { shapeOf } from "./protobufFraming.ts";
import { Malformed } from "./protobufReader.ts";

/**
 * One trace's share of a request: TracesData or LogsData in protobuf. It may share memory with the request and the other
 * parts.
 */
export interface OtlpPart {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** Spans, or log records, in it. */
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Gives an array of at least so many bytes, with anything in it, for the parts to be written in. */
type Lend = (size: number) => Uint8Array<ArrayBuffer>;

/** A request cut by trace. */
export interface OtlpSplit {
  readonly parts: readonly OtlpPart[];
  /** Spans or log records in the parts. */
  readonly accepted: number;
  /** Those that were refused, because they or their IDs are not valid. */
  readonly rejected: number;
  /** Log records that name no trace: they are in no part, and nothing is wrong with them. */
  readonly withoutTrace: number;
  /** What was rejected and what was cut, in sentences; "" for nothing. */
  readonly message: string;
}

/**
 * Most bytes that the parts of a request may have together, if it is not half as large itself: each has the resources of its
 * spans.
 */
const largestOutput = 128 << 20;

/**
 * Cuts an ExportTraceServiceRequest by trace, by copying bytes: what stands around spans is repeated for each trace, fields
 * that are not known are kept, and a request of one trace is passed on as it is. All of it is checked, so that a reader finds
 * every span of a part. A UserError with code "malformed" says where a request is not OTLP, one with "tooLarge" that its
 * traces and resources would multiply.
 */
export function splitTraces(bytes: Uint8Array, lend?: Lend): OtlpSplit {
  return split(bytes, "spans", lend);
}

/** The same for an ExportLogsServiceRequest. */
export function splitLogs(bytes: Uint8Array, lend?: Lend): OtlpSplit {
  return split(bytes, "log records", lend);
}

type Records = "spans" | "log records";

function split(bytes: Uint8Array, records: Records, lend: Lend | undefined): OtlpSplit {
  try {
    return new Splitter(bytes, records, lend).split();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new UserError(`This is not OTLP protobuf: at byte ${error.at}, ${error.message}.`, {
      code: "malformed",
      cause: error,
    });
  } finally {
    // A request of many empty messages is not to be held until the next one.
    for (const column of Object.values(columns)) column.clear(keptRecords);
    clearEnvelopes();
  }
}

/** What is wrong with records that are refused, as the end of "n …". */
const faults = {
  trace: "without a valid trace ID, which has 16 bytes that are not all zero",
  span: "without a valid span ID, which has 8 bytes that are not all zero",
  long: "with a parent or link ID of more than 64 bytes",
  other: "which are log records or metrics",
} as const;
type Fault = keyof typeof faults;

/** Those of one request after another, for only one is cut at a time: new ones for each were 60 KB of garbage. */
const columns = {
  from: new Column(ints),
  to: new Column(ints),
  scope: new Column(ints),
  trace: new Column(ints),
};
const keptRecords = 1 << 16;

class Splitter {
  readonly #bytes: Uint8Array;
  readonly #records: Records;
  readonly #lend: Lend | undefined;
  readonly #kind: OtlpMessage;
  readonly #envelopes: OtlpEnvelopes;
  readonly #found = new OtlpFindings();
  readonly #cuts: Cuts = noCuts();
  readonly #rejected = new Map<Fault, number>();
  readonly #traces = new Map<string, number>();
  readonly #traceIds: string[] = [];
  readonly #counts: number[] = [];
  /** Of each record: where it is, its scope's envelope, its trace. */
  readonly #from = columns.from;
  readonly #to = columns.to;
  readonly #scope = columns.scope;
  readonly #trace = columns.trace;
  /** Records that were cut, written anew, by record. */
  readonly #cut = new Map<number, Uint8Array>();
  #withoutTrace = 0;
  #lastTrace = -1;
  #last0 = 0;
  #last1 = 0;
  #last2 = 0;
  #last3 = 0;

  constructor(bytes: Uint8Array, records: Records, lend: Lend | undefined) {
    this.#lend = lend;
    this.#bytes = bytes;
    this.#records = records;
    this.#kind = records === "spans" ? span : logRecord;
    this.#envelopes = new OtlpEnvelopes(bytes, this.#cuts);
  }

  split(): OtlpSplit {
    const plain = this.#read();
    const accepted = this.#from.length;
    const rejected = [...this.#rejected.values()].reduce((sum, count) => sum + count, 0);
    const isWhole =
      plain && rejected + this.#withoutTrace === 0 && this.#cut.size === 0 && !this.#envelopes.cut;
    const parts =
      isWhole && this.#traceIds.length === 1
        ? [{ traceId: this.#traceIds[0], count: accepted, bytes: this.#bytes }]
        : this.#parts();
    // A reader of files would take it for Tempo's answer, which wraps a trace once more.
    if (parts.some((part) => shapeOf(part.bytes, "bare") !== "plain")) {
      throw new Malformed("a resource has a field of a wrong type", 0);
    }
    return { parts, accepted, rejected, withoutTrace: this.#withoutTrace, message: this.#message(rejected) };
  }

  /**
   * Reads the envelopes and checks the records; false when some of it is not to be passed on: unknown fields, empty envelopes.
   */
  #read(): boolean {
    const bytes = this.#bytes;
    const scan = new ProtobufScan(bytes);
    const { length } = bytes;
    let plain = true;
    while (scan.at < length) {
      const tag = scan.tag(length);
      if (tag !== 0x0a) {
        plain = false;
        scan.skip(tag, length);
        continue;
      }
      const to = scan.end(length);
      const before = this.#from.length;
      this.#envelopes.read(scan, to, (scope, end) => this.#record(scan, scope, end));
      if (this.#from.length === before) plain = false;
    }
    return plain;
  }

  #record(scan: ProtobufScan, scope: number, end: number): void {
    const from = scan.at;
    const found = this.#found;
    if (this.#records === "spans") scanSpan(scan, end, found, mostKept);
    else scanLog(scan, end, found, mostKept);
    const fault = this.#fault();
    if (fault === "none") this.#withoutTrace++;
    else if (fault !== undefined) this.#rejected.set(fault, (this.#rejected.get(fault) ?? 0) + 1);
    else {
      const trace = this.#traceOf();
      this.#counts[trace]++;
      if (found.large) {
        const out = new ProtobufBytes(1 << 16);
        cutMessage(this.#bytes, from, end, this.#kind, out, this.#cuts);
        this.#cut.set(this.#from.length, out.finish());
      }
      this.#from.push(from);
      this.#to.push(end);
      this.#scope.push(scope);
      this.#trace.push(trace);
    }
  }

  /** Why the record that was read is not kept; "none" for a log record that names no trace. */
  #fault(): Fault | "none" | undefined {
    const { traceSize, trace0, trace1, trace2, trace3, spanSize, spanIsZero, longId, other } = this.#found;
    const isZero = (trace0 | trace1 | trace2 | trace3) === 0;
    if (this.#records === "log records") {
      if (traceSize === 0 || (traceSize === 16 && isZero)) return "none";
      return traceSize === 16 ? undefined : "trace";
    }
    if (other) return "other";
    if (traceSize !== 16 || isZero) return "trace";
    if (spanSize !== 8 || spanIsZero) return "span";
    return longId ? "long" : undefined;
  }

  #traceOf(): number {
    const { trace0, trace1, trace2, trace3 } = this.#found;
    if (
      this.#lastTrace >= 0 &&
      trace3 === this.#last3 &&
      trace2 === this.#last2 &&
      trace1 === this.#last1 &&
      trace0 === this.#last0
    ) {
      return this.#lastTrace;
    }
    const id = hexId(trace0, trace1) + hexId(trace2, trace3);
    let index = this.#traces.get(id);
    if (index === undefined) {
      index = this.#traceIds.push(id) - 1;
      this.#counts.push(0);
      this.#traces.set(id, index);
    }
    this.#last0 = trace0;
    this.#last1 = trace1;
    this.#last2 = trace2;
    this.#last3 = trace3;
    this.#lastTrace = index;
    return index;
  }

  /** One part a trace; its records in the order in which they came. */
  #parts(): OtlpPart[] {
    const starts = new Int32Array(this.#traceIds.length + 1);
    for (let trace = 0; trace < this.#counts.length; trace++) {
      starts[trace + 1] = starts[trace] + this.#counts[trace];
    }
    const next = starts.slice();
    const order = new Int32Array(this.#from.length);
    for (let record = 0; record < order.length; record++) order[next[this.#trace.data[record]]++] = record;
    const places = { from: this.#from.data, to: this.#to.data, scope: this.#scope.data, cut: this.#cut };
    const room = Math.max(largestOutput, 2 * this.#bytes.length);
    // One array for all parts: as many small ones are as many things to collect.
    const out = new ProtobufBytes(this.#bytes.length + 64 * this.#traceIds.length, this.#lend);
    const ends = this.#traceIds.map((_, trace) => {
      this.#envelopes.wrap(order.subarray(starts[trace], starts[trace + 1]), places, room - out.size, out);
      return out.size;
    });
    return this.#traceIds.map((traceId, trace) => ({
      traceId,
      count: this.#counts[trace],
      bytes: out.bytes.subarray(trace === 0 ? 0 : ends[trace - 1], ends[trace]),
    }));
  }

  #message(rejected: number): string {
    const sentences: string[] = [];
    if (rejected > 0) {
      const reasons = [...this.#rejected].map(([fault, count]) => `${count} ${faults[fault]}`);
      const of = rejected + this.#from.length + this.#withoutTrace;
      sentences.push(`${rejected} of ${of} ${this.#records} were rejected: ${reasons.join("; ")}.`);
    }
    const { values, attributes, events, links } = this.#cuts;
    if (values > 0) sentences.push(`Values over 64 KB were truncated: ${values}.`);
    const left = [
      [attributes, "attributes", mostKept.attributes],
      [events, "events", mostKept.events],
      [links, "links", mostKept.links],
    ] as const;
    for (const [count, what, most] of left) {
      if (count > 0) sentences.push(`${count} ${what} beyond ${most} of one owner were left out.`);
    }
    return sentences.join(" ");
  }
}
