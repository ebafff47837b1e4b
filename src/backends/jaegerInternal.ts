import type { Decode } from "./backend.ts";
import type { Http } from "./http.ts";
import { notJson } from "./httpError.ts";
import type { JaegerApi } from "./jaegerApi.ts";
import { operationNames } from "./jaegerOperations.ts";
import { internalQuery, internalTraceQuery } from "./jaegerQuery.ts";
import { readJaegerTrace } from "./jaegerTrace.ts";
import { list, member } from "./json.ts";
import { names } from "./nameList.ts";
import { searchTraces } from "./searchResult.ts";

/**
 * Jaeger's un-numbered JSON API: all there is before v3, and gone but for `/api/traces/{id}` after v2.20. A path that a
 * server lacks gives the code "notFound" or, before v2.16, a web page with status 200: "notJson".
 */
export function jaegerInternal(http: Http, decode: Decode): JaegerApi {
  async function envelope(path: string, query: readonly [string, string][], signal: AbortSignal) {
    const data = member(await http.json(path, query, signal), "data");
    const found = list(data);
    if (data === undefined || found === undefined) throw notJson(http.peer, "JSON of another kind");
    return found;
  }

  return {
    form: "internal API",

    services: async (signal) => names(await envelope("/api/services", [], signal)),

    // Not /api/services/{service}/operations: that unescapes the name twice, so a + or % in it is lost.
    async operations(service, kind, signal) {
      const query: [string, string][] = [["service", service]];
      if (kind !== "") query.push(["spanKind", kind]);
      return operationNames(await envelope("/api/operations", query, signal), kind);
    },

    search: (query, signal) =>
      searchTraces(http, { path: "/api/traces", query: internalQuery(query) }, query, decode, signal),

    trace: (id, window, request, signal) =>
      readJaegerTrace(
        http,
        `/api/traces/${encodeURIComponent(id)}`,
        internalTraceQuery(window),
        decode,
        request,
        signal,
      ),
  };
}
