import { UserError } from "../base/userError.ts";
import { hasCode, isAbsent } from "./absence.ts";
import type { Backend, BackendIo, Connection, TraceSource } from "./backend.ts";
import { createHttp } from "./http.ts";
import { onServerClock } from "./httpClock.ts";
import { notJson } from "./httpError.ts";
import type { HttpLimits } from "./httpLimits.ts";
import { names, servicesText } from "./nameList.ts";
import { searchTraces } from "./searchResult.ts";
import { zipkinDependencies } from "./zipkinDependencies.ts";
import { isSearchOff, zipkinIdentity } from "./zipkinIdentity.ts";
import { zipkinId } from "./zipkinIds.ts";
import { zipkinTraceMany } from "./zipkinMany.ts";
import { zipkinQuery } from "./zipkinQuery.ts";
import { zipkinTraces } from "./zipkinTrace.ts";

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
  remoteServices: true,
  dependencies: true,
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
  const byId = zipkinTraces(http, io.decode);
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

  async function namesAt(path: string, query: readonly [string, string][], signal: AbortSignal) {
    return list(`${await api(signal)}/${path}`, query, signal);
  }

  /** Nothing that was found is looked into: it may be that there is nothing to look in. */
  async function mustSearch(signal: AbortSignal): Promise<void> {
    if (!(await isSearchOff(http, signal))) return;
    throw new UserError(
      `Search is switched off on ${peer.label} at ${peer.address} (SEARCH_ENABLED=false). Traces open by their ID.`,
      { code: "searchOff" },
    );
  }

  return {
    connection,
    can,

    async test(signal) {
      const found = await firstServices(signal);
      const name = await zipkinIdentity(http, signal);
      const isOff = found.length === 0 && (await isSearchOff(http, signal));
      const has = isOff ? "search is switched off there, traces open by ID" : servicesText(found);
      return `${name} at ${peer.address}: ${has}`;
    },

    async services(signal) {
      const found = await services(signal);
      if (found.length === 0) await mustSearch(signal);
      return found;
    },

    operations: (service, signal) => namesAt("spans", [["serviceName", service.toLowerCase()]], signal),

    remoteServices: (service, signal) =>
      namesAt("remoteServices", [["serviceName", service.toLowerCase()]], signal),

    async search(query, signal) {
      // Before anything is sent: it may be a query that Zipkin cannot be asked.
      zipkinQuery(query);
      const path = `${await api(signal)}/traces`;
      const found = await onServerClock(http, query, (timed) =>
        searchTraces(http, { path, query: zipkinQuery(timed) }, timed, io.decode, signal),
      );
      if (found.summaries.length === 0) await mustSearch(signal);
      return found;
    },

    trace: async (id, signal, onProgress) => byId.read(await api(signal), id, signal, onProgress),

    async traces(ids, signal) {
      const at = await api(signal);
      return zipkinTraceMany(http, io.decode, at, ids, (id) => byId.read(at, id, signal), signal);
    },

    dependencies: async (range, signal) => zipkinDependencies(http, await api(signal), range, signal),

    // A Zipkin before 2.4 has neither.
    attributeNames: (signal) => namesAt("autocompleteKeys", [], signal).catch(noNames),
    attributeValues: (name, signal) => namesAt("autocompleteValues", [["key", name]], signal).catch(noNames),

    link: (id) =>
      `${peer.address.replace(/\/zipkin$/, "")}/zipkin/traces/${encodeURIComponent(zipkinId(id))}`,

    dispose: () => http.dispose(),
  };
}

function noNames(error: unknown): readonly string[] {
  if (hasCode(error, "notFound")) return [];
  throw error;
}
