import { isAbsent } from "./absence.ts";
import type { Backend, BackendIo, Connection, DecodeRequest, TraceSource } from "./backend.ts";
import { createHttp } from "./http.ts";
import { notJson } from "./httpError.ts";
import type { HttpLimits } from "./httpLimits.ts";
import { names, servicesText } from "./nameList.ts";
import { searchTraces } from "./searchResult.ts";
import { readTrace, sourcedTrace } from "./sourcedTrace.ts";
import { zipkinIdentity } from "./zipkinIdentity.ts";
import { zipkinQuery } from "./zipkinQuery.ts";

export const zipkin: Backend = {
  kind: "zipkin",
  label: "Zipkin",
  localPorts: [9411],
  connect: connectZipkin,
};

const can = {
  services: true,
  operations: true,
  searchWithoutService: true,
  tags: true,
  duration: true,
  timeRange: true,
  limit: true,
};

/** Where the API may be below the base URL: at its root, or where the web page has it, which proxies often pass alone. */
const prefixes = ["", "/zipkin"] as const;
type Prefix = (typeof prefixes)[number];

/** A Zipkin 2.x or 3.x, or what answers in its stead, by API v2. Zipkin has no tenants: none is sent. */
export function connectZipkin(
  connection: Connection,
  io: BackendIo,
  limits?: Partial<HttpLimits>,
): TraceSource {
  const http = createHttp(connection, io, { label: zipkin.label, tenantHeader: "" }, limits);
  const { peer } = http;
  let known: Prefix | undefined;

  async function list(path: string, parameters: readonly [string, string][], signal: AbortSignal) {
    const answer = await http.json(path, parameters, signal);
    const isList = Array.isArray(answer) && answer.every((name) => typeof name === "string");
    if (!isList) throw notJson(peer, "JSON of another kind");
    return names(answer);
  }

  const servicesAt = (prefix: Prefix, signal: AbortSignal) => list(`${prefix}/api/v2/services`, [], signal);

  /** The services, from the place where the API is. */
  async function firstServices(signal: AbortSignal): Promise<readonly string[]> {
    let first: unknown;
    for (const prefix of prefixes) {
      try {
        const found = await servicesAt(prefix, signal);
        known = prefix;
        return found;
      } catch (error) {
        if (!isAbsent(error)) throw error;
        if (first === undefined || error.code === "notJson") first = error;
      }
    }
    if (isAbsent(first) && first.code === "notJson") throw first;
    throw notJson(peer, "“not found” to Zipkin's API v2. Is the path in the URL right?");
  }

  /** Asked for by a person again and again, so this is where a server that was replaced is noticed. */
  async function services(signal: AbortSignal): Promise<readonly string[]> {
    if (known === undefined) return firstServices(signal);
    try {
      return await servicesAt(known, signal);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      return firstServices(signal);
    }
  }

  async function api(signal: AbortSignal): Promise<string> {
    if (known === undefined) await firstServices(signal);
    return `${known ?? ""}/api/v2`;
  }

  return {
    connection,
    can,

    async test(signal) {
      const found = await firstServices(signal);
      const name = await zipkinIdentity(http, signal);
      return `${name} at ${peer.address}: ${servicesText(found)}`;
    },

    services,

    operations: async (service, signal) =>
      list(`${await api(signal)}/spans`, [["serviceName", service.toLowerCase()]], signal),

    async search(query, signal) {
      const parameters = zipkinQuery(query);
      const request = { path: `${await api(signal)}/traces`, query: parameters };
      return searchTraces(http, request, query, io.decode, signal);
    },

    async trace(id, signal, onProgress) {
      const wanted = normalId(id);
      const path = `${await api(signal)}/trace/${encodeURIComponent(wanted)}`;
      const request = { traceId: wanted, want: "trace", label: zipkin.label, onProgress } as const;
      const read = (one: DecodeRequest) => readTrace(http, path, io.decode, one, signal);
      let decoded = await read(request);
      // A Zipkin that goes by the last 64 bits answers with spans of either length, perhaps none of the length asked for.
      if (decoded !== undefined && decoded.trace === undefined)
        decoded = await read({ ...request, traceId: "" });
      const sourced = sourcedTrace(peer, wanted, decoded);
      if (sourced.siblings.length < 2) return sourced;
      const others = sourced.siblings.filter(({ traceId }) => traceId !== sourced.trace.traceId);
      const notes = others.map(
        ({ traceId, spans }) =>
          `Zipkin has ${spans === 1 ? "another span" : `${spans} other spans`} of this trace under the ID ${normalId(traceId)}.`,
      );
      return { ...sourced, notes: [...(sourced.notes ?? []), ...notes] };
    },

    link: (id) =>
      `${peer.address.replace(/\/zipkin$/, "")}/zipkin/traces/${encodeURIComponent(normalId(id))}`,

    dispose: () => http.dispose(),
  };
}

/** An id as Zipkin keeps it: 16 lower-case hex digits, or 32 when the first half is not zero. */
function normalId(id: string): string {
  const digits = id.trim().toLowerCase().replace(/^0+/, "");
  return digits.padStart(digits.length > 16 ? 32 : 16, "0");
}
