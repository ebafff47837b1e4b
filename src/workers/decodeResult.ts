import type { DecodeRequest } from "../backends/backend.ts";
import { buildTrace } from "../model/buildTrace.ts";
import { countText } from "../model/countText.ts";
import type { Hotspot } from "../model/hotspot.ts";
import { hotspots, mergeHotspots } from "../model/hotspots.ts";
import { mergeTraces } from "../model/mergeTraces.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { summaries, summaryAsBuilt } from "../model/summaries.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { Trace } from "../model/trace.ts";
import { packTrace } from "../wire/pack.ts";
import { boundedHotspots } from "./boundedHotspots.ts";
import type { DecodeResult } from "./decodeMessages.ts";

/** Of how many traces hotspots are made; more are counted as a sample. */
const hotspotTraces = 500;

/** Of an input with no more spans than this the hotspots are made of all its traces, not only of the one that is shown. */
const smallSink = 20_000;

/** An answer, and what computes the hotspots that are to follow it. */
export interface DecodeAnswer {
  readonly result: DecodeResult;
  hotspots(): readonly Hotspot[];
}

/** What a request wants of the spans that were read. */
export function decodeResult(
  sink: SpanSink,
  format: string,
  request: Pick<DecodeRequest, "traceId" | "want">,
): DecodeAnswer {
  const list = summaries(sink);
  const notes = [...sink.notes].map(([text, times]) => (times > 1 ? `${countText(times)} ${text}` : text));
  const result = { format, summaries: list, notes, trace: undefined };
  if (request.want === "hotspots") return { result, hotspots: () => hotspotsOf(sink) };
  const wanted = request.traceId === "" ? largest(list) : indexOf(sink, request.traceId);
  const index = request.want === "summaries" ? -1 : wanted;
  if (index < 0) return { result, hotspots: () => [] };
  const trace = buildTrace(sink, index);
  // Resends that the builder left out are not counted twice.
  if (trace.length !== list[index].spans) list[index] = summaryAsBuilt(list[index], trace);
  const isAll = sink.traceIds.length === 1 || sink.length > smallSink;
  return {
    result: { ...result, trace: packTrace(trace) },
    hotspots: () => (isAll ? boundedHotspots(hotspots(trace)) : hotspotsOf(sink)),
  };
}

/** Several answers about one trace, as one. */
export function mergedResult(traces: readonly Trace[]): DecodeAnswer {
  const trace = mergeTraces(traces);
  return {
    result: { format: "merged", summaries: [], notes: [], trace: packTrace(trace) },
    hotspots: () => boundedHotspots(hotspots(trace)),
  };
}

function hotspotsOf(sink: SpanSink): readonly Hotspot[] {
  const count = Math.min(sink.traceIds.length, hotspotTraces);
  let lists: Hotspot[][] = [];
  for (let i = 0; i < count; i++) lists.push(hotspots(buildTrace(sink, i)));
  // In pairs: one after the other, each merge would sort all calls kept so far again, 500 times (1 to 7 s measured, now 30 ms).
  while (lists.length > 1) {
    const pairs: Hotspot[][] = [];
    for (let i = 0; i < lists.length; i += 2) pairs.push(mergeHotspots(lists[i], lists[i + 1] ?? []));
    lists = pairs;
  }
  const bounded = boundedHotspots(lists[0] ?? []);
  return count < sink.traceIds.length ? bounded.map((spot) => ({ ...spot, sampled: true })) : bounded;
}

function largest(list: readonly TraceSummary[]): number {
  let best = -1;
  for (let i = 0; i < list.length; i++) if (best < 0 || list[i].spans > list[best].spans) best = i;
  return best;
}

/** The trace that an id names: compared without leading zeros and case. */
function indexOf(sink: SpanSink, id: string): number {
  const wanted = plain(id);
  return sink.traceIds.findIndex((known) => plain(known) === wanted);
}

function plain(id: string): string {
  return id.toLowerCase().replace(/^0+/, "");
}
