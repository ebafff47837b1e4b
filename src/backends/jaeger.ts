import { UserError } from "../base/userError.ts";
import { hasCode, isAbsent } from "./absence.ts";
import type { Backend, BackendIo, Connection, SearchResult, TraceQuery, TraceSource } from "./backend.ts";
import { createHttp } from "./http.ts";
import { notJson } from "./httpError.ts";
import type { HttpLimits } from "./httpLimits.ts";
import type { JaegerApi } from "./jaegerApi.ts";
import { jaegerInternal } from "./jaegerInternal.ts";
import { jaegerV3 } from "./jaegerV3.ts";
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
  const http = createHttp(connection, io, names, limits);
  const v3 = jaegerV3(http, io.decode);
  const internal = jaegerInternal(http, io.decode);
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

  return {
    connection,
    can,

    async test(signal) {
      const found = await firstServices(signal);
      return `${who}, ${(known ?? v3).form}, ${servicesText(found)}`;
    },

    services,

    operations: async (service, signal) => (await api(signal)).operations(service, signal),

    async search(query, signal) {
      if (query.service === "") {
        throw new UserError("Jaeger searches within one service: choose a service.", {
          code: "serviceNeeded",
        });
      }
      const form = await api(signal);
      const byTags = form === v3 && query.tags.size > 0 ? await searchByTags(query, signal) : undefined;
      return byTags ?? form.search(query, signal);
    },

    async trace(id, signal, onProgress) {
      const wanted = id.trim().toLowerCase();
      const request = { traceId: wanted, want: "trace", label: jaeger.label, onProgress } as const;
      const decoded = await (await api(signal)).trace(wanted, request, signal);
      return sourcedTrace(http.peer, wanted, decoded);
    },

    link: (id) => `${http.peer.address}/trace/${encodeURIComponent(id)}`,

    dispose: () => http.dispose(),
  };
}
