import type { TraceSummary } from "../model/summary.ts";
import type { Decoded, SearchResult, TraceQuery } from "./backend.ts";

export const noTraces: SearchResult = { summaries: [], limited: false, notes: [], hotspots: [] };

/** What a search found: newest first, and said to be limited when there are as many as were asked for. */
export async function searchResult(query: TraceQuery, found: Decoded | undefined): Promise<SearchResult> {
  if (found === undefined) return noTraces;
  return {
    summaries: newestFirst(found.summaries),
    limited: found.summaries.length >= query.limit,
    notes: found.notes,
    hotspots: await found.hotspots,
  };
}

export function newestFirst(summaries: readonly TraceSummary[]): readonly TraceSummary[] {
  return [...summaries].sort((a, b) => b.startMs - a.startMs);
}
