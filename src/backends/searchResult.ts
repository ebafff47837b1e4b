import type { TraceSummary } from "../model/summary.ts";
import type { Decode, SearchResult, TraceQuery } from "./backend.ts";
import type { Http, HttpRequest } from "./http.ts";
import { decodeTraces } from "./tracesBody.ts";

export const noTraces: SearchResult = { summaries: [], limited: false, notes: [], hotspots: [] };

/** Reads an answer of whole traces: newest first, and said to be limited when there are as many as were asked for. */
export async function searchTraces(
  http: Http,
  request: HttpRequest,
  query: TraceQuery,
  decode: Decode,
  signal: AbortSignal,
): Promise<SearchResult> {
  const wanted = { traceId: "", want: "hotspots", label: http.peer.label } as const;
  const found = await http.read(
    { ...request, as: wanted.want },
    (answer, ours) => decodeTraces(answer, decode, wanted, ours),
    signal,
  );
  if (found === undefined) return noTraces;
  return {
    summaries: newestFirst(found.summaries),
    limited: found.summaries.length >= query.limit,
    notes: found.notes,
    hotspots: found.hotspots,
  };
}

export function newestFirst(summaries: readonly TraceSummary[]): readonly TraceSummary[] {
  return [...summaries].sort((a, b) => b.startMs - a.startMs);
}
