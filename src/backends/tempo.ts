import type { Backend, BackendIo, Connection, TraceSource } from "./backend.ts";
import { exploreLink, grafanaOrgHeader, grafanaProxy } from "./grafanaProxy.ts";
import { createHttp } from "./http.ts";
import { onServerClock } from "./httpClock.ts";
import type { HttpLimits } from "./httpLimits.ts";
import { servicesText } from "./nameList.ts";
import { sourcedTrace } from "./sourcedTrace.ts";
import { tempoHttp } from "./tempoErrors.ts";
import { tempoHotspots } from "./tempoHotspots.ts";
import { tempoIdentity } from "./tempoIdentity.ts";
import { tempoSearch } from "./tempoSearch.ts";
import { tempoTags } from "./tempoTags.ts";
import { partialNote, tempoTraces } from "./tempoTrace.ts";

export const tempo: Backend = {
  kind: "tempo",
  label: "Grafana Tempo",
  localPorts: [3200],
  connect: connectTempo,
};

const names = { label: tempo.label, tenantHeader: "x-scope-orgid" };

const can = {
  services: true,
  operations: true,
  searchWithoutService: true,
  tags: true,
  duration: true,
  timeRange: true,
  limit: true,
  spanKinds: true,
  remoteServices: true,
  language: "traceql",
  latencyByLine: true,
} as const;

/**
 * A Grafana Tempo 2.x or 3.x, on its own, behind a sub-path, in Grafana Cloud (basic authentication), or through the
 * data-source proxy of a Grafana. What an older one lacks is found out by asking.
 */
export function connectTempo(
  connection: Connection,
  io: BackendIo,
  limits?: Partial<HttpLimits>,
): TraceSource {
  const http = tempoHttp(createHttp(connection, io, names, limits));
  const { peer } = http;
  const tags = tempoTags(http, io.now);
  const traces = tempoTraces(http, io.decode);
  const search = tempoSearch(http);
  const proxy = grafanaProxy(peer.address);

  return {
    connection,
    can,

    async test(signal) {
      const found = await tags.services(signal);
      const name = await tempoIdentity(http, signal);
      return `${name} at ${peer.address}: ${servicesText(found)}`;
    },

    services: tags.services,

    operations: (service, signal, kind) => tags.operations(service, kind ?? "", signal),

    remoteServices: tags.remoteServices,

    search: (query, signal) => onServerClock(http, query, (timed) => search(timed, signal)),

    async trace(id, signal, onProgress) {
      const wanted = id.trim().toLowerCase().padStart(32, "0");
      const request = { traceId: wanted, want: "trace", label: tempo.label, onProgress } as const;
      const found = await traces.read(wanted, request, signal);
      const sourced = sourcedTrace(peer, wanted, found?.decoded);
      if (found === undefined || !(found.partial || found.message !== "")) return sourced;
      return { ...sourced, partial: found.partial, notes: [partialNote(found), ...(sourced.notes ?? [])] };
    },

    hotspots: tempoHotspots(http, io.log),
    attributeNames: tags.attributeNames,
    attributeValues: tags.attributeValues,

    link: (id) =>
      proxy === undefined ? undefined : exploreLink(proxy, id.trim().toLowerCase(), orgOf(connection)),

    dispose: () => http.dispose(),
  };
}

function orgOf(connection: Connection): string {
  const org = Object.entries(connection.headers).find(
    ([name]) => name.toLowerCase() === grafanaOrgHeader.toLowerCase(),
  );
  return org?.[1] ?? "";
}
