import type { Connection } from "../backends/backend.ts";
import { datadogSite } from "../backends/datadogSite.ts";
import { detectUrl } from "../backends/detect.ts";
import { parseTraceReferences, type TraceReference } from "../model/traceReference.ts";

/**
 * The connection that a link points at: one to the same server (scheme, host and port; of Datadog, the same site). Of several, such as data sources of
 * one Grafana, the one with the link's base path comes first, then one of its kind.
 */
export function linkedConnection(
  reference: TraceReference,
  text: string,
  connections: readonly Connection[],
): Connection | undefined {
  const server = serverOf(reference.origin);
  if (server === undefined) return undefined;
  const same = connections.filter(({ url }) => serverOf(url) === server);
  const bases = [detectUrl(linkOf(reference, text))?.url, reference.origin];
  return (
    same.find(({ url }) => bases.includes(url.replace(/\/+$/, ""))) ??
    same.find(({ kind }) => kind === reference.kind) ??
    same[0]
  );
}

/**
 * The link in a text that a reference was read from, whole; its base URL where there is none. It always leads to the server of
 * `reference.origin`, which is what the person is shown: a link that browsers would take to another is not followed whole.
 */
export function linkOf({ origin = "", traceId }: TraceReference, text: string): string {
  const links = text.match(/https?:\/\/[^\s"'<>`]+/gi) ?? [];
  const names = (link: string) =>
    parseTraceReferences(link).some((named) => named.traceId === traceId && named.origin === origin);
  return links.find((link) => originOf(link) === originOf(origin) && names(link)) ?? origin;
}

/** Datadog's pages and its API are on hosts of their own. */
function serverOf(url: string | undefined): string | undefined {
  const origin = originOf(url);
  const site = origin?.startsWith("https:") ? datadogSite(new URL(origin).hostname) : undefined;
  return site === undefined ? origin : `https://api.${site}`;
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}
