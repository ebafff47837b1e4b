import { UserError } from "../base/userError.ts";
import { hasCode, isAbsent } from "./absence.ts";
import type {
  Backend,
  BackendIo,
  Connection,
  SearchResult,
  SourcedTrace,
  TraceQuery,
  TraceSource,
} from "./backend.ts";
import { createHttp } from "./http.ts";
import { onServerClock } from "./httpClock.ts";
import { notJson } from "./httpError.ts";
import type { HttpLimits } from "./httpLimits.ts";
import type { JaegerApi } from "./jaegerApi.ts";
import { jaegerDependencies } from "./jaegerDependencies.ts";
import { errorSearch, wantsErrors } from "./jaegerErrors.ts";
import { jaegerInternal } from "./jaegerInternal.ts";
import { kindSearch } from "./jaegerKind.ts";
import { searchedTags } from "./jaegerQuery.ts";
import { tracesSeen } from "./jaegerSeen.ts";
import { withTenantErrors } from "./jaegerTenant.ts";
import { jaegerV3 } from "./jaegerV3.ts";
import { jaegerVersion } from "./jaegerVersion.ts";
import { servicesText } from "./nameList.ts";
import { sourcedTrace } from "./sourcedTrace.ts";

export const jaeger: Backend = {
  kind: "jaeger",
  label: "Jaeger",
  localPorts: [16686],
  connect: connectJaeger,
};

const names = { label: jaeger.label, tenantHeader: "x-tenant" };

const can = {
  services: true,
  operations: true,
  searchWithoutService: false,
  tags: true,
  duration: true,
  timeRange: true,
  limit: true,
  spanKinds: true,
  dependencies: true,
};

/**
 * A Jaeger of any version. Which of its two APIs it has is found out by asking, once a connection: a server that lacks one
 * answers 404, or its web page with status 200.
 */
export function connectJaeger(
  connection: Connection,
  io: BackendIo,
  limits?: Partial<HttpLimits>,
): TraceSource {
  const http = withTenantErrors(createHttp(connection, io, names, limits), connection.tenant);
  const v3 = jaegerV3(http, io.decode);
  const internal = jaegerInternal(http, io.decode);
  const seen = tracesSeen();
  const byKind = kindSearch();
  const who = `${http.peer.label} at ${http.peer.address}`;
  let known: JaegerApi | undefined;
  let hasInternalSearch = true;

  /** The services. Asked for by a person again and again, so this is where a server that was replaced is noticed. */
  async function services(signal: AbortSignal): Promise<readonly string[]> {
    if (known === undefined) return firstServices(signal);
    try {
      return await known.services(signal);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      hasInternalSearch = true;
      return firstServices(signal);
    }
  }

  /** The services, from the API that answers. */
  async function firstServices(signal: AbortSignal): Promise<readonly string[]> {
    try {
      const found = await v3.services(signal);
      known = v3;
      return found;
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const found = await internal.services(signal).catch((second) => {
        throw isAbsent(second) ? notJaeger(error, second) : second;
      });
      known = internal;
      return found;
    }
  }

  function notJaeger(first: unknown, second: unknown): UserError {
    if (hasCode(second, "notJson")) return second;
    if (hasCode(first, "notJson")) return first;
    return notJson(http.peer, "“not found” to both of Jaeger's APIs. Is the path in the URL right?");
  }

  async function api(signal: AbortSignal): Promise<JaegerApi> {
    if (known === undefined) await firstServices(signal);
    return known ?? v3;
  }

  /** v3 servers before v2.19 ignore tags without a word, and all of them have the internal search, which does not. */
  async function searchByTags(query: TraceQuery, signal: AbortSignal): Promise<SearchResult | undefined> {
    if (!hasInternalSearch) return undefined;
    try {
      return await internal.search(query, signal);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      hasInternalSearch = false;
      return undefined;
    }
  }

  /** A search of a store that may not have to do with kinds. */
  async function searchOnce(form: JaegerApi, query: TraceQuery, signal: AbortSignal): Promise<SearchResult> {
    const hasTags = searchedTags(query).size > 0;
    const byTags = form === v3 && hasTags ? await searchByTags(query, signal) : undefined;
    return byTags ?? form.search(query, signal);
  }

  return {
    connection,
    can,

    async test(signal) {
      const found = await firstServices(signal);
      const form = known ?? v3;
      const version = await jaegerVersion(http, form === v3, signal);
      return [who, version, form.form, servicesText(found)].filter((part) => part !== "").join(", ");
    },

    services,

    operations: async (service, signal, kind = "") => (await api(signal)).operations(service, kind, signal),

    async search(query, signal) {
      if (query.service === "") {
        throw new UserError("Jaeger searches within one service: choose a service.", {
          code: "serviceNeeded",
        });
      }
      const form = await api(signal);
      const found = await onServerClock(http, query, (timed) => {
        const once = (one: TraceQuery) => searchOnce(form, one, signal);
        const ask = (one: TraceQuery) => (wantsErrors(one) ? errorSearch(one, once) : once(one));
        if (!timed.spanKind) return ask(timed);
        const ofKind = () => form.operations(timed.service, timed.spanKind ?? "", signal);
        return byKind.search(timed, ask, ofKind);
      }).catch((error) => {
        throw depthRefused(error, query.limit);
      });
      seen.add(found.summaries);
      return found;
    },

    async trace(id, signal, onProgress): Promise<SourcedTrace> {
      const wanted = id.trim().toLowerCase();
      const request = { traceId: wanted, want: "trace", label: jaeger.label, onProgress } as const;
      const form = await api(signal);
      const window = seen.window(wanted);
      let found = await form.trace(wanted, undefined, request, signal);
      // Elasticsearch looks at the last three days by itself; asked for a time first, it would leave out spans beyond it.
      if (found === undefined && window !== undefined)
        found = await form.trace(wanted, window, request, signal);
      if (found === undefined && window !== undefined) throw droppedSince(who, wanted);
      const sourced = sourcedTrace(http.peer, wanted, found?.decoded);
      return {
        ...sourced,
        notes: [...(found?.notes ?? []), ...(sourced.notes ?? [])],
        partial: found?.partial === true,
      };
    },

    dependencies: (range, signal) => jaegerDependencies(http, range, signal),

    link: (id) => `${http.peer.address}/trace/${encodeURIComponent(id.trim())}`,

    dispose: () => http.dispose(),
  };
}

function droppedSince(who: string, id: string): UserError {
  return new UserError(
    `${who} does not have the trace ${id} any more: it was found by a search and has been dropped since.`,
    { code: "notFound", action: "retry" },
  );
}

/** The store in memory refuses a search for more traces than it keeps, with a failure of its own. */
function depthRefused(error: unknown, limit: number): unknown {
  if (!(error instanceof UserError) || !/search depth must be/i.test(error.message)) return error;
  return new UserError(
    `Jaeger keeps fewer traces than the ${limit} that the search asks for. Set a lower limit.`,
    { code: "query", cause: error },
  );
}
