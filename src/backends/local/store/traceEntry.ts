import { otlpProtobuf } from "../../../formats/otlpProtobuf.ts";
import { arrangement } from "../../../model/arrangement.ts";
import type { SpanPlace } from "../../../model/hotspot.ts";
import { type ResourceFacts, resourceFacts } from "../../../model/resourceFacts.ts";
import { SpanSink } from "../../../model/spanSink.ts";
import { summaries } from "../../../model/summaries.ts";
import type { TraceSummary } from "../../../model/summary.ts";
import { Status } from "../../../model/trace.ts";
import { SinkCalls } from "./sinkCalls.ts";
import { SinkTerms } from "./sinkTerms.ts";

/** What is to be indexed of one trace: its number, the version its entry is to have, and its bytes in order. */
export interface TraceBytes {
  readonly no: number;
  readonly id: string;
  readonly version: number;
  readonly chunks: readonly Uint8Array[];
  /** Spans that are not in these chunks. */
  readonly unread: number;
}

/** The index entry of one trace. */
export interface TraceEntry {
  readonly no: number;
  readonly version: number;
  readonly summary: TraceSummary;
  /** Each term once, as a pair of words: bucket, and what is kept in it. */
  readonly terms: Uint32Array<ArrayBuffer>;
  readonly calls: EntryCalls;
  /** Each pair once. */
  readonly operations: readonly Operation[];
  /** Each key once. */
  readonly attributeKeys: readonly string[];
}

export interface Operation {
  readonly service: string;
  readonly name: string;
}

/** Calls as they are kept (`callRecords.ts`), but for the numbers of their places: word `at` is to be that of each. */
export interface EntryCalls {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly places: readonly { readonly key: string; readonly place: SpanPlace; readonly at: number }[];
}

/** One after another has it: a new one for each slice was 4 MB of garbage. */
const sink = new SpanSink();
const keptNumbers = 1 << 17;

/**
 * The entries of some traces. They are decoded together, for what is said once of a string holds for all of them. Times by place
 * are what `hotspots` says of the same trace. Bytes that cannot be read give the entry of what could be.
 */
export function traceEntries(traces: readonly TraceBytes[]): TraceEntry[] {
  try {
    return entriesIn(sink, traces);
  } finally {
    sink.clear(keptNumbers);
  }
}

function entriesIn(sink: SpanSink, traces: readonly TraceBytes[]): TraceEntry[] {
  const all = traces.flatMap(({ chunks }) => chunks);
  // A part that is damaged takes the others with it; alone, each of those is whole, and what was read twice is a resend.
  if (!decode(sink, all)) for (const chunk of all) decode(sink, [chunk]);
  const facts = resourceFacts(sink);
  const lines = summaries(sink);
  const rows = rowsByTrace(sink);
  const terms = new SinkTerms(sink, facts);
  const calls = new SinkCalls(sink, facts);
  const indexes = new Map(sink.traceIds.map((id, index) => [id, index]));
  const entries: TraceEntry[] = [];
  for (const { no, id, version, unread } of traces) {
    const index = indexes.get(id);
    if (index === undefined) continue;
    try {
      const found = arrangement(sink, rows[index], facts);
      const summary = counted(sink, lines[index], rows[index], found.record, facts, unread);
      const { words, operations, attributeKeys } = terms.of(rows[index]);
      const groups = calls.of(rows[index], found, no, version);
      entries.push({ no, version, summary, terms: words, calls: groups, operations, attributeKeys });
    } catch {
      // A trace nobody can make sense of is kept as it came, and must not stand in the way of all others.
    }
  }
  return entries;
}

function decode(sink: SpanSink, chunks: readonly Uint8Array[]): boolean {
  const decoder = otlpProtobuf.decoder(sink);
  try {
    for (const chunk of chunks) decoder.write(chunk);
    decoder.end();
    return true;
  } catch {
    return false;
  }
}

function rowsByTrace(sink: SpanSink): Int32Array[] {
  const counts = new Int32Array(sink.traceIds.length);
  for (let row = 0; row < sink.length; row++) counts[sink.trace.data[row]]++;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row < sink.length; row++) {
    const trace = sink.trace.data[row];
    rows[trace][counts[trace]++] = row;
  }
  return rows;
}

/** The summary with exact resends counted once, and spans that were not read counted too. */
function counted(
  sink: SpanSink,
  line: TraceSummary,
  rows: Int32Array,
  record: Int32Array,
  facts: ResourceFacts,
  unread: number,
): TraceSummary {
  if (record.length === rows.length) return unread === 0 ? line : { ...line, spans: line.spans + unread };
  const labels = sink.labels.table();
  const spans = new Map<string, number>();
  let errors = 0;
  for (const own of record) {
    const row = rows[own];
    const resource = sink.resource.data[row];
    const name = resource < 0 ? "unknown_service" : labels.at(facts.service[resource]);
    spans.set(name, (spans.get(name) ?? 0) + 1);
    if (sink.status.data[row] === Status.error) errors++;
  }
  const services = line.services.map(({ name }) => ({ name, spans: spans.get(name) ?? 0 }));
  return { ...line, spans: record.length + unread, errors, services };
}
