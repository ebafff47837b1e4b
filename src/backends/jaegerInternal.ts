import type { Decode } from "./backend.ts";
import type { Http } from "./http.ts";
import { notJson } from "./httpError.ts";
import type { JaegerApi } from "./jaegerApi.ts";
import { internalQuery } from "./jaegerQuery.ts";
import { list, member } from "./json.ts";
import { names } from "./nameList.ts";
import { searchTraces } from "./searchResult.ts";
import { readTrace } from "./sourcedTrace.ts";

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
    async operations(service, signal) {
      const found = await envelope("/api/operations", [["service", service]], signal);
      return names(found.map((operation) => member(operation, "name")));
    },

    search: (query, signal) =>
      searchTraces(http, { path: "/api/traces", query: internalQuery(query) }, query, decode, signal),

    trace: (id, request, signal) =>
      readTrace(http, `/api/traces/${encodeURIComponent(id)}`, decode, request, signal),
  };
}
