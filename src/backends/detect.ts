import { parseTraceReferences } from "../model/traceReference.ts";
import { hasCode } from "./absence.ts";
import type { Backend, BackendIo } from "./backend.ts";
import { datadogSite } from "./datadogSite.ts";
import type { DetectedUrl } from "./detectedUrl.ts";
import { grafanaPage } from "./grafanaPage.ts";
import { backends } from "./index.ts";

/** A backend that answered, or one that a pasted URL leads to. */
export interface Detected {
  readonly kind: string;
  readonly url: string;
}

/** One that answered, and what it said of itself. */
export interface Answering extends Detected {
  readonly says: string;
}

const hosts = ["localhost", "127.0.0.1", "[::1]"];
const patienceMs = 2_000;

/**
 * The backends that answer on their usual ports of this machine, one a port. Nothing secret is sent. Rejects only with the
 * signal's reason.
 */
export async function detectLocal(
  signal: AbortSignal,
  io: Pick<BackendIo, "log">,
  list: readonly Backend[] = backends,
): Promise<readonly Answering[]> {
  const ports = list.flatMap((backend) => backend.localPorts.map((port) => ({ backend, port })));
  const found = await Promise.all(
    ports.map(async ({ backend, port }) => {
      const asked = hosts.map((host) => answering(backend, `http://${host}:${port}`, signal, io));
      return (await Promise.all(asked)).find((answer) => answer !== undefined);
    }),
  );
  signal.throwIfAborted();
  return found.filter((answer) => answer !== undefined);
}

async function answering(
  backend: Backend,
  url: string,
  signal: AbortSignal,
  io: Pick<BackendIo, "log">,
): Promise<Answering | undefined> {
  const source = backend.connect(
    { name: url, kind: backend.kind, url, headers: {}, tenant: "", auth: "none", user: "" },
    {
      secret: async () => undefined,
      decode: () => Promise.reject(new Error("not asked for")),
      log: () => {},
    },
  );
  try {
    const says = await source.test(AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
    io.log(`Found ${says}`);
    return { kind: backend.kind, url, says };
  } catch (error) {
    // One that keeps traces by tenant is there, and says so.
    if (hasCode(error, "tenant")) return { kind: backend.kind, url, says: error.message };
    // Nothing there, or something else: both are what most ports have.
    return undefined;
  } finally {
    source.dispose();
  }
}

/** Pages and API paths of a Jaeger; what is before them is its base path. */
const jaegerPages =
  /^(.*?)\/(?:search|trace|dependencies|monitor|system-architecture|quality-metrics|api)(?:\/.*)?$/;

/** Pages and API paths of a Zipkin. Other servers have an /api/v2 as well, so only the paths that are Zipkin's count. */
const zipkinPages =
  /^(.*?)\/(?:zipkin(?:\/.*)?|api\/v2\/(?:services|spans|remoteServices|traces|traceMany|trace\/.*|dependencies|autocompleteKeys|autocompleteValues)\/?)$/;

/** API paths of a Tempo that no other has. */
const tempoPages =
  /^(.*?)\/api\/(?:v2\/(?:traces\/[^/]+|search\/.*)|search(?:\/.*)?|echo|status\/buildinfo|metrics\/(?:query|query_range)|overrides)\/?$/;

/** A host or the last part of a path that is named for Tempo. */
const tempoNames = /(?:^|\/\/|\/)tempo(?:[-.][^/]*|:\d+)?\/?$|\/\/tempo[-.:]/i;

/**
 * The base URL that a pasted address leads to (of a trace, a search, the API, a Grafana, or a bare host:port) and its kind, still
 * to be tested; undefined when it is no web address. User name, password, query and fragment are dropped.
 */
export function detectUrl(text: string): DetectedUrl | undefined {
  const typed = text.trim();
  if (typed === "" || /\s/.test(typed)) return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  const site = datadogSite(url.hostname);
  if (site !== undefined) return { url: `https://api.${site}`, kind: "datadog" };
  const page = grafanaPage(url);
  if (page !== undefined) return page;
  const link = parseTraceReferences(address)[0];
  if (link?.kind !== undefined && link.kind !== "jaeger" && link.kind !== "grafana")
    return { url: (link.origin ?? url.origin).replace(/\/zipkin$/, ""), kind: link.kind };
  for (const [kind, pages] of [
    ["tempo", tempoPages],
    ["zipkin", zipkinPages],
    ["jaeger", jaegerPages],
  ] as const) {
    const base = pages.exec(url.pathname)?.[1];
    if (base === undefined) continue;
    const found = url.origin + base.replace(/\/+$/, "");
    // Jaeger's pages have the most common names.
    return { url: found, kind: kind === "jaeger" && tempoNames.test(found) ? "tempo" : kind };
  }
  const found = url.origin + url.pathname.replace(/\/+$/, "");
  return { url: found, kind: kindOfPort(url.port) ?? (tempoNames.test(found) ? "tempo" : undefined) };
}

function kindOfPort(port: string): string | undefined {
  return backends.find((backend) => backend.localPorts.includes(Number(port)))?.kind;
}
