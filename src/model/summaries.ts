import { resourceFacts } from "./resourceFacts.ts";
import type { SpanSink } from "./spanSink.ts";
import type { TraceSummary } from "./summary.ts";
import { Status, type Trace } from "./trace.ts";

interface Tally {
  spans: number;
  errors: number;
  readonly services: Map<number, number>;
  /** Row of the root shown: a span without parent before one with, then the earliest. */
  root: number;
  rootHasParent: boolean;
  /** Rows of the earliest start and the latest end. */
  first: number;
  last: number;
}

/** One line for each trace of a sink, in the order met, without building any: one loop over the spans. */
export function summaries(sink: SpanSink): TraceSummary[] {
  const facts = resourceFacts(sink);
  const unknown = sink.labels.internText("unknown_service");
  const tallies: Tally[] = sink.traceIds.map(() => ({
    spans: 0,
    errors: 0,
    services: new Map(),
    root: -1,
    rootHasParent: true,
    first: -1,
    last: -1,
  }));
  for (let row = 0; row < sink.length; row++) {
    const tally = tallies[sink.trace.data[row]];
    tally.spans++;
    if (sink.status.data[row] === Status.error) tally.errors++;
    const resource = sink.resource.data[row];
    const service = resource < 0 ? unknown : facts.service[resource];
    tally.services.set(service, (tally.services.get(service) ?? 0) + 1);
    const hasParent = sink.parents.data[2 * row] !== 0 || sink.parents.data[2 * row + 1] !== 0;
    const hasStart = sink.times.data[4 * row] !== 0 || sink.times.data[4 * row + 1] !== 0;
    if (tally.root < 0 || (!hasParent && tally.rootHasParent)) {
      tally.root = row;
      tally.rootHasParent = hasParent;
    } else if (hasParent === tally.rootHasParent && hasStart && before(sink, row, tally.root))
      tally.root = row;
    if (!hasStart || (sink.traits.data[row] & 1) !== 0) continue;
    if (tally.first < 0 || before(sink, row, tally.first)) tally.first = row;
    if (tally.last < 0 || endsAfter(sink, row, tally.last)) tally.last = row;
  }
  const labels = sink.labels.table();
  return tallies.map((tally, trace) => {
    const resource = tally.root < 0 ? -1 : sink.resource.data[tally.root];
    return {
      traceId: sink.traceIds[trace],
      rootService: labels.at(resource < 0 ? unknown : facts.service[resource]),
      rootName: tally.root < 0 ? "" : labels.at(sink.name.data[tally.root]),
      startMs: tally.first < 0 ? 0 : unixMs(sink, tally.first),
      durationNs: tally.first < 0 ? 0 : Math.max(0, span(sink, tally.first, tally.last)),
      spans: tally.spans,
      errors: tally.errors,
      services: [...tally.services]
        .map(([service, spans]) => ({ name: labels.at(service), spans }))
        .sort((a, b) => b.spans - a.spans || (a.name < b.name ? -1 : 1))
        .slice(0, 50),
    };
  });
}

/** The summary of a trace of which some records turned out to be the same span. */
export function summaryAsBuilt(summary: TraceSummary, trace: Trace): TraceSummary {
  let errors = 0;
  const spans = new Uint32Array(trace.services.length);
  for (let row = 0; row < trace.length; row++) {
    spans[trace.service[row]]++;
    if (trace.status[row] === Status.error) errors++;
  }
  const counts = new Map([...trace.services].map((label, index) => [trace.labels.at(label), spans[index]]));
  const services = summary.services.map(({ name }) => ({ name, spans: counts.get(name) ?? 0 }));
  return { ...summary, spans: trace.length, errors, services };
}

function before(sink: SpanSink, a: number, b: number): boolean {
  const t = sink.times.data;
  return t[4 * a] < t[4 * b] || (t[4 * a] === t[4 * b] && t[4 * a + 1] < t[4 * b + 1]);
}

function endsAfter(sink: SpanSink, a: number, b: number): boolean {
  const t = sink.times.data;
  return t[4 * a + 2] > t[4 * b + 2] || (t[4 * a + 2] === t[4 * b + 2] && t[4 * a + 3] > t[4 * b + 3]);
}

function unixMs(sink: SpanSink, row: number): number {
  return (sink.times.data[4 * row] * 4294967296 + sink.times.data[4 * row + 1]) / 1e6;
}

function span(sink: SpanSink, first: number, last: number): number {
  const t = sink.times.data;
  return (t[4 * last + 2] - t[4 * first]) * 4294967296 + (t[4 * last + 3] - t[4 * first + 1]);
}
