import { UserError } from "../base/userError.ts";
import { hasCode } from "./absence.ts";
import type { Decode, SearchResult, TraceQuery } from "./backend.ts";
import type { Http } from "./http.ts";
import { notJson } from "./httpError.ts";
import type { JaegerApi } from "./jaegerApi.ts";
import { operationNames } from "./jaegerOperations.ts";
import { v3Query, v3TraceQuery } from "./jaegerQuery.ts";
import { jaegerSummaries } from "./jaegerSummaries.ts";
import { readJaegerTrace } from "./jaegerTrace.ts";
import { list, member } from "./json.ts";
import { names } from "./nameList.ts";
import { newestFirst, noTraces, searchTraces } from "./searchResult.ts";

/** Jaeger's supported HTTP API, `/api/v3`: OTLP JSON, and a 404 where there is nothing to answer. */
export function jaegerV3(http: Http, decode: Decode): JaegerApi {
  async function array(path: string, query: readonly [string, string][], name: string, signal: AbortSignal) {
    const answer = await http.json(path, query, signal);
    const found = list(member(answer, name));
    // An empty list is left out, so {} is an answer; an object with other members is somebody else's.
    const known =
      typeof answer === "object" && answer !== null && Object.keys(answer).every((key) => key === name);
    if (found === undefined || !known) throw notJson(http.peer, "JSON of another kind");
    return found;
  }

  const whole = (query: TraceQuery, signal: AbortSignal) =>
    searchTraces(http, { path: "/api/v3/traces", query: v3Query(query) }, query, decode, signal);

  /** Without the spans, which are too much for one answer: no hotspots. Servers have it since v2.19. */
  async function inShort(query: TraceQuery, signal: AbortSignal): Promise<SearchResult> {
    const answer = await http.json("/api/v3/trace-summaries", v3Query(query), signal);
    const summaries = jaegerSummaries(answer);
    return {
      summaries: newestFirst(summaries),
      limited: summaries.length >= query.limit,
      notes: [
        "These traces are too large to be read all at once: they give no latencies by line until opened.",
      ],
      hotspots: [],
    };
  }

  return {
    form: "API v3",

    services: async (signal) => names(await array("/api/v3/services", [], "services", signal)),

    async operations(service, kind, signal) {
      const query: [string, string][] = [["service", service]];
      // 2.19 renamed it.
      if (kind !== "") query.push(["span_kind", kind], ["spanKind", kind]);
      return operationNames(await array("/api/v3/operations", query, "operations", signal), kind);
    },

    async search(query, signal) {
      try {
        return await whole(query, signal);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        if (error.code === "notFound") return noTraces;
        if (error.code !== "tooLarge") throw error;
        return await inShort(query, signal).catch((second) => {
          throw hasCode(second, "notFound") || hasCode(second, "status") ? error : second;
        });
      }
    },

    trace: (id, window, request, signal) =>
      readJaegerTrace(
        http,
        `/api/v3/traces/${encodeURIComponent(id)}`,
        v3TraceQuery(window),
        decode,
        request,
        signal,
      ),
  };
}
