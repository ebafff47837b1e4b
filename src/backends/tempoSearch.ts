import { hasCode } from "./absence.ts";
import type { SearchResult, TraceQuery } from "./backend.ts";
import type { Http, Query } from "./http.ts";
import { notJson } from "./httpError.ts";
import { list, member } from "./json.ts";
import { newestFirst } from "./searchResult.ts";
import { longestRange, rangeText } from "./tempoErrors.ts";
import { tempoSummaries } from "./tempoSummaries.ts";
import { traceqlSearch } from "./traceqlSearch.ts";

/** Without it Tempo answers whichever traces it comes by first. On a line of its own: the one before may be a comment. */
const newestHint = "\nwith (most_recent=true)";

/** Tempo answers a search for metrics with the spans they would be of, and says nothing. */
const metricsFunction = /\|\s*(?:rate|\w+_over_time|compare|topk|bottomk)\s*\(/;
const metricsNote = "This query asks for metrics. These are the traces of the spans they would be made of.";

/**
 * `/api/search` with TraceQL, of the form or as typed. The hint is left out when the query has hints of its own, or when Tempo
 * refuses the query with it: its words are then about what the person wrote. A range longer than the server searches is cut at
 * its beginning, which a note says.
 */
export function tempoSearch(http: Http) {
  async function asked(
    text: string,
    query: TraceQuery,
    fromMs: number,
    signal: AbortSignal,
  ): Promise<SearchResult> {
    const answer = await http.json("/api/search", parameters(text, query, fromMs), signal);
    const traces = list(member(answer, "traces"));
    const isAnswer = typeof answer === "object" && answer !== null && !Array.isArray(answer);
    if (
      traces === undefined ||
      !isAnswer ||
      !("traces" in answer || "metrics" in answer || isEmpty(answer))
    ) {
      throw notJson(http.peer, "JSON of another kind");
    }
    const summaries = tempoSummaries(answer);
    return {
      summaries: newestFirst(summaries),
      limited: summaries.length >= query.limit,
      notes: [],
      hotspots: [],
    };
  }

  async function inRange(text: string, query: TraceQuery, signal: AbortSignal): Promise<SearchResult> {
    try {
      return await asked(text, query, query.fromMs, signal);
    } catch (error) {
      const longest = longestRange(error);
      if (longest === undefined || query.toMs - query.fromMs <= longest) throw error;
      const fromMs = Math.ceil(query.toMs / 1000) * 1000 - longest;
      const found = await asked(text, query, fromMs, signal);
      const note = `Tempo searches ${rangeText(longest)} at most: only the last ${rangeText(longest)} of the time range were searched.`;
      return { ...found, notes: [note, ...found.notes] };
    }
  }

  async function newest(typed: string, query: TraceQuery, signal: AbortSignal): Promise<SearchResult> {
    const text = typed === "" ? traceqlSearch(query) : typed;
    if (/\bwith\s*\(/.test(typed)) return inRange(text, query, signal);
    try {
      return await inRange(text + newestHint, query, signal);
    } catch (error) {
      if (!hasCode(error, "query")) throw error;
      return inRange(text, query, signal);
    }
  }

  return async (query: TraceQuery, signal: AbortSignal): Promise<SearchResult> => {
    const typed = query.text?.trim() ?? "";
    const found = await newest(typed, query, signal);
    return metricsFunction.test(typed) ? { ...found, notes: [metricsNote, ...found.notes] } : found;
  };
}

function isEmpty(answer: object): boolean {
  return Object.keys(answer).length === 0;
}

/** Times in whole seconds, both of them: with one alone, or none, Tempo looks at recent traces only. */
function parameters(text: string, query: TraceQuery, fromMs: number): Query {
  const start = Math.max(0, Math.floor(fromMs / 1000));
  return [
    ["q", text],
    ["start", String(start)],
    ["end", String(Math.max(start + 1, Math.ceil(query.toMs / 1000)))],
    ["limit", String(Math.max(1, query.limit))],
    ["spss", "1"],
  ];
}
