import { unescaped } from "../base/unescaped.ts";
import type { DetectedUrl } from "./detectedUrl.ts";
import { grafanaOrgHeader, grafanaProxyUrl } from "./grafanaProxy.ts";
import { list, member } from "./json.ts";

/** Kinds of data sources that are backends here, by the names Grafana has for them. */
export const grafanaKinds: readonly string[] = ["tempo", "jaeger", "zipkin"];

/** Grafana's pages by their paths; what is before them is its base path. */
const pages =
  /^(.*?)\/(?:explore|dashboards?|d\/[^/]+|d-solo\/[^/]+|a\/grafana-[\w-]+|connections(?:\/datasources)?|datasources|api\/datasources|drilldown)(?:\/.*)?$/;
const proxyPath = /^(.*)\/api\/datasources\/proxy\/uid\/([^/]+)(\/.*)?$/;
const sourcePath = /^(.*?)\/(?:(?:connections\/)?datasources\/edit|api\/datasources\/uid)\/([^/]+)(?:\/.*)?$/;

/**
 * What a page, a link or an API path of a Grafana leads to: a data source's proxy where the link says which one and of what
 * kind, else the Grafana, to choose from; undefined when the URL is no Grafana's as far as it shows.
 */
export function grafanaPage(url: URL): DetectedUrl | undefined {
  const org = url.searchParams.get("orgId") ?? "";
  const headers = /^\d{1,9}$/.test(org) ? { headers: { [grafanaOrgHeader]: org } } : {};
  const through = (base: string, uid: string, kind: string | undefined): DetectedUrl => ({
    url: grafanaProxyUrl({ grafana: url.origin + base, uid }),
    kind,
    ...headers,
  });

  const proxy = proxyPath.exec(url.pathname);
  if (proxy !== null) return through(proxy[1], unescaped(proxy[2]), kindOfApi(proxy[3] ?? ""));
  const source = sourcePath.exec(url.pathname);
  if (source !== null) {
    return {
      url: url.origin + source[1],
      kind: undefined,
      ...headers,
      grafana: { uid: unescaped(source[2]) },
    };
  }
  const page = pages.exec(url.pathname);
  const isRoot =
    url.pathname === "/" && (url.port === "3000" || /^(?!tempo-).+\.grafana\.net$/.test(url.hostname));
  if (page === null && !isRoot) return undefined;
  const base = page?.[1] ?? "";
  const named = sourceOf(url);
  if (named?.kind !== undefined) return through(base, named.uid, named.kind);
  const grafana = named === undefined ? {} : { uid: named.uid };
  return { url: url.origin + base, kind: undefined, ...headers, grafana };
}

interface NamedSource {
  readonly uid: string;
  readonly kind: string | undefined;
}

/** The data source that a link of Explore or of the traces app names: one of traces where there are several. */
function sourceOf(url: URL): NamedSource | undefined {
  const found: NamedSource[] = [];
  const traces = url.searchParams.get("var-ds");
  if (traces !== null && /\/grafana-exploretraces-app/.test(url.pathname))
    return { uid: traces, kind: "tempo" };
  for (const name of ["panes", "left", "right"]) found.push(...sourcesIn(parsed(url.searchParams.get(name))));
  return found.find(({ kind }) => kind !== undefined) ?? found[0];
}

/** `panes` is an object of panes; `left` and `right` are one pane each, of older versions. */
function sourcesIn(state: unknown): NamedSource[] {
  if (typeof state !== "object" || state === null) return [];
  const panes = Array.isArray(state) || "queries" in state ? [state] : Object.values(state);
  return panes.flatMap((pane) => {
    const queries = (list(member(pane, "queries")) ?? []).map((query) => member(query, "datasource"));
    return [...queries, member(pane, "datasource")].flatMap((source) => {
      const uid = typeof source === "string" ? source : member(source, "uid");
      const type = member(source, "type");
      if (typeof uid !== "string" || !/^[\w-]{1,60}$/.test(uid)) return [];
      return [{ uid, kind: grafanaKinds.find((kind) => kind === type) }];
    });
  });
}

/** What the path behind a proxy shows of the backend behind it. */
function kindOfApi(path: string): string | undefined {
  if (/^\/api\/(?:search|echo|v2\/(?:search|traces\/)|metrics\/query)/.test(path)) return "tempo";
  if (/^\/api\/v2\/(?:services|spans|trace\/|traces$)/.test(path)) return "zipkin";
  if (/^\/api\/(?:v3\/|services|operations|dependencies)/.test(path)) return "jaeger";
  return undefined;
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
