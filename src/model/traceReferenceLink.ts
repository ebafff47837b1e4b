import { unescaped } from "../base/unescaped.ts";
import type { Found, TraceReference } from "./traceReference.ts";
import { decimalToHex, digitReferences, normalSpanId, normalTraceId } from "./traceReferenceId.ts";

type Kind = NonNullable<TraceReference["kind"]>;

interface Route {
  readonly kind: Kind | undefined;
  readonly form: string;
  /** Matches a decoded path: the base path, then what names the trace. */
  readonly path: RegExp;
  /** Matches the link's scheme and host, where only those have such pages. */
  readonly origin?: RegExp;
}

/** Any of its sites, whose pages are on another host than the API. */
const datadog = /^https:\/\/(?:[\w-]+\.)*(?:datadoghq\.(?:com|eu)|ddog-gov\.com)$/;

/** In the order in which they are tried. */
const routes: readonly Route[] = [
  { kind: undefined, form: "Datadog link", path: /^(.*)\/apm\/trace\/([^/]+)\/?$/, origin: datadog },
  { kind: "zipkin", form: "Zipkin API link", path: /^(.*)\/api\/v[12]\/trace\/([^/]+)\/?$/ },
  { kind: "jaeger", form: "Jaeger API link", path: /^(.*)\/api\/v3\/traces\/([^/]+)\/?$/ },
  { kind: "tempo", form: "Tempo API link", path: /^(.*)\/api\/v2\/traces\/([^/]+)\/?$/ },
  { kind: undefined, form: "API link", path: /^(.*)\/api\/traces\/([^/]+)\/?$/ },
  { kind: "zipkin", form: "Zipkin link", path: /^(.*?)(?:\/zipkin)?\/traces\/([^/]+)\/?$/ },
  { kind: "jaeger", form: "Jaeger link", path: /^(.*)\/trace\/([^/]+)\/?$/ },
];

/** Both Tempo and Jaeger have /api/traces/{id}: their usual ports tell them apart. */
const kindOfPort = new Map<string, Kind>([
  ["16686", "jaeger"],
  ["3200", "tempo"],
  ["9411", "zipkin"],
]);

interface Link {
  /** Scheme, host and port; "" when the scheme is the editor's. */
  readonly origin: string;
  readonly port: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
}

/** What links in a text name. A link that names no trace is claimed too, so that ids in it are not taken for traces. */
export function linkReferences(text: string): Found[] {
  const links = text.matchAll(
    /(?<=["'])(?:https?|vscode[a-z-]*|vscodium):\/\/[^\s"'<>`]+|\b(?:https?|vscode[a-z-]*|vscodium):\/\/(?:(?![,;]https?:\/\/)[^\s<>`])+/gi,
  );
  return [...links].map((match) => {
    const address = match[0].replace(/["'`)\].,;:]+$/, "");
    const link = parseLink(address);
    const references = link === undefined ? [] : referencesOf(link);
    return { start: match.index, end: match.index + match[0].length, references };
  });
}

function referencesOf(link: Link): TraceReference[] {
  const grafana = grafanaReferences(link);
  if (grafana.length > 0) return grafana;
  const span = spanIn(link);
  for (const route of routes) {
    const match = route.path.exec(link.path);
    if (match === null || route.origin?.test(link.origin) === false) continue;
    const origin = link.origin === "" ? undefined : link.origin + match[1];
    const kind = route.kind ?? kindOfPort.get(link.port);
    // Jaeger compares two traces at /trace/{id}...{id}.
    const references = match[2].split("...").flatMap((id) => idReferences(id));
    if (references.length === 0) continue;
    return references.map((reference) => ({
      ...reference,
      ...(span === undefined ? {} : { spanId: span }),
      ...(origin === undefined ? {} : { origin }),
      ...(kind === undefined || origin === undefined ? {} : { kind }),
      form: origin === undefined ? "editor link" : route.form,
    }));
  }
  return otherReferences(link, span);
}

function spanIn({ origin, query }: Link): string | undefined {
  const given = query.get("uiFind") ?? query.get("span") ?? query.get("spanId") ?? query.get("spanID");
  const isDecimal = given !== undefined && datadog.test(origin) && /^\d+$/.test(given);
  return normalSpanId(isDecimal ? decimalToHex(given, 64) : given);
}

/** Explore, dashboards and the drill-down app; the query is JSON of several shapes by version, where ids look the same. */
function grafanaReferences(link: Link): TraceReference[] {
  const page = /^(.*?)\/(?:explore|a\/grafana-[\w-]+|d)(?:\/.*)?$/.exec(link.path);
  if (page === null) return [];
  const state = `${link.query.get("left") ?? ""}\n${link.query.get("panes") ?? ""}\n${link.query.get("right") ?? ""}`;
  const ids = [...state.matchAll(/"(?:query|queryText|traceI[dD])"\s*:\s*"\s*([0-9a-fA-F]{8,32})\s*"/g)]
    .concat([...state.matchAll(/\btrace:id\s*=\s*\\?"([0-9a-fA-F]{8,32})/g)])
    .map((match) => match[1]);
  for (const name of ["traceId", "traceID", "var-traceId", "var-traceID"]) {
    const id = link.query.get(name);
    if (id !== undefined) ids.push(id);
  }
  const span = normalSpanId(
    /"spanId"\s*:\s*"([0-9a-fA-F]{16})"/.exec(state)?.[1] ?? link.query.get("spanId"),
  );
  return ids.flatMap((id) => {
    const traceId = normalTraceId(id);
    if (traceId === undefined) return [];
    const found = { traceId, origin: link.origin + page[1], kind: "grafana", form: "Grafana link" } as const;
    return [span === undefined ? found : { ...found, spanId: span }];
  });
}

/** A page of something else that names a trace in a parameter, or has 32 hex digits for a segment of its path. */
function otherReferences(link: Link, span: string | undefined): TraceReference[] {
  const ids: string[] = [];
  for (const [name, value] of link.query) {
    if (/^trace[_-]?id$/i.test(name)) ids.push(value);
  }
  if (ids.length === 0)
    ids.push(...link.path.split("/").filter((segment) => /^[0-9a-f]{32}$/i.test(segment)));
  return ids.flatMap(idReferences).map((reference) => ({
    ...reference,
    ...(span === undefined ? {} : { spanId: span }),
    ...(link.origin === "" ? {} : { origin: link.origin }),
    form: "link",
  }));
}

/** In a link an id is hex, leading zeros dropped or not; a decimal one is too long for that. */
function idReferences(id: string): TraceReference[] {
  const traceId = normalTraceId(id);
  if (traceId === undefined || /^\d{17,20}$/.test(id)) return digitReferences(id);
  return [{ traceId, form: "" }];
}

function parseLink(address: string): Link | undefined {
  const match = /^([a-z-]+):\/\/(?:[^/?#]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i.exec(address);
  if (match === null) return undefined;
  const scheme = match[1].toLowerCase();
  const host = match[2].toLowerCase();
  const query = new Map<string, string>();
  for (const pair of (match[4] ?? "").split("&")) {
    const at = pair.indexOf("=");
    if (at > 0) query.set(unescaped(pair.slice(0, at)), unescaped(pair.slice(at + 1).replaceAll("+", " ")));
  }
  // A page that routes by its fragment has the path there.
  const path = /^!?\//.test(match[5] ?? "") ? match[5].replace(/^!/, "").split("?")[0] : match[3];
  return {
    origin: scheme.startsWith("http") ? `${scheme}://${host}` : "",
    port: /:(\d+)$/.exec(host)?.[1] ?? "",
    path: unescaped(path).replace(/\/{2,}/g, "/"),
    query,
  };
}
