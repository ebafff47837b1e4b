import { UserError } from "../base/userError.ts";
import { hasCode } from "./absence.ts";
import type { Backend, BackendIo, Connection, SearchResult, TraceQuery, TraceSource } from "./backend.ts";
import { datadogQuery, datadogTraceQuery } from "./datadogQuery.ts";
import { datadogPage, datadogSite } from "./datadogSite.ts";
import { datadogSpans } from "./datadogSpans.ts";
import { createHttp, type Query } from "./http.ts";
import { onServerClock } from "./httpClock.ts";
import { notJson } from "./httpError.ts";
import type { HttpLimits } from "./httpLimits.ts";
import { member } from "./json.ts";
import { names, servicesText } from "./nameList.ts";
import { newestFirst, noTraces } from "./searchResult.ts";
import { sourcedTrace } from "./sourcedTrace.ts";

export const datadog: Backend = {
  kind: "datadog",
  label: "Datadog",
  localPorts: [],
  secretHeaders: ["DD-API-KEY", "DD-APPLICATION-KEY"],
  connect: connectDatadog,
};

const can = {
  services: true,
  operations: true,
  searchWithoutService: true,
  tags: true,
  duration: true,
  timeRange: true,
  limit: true,
  spanKinds: true,
  // Of 300 answers an hour a third is left for what a person asks.
  restSeconds: 60,
};

/** Spans in one answer: the most that are allowed is 1,000, and 300 answers an hour. */
const pageSpans = 500;
/** Pages of one search, and of one trace. */
const searchPages = 3;
const tracePages = 20;

interface Page {
  readonly data: readonly unknown[];
  /** Leads to the next page; "" after the last one. */
  readonly cursor: string;
}

/**
 * Datadog's span search, read only: it answers single spans, of which it keeps a part, so traces may be incomplete. Names of
 * services and operations are those of the newest spans. Written after its documentation, not tried against the service.
 * Source: Datadog API v2, "Search spans".
 */
export function connectDatadog(
  connection: Connection,
  io: BackendIo,
  limits?: Partial<HttpLimits>,
): TraceSource {
  const http = createHttp(connection, io, { label: datadog.label, tenantHeader: "" }, limits);
  const { peer } = http;
  const who = `${peer.label} at ${peer.address}`;

  async function page(query: string, more: Query, signal: AbortSignal): Promise<Page> {
    refusePage(peer.address);
    const parameters: Query = [["filter[query]", query], ["sort", "-timestamp"], ...more];
    const answer = await http.json("/api/v2/spans/events", parameters, signal).catch((error: unknown) => {
      throw meant(error);
    });
    const data = member(answer, "data");
    if (!Array.isArray(data)) throw notJson(peer, "JSON of another kind");
    const cursor = member(member(member(answer, "meta"), "page"), "after");
    return { data, cursor: typeof cursor === "string" ? cursor : "" };
  }

  function meant(error: unknown): unknown {
    if (!hasCode(error, "notFound")) return error;
    const what =
      "“not found” to Datadog's API v2. Is it the address of an API, such as https://api.datadoghq.eu?";
    return notJson(peer, what);
  }

  /** Page after page, the next one asked for when the one before has been dealt with. */
  async function* pages(query: string, range: Query, signal: AbortSignal): AsyncGenerator<Page> {
    let cursor = "";
    do {
      const at: Query = cursor === "" ? [] : [["page[cursor]", cursor]];
      const one = await page(query, [...range, ["page[limit]", String(pageSpans)], ...at], signal);
      cursor = one.data.length === 0 ? "" : one.cursor;
      yield { data: one.data, cursor };
    } while (cursor !== "");
  }

  async function newest(query: string, name: string, signal: AbortSignal): Promise<readonly string[]> {
    const { data } = await page(
      query,
      [
        ["filter[from]", "now-1h"],
        ["filter[to]", "now"],
        ["page[limit]", String(pageSpans)],
      ],
      signal,
    );
    return names(data.map((span) => member(member(span, "attributes"), name)));
  }

  const services = (signal: AbortSignal) => newest("*", "service", signal);

  async function search(query: TraceQuery, signal: AbortSignal): Promise<SearchResult> {
    const range: Query = [
      ["filter[from]", new Date(query.fromMs).toISOString()],
      ["filter[to]", new Date(query.toMs).toISOString()],
    ];
    const data: unknown[] = [];
    let isCut = false;
    let asked = 0;
    for await (const one of pages(datadogQuery(query), range, signal)) {
      data.push(...one.data);
      isCut = one.cursor !== "";
      const traces = new Set(data.map((span) => member(member(span, "attributes"), "trace_id")));
      if (++asked === searchPages || traces.size > query.limit) break;
    }
    const { otlp, traceIds } = datadogSpans(data, "");
    if (traceIds.length === 0) return noTraces;
    const wanted = { traceId: "", want: "summaries", label: peer.label } as const;
    const found = await io.decode(bytesOf([otlp]), wanted, signal);
    const summaries = newestFirst(found.summaries);
    return {
      summaries: summaries.slice(0, query.limit),
      limited: isCut || summaries.length >= query.limit,
      notes: [
        "Datadog answers single spans: counts and durations are of the spans that were found.",
        ...found.notes,
      ],
      hotspots: [],
    };
  }

  return {
    connection,
    can,

    async test(signal) {
      const found = await services(signal);
      return `${who}: ${servicesText(found)} in the last hour. Not tried against the real service.`;
    },

    services,

    operations: (service, signal, kind) =>
      newest(
        datadogQuery({
          service,
          operation: "",
          tags: new Map(),
          minDurationNs: 0,
          maxDurationNs: 0,
          spanKind: kind,
        }),
        "resource_name",
        signal,
      ),

    search: (query, signal) => onServerClock(http, query, (timed) => search(timed, signal)),

    async trace(id, signal, onProgress) {
      const wanted = id.trim().toLowerCase().padStart(32, "0");
      const range: Query = [
        ["filter[from]", "now-30d"],
        ["filter[to]", "now"],
      ];
      let isCut = false;
      let hasSpans = false;

      /** Documents of a page each, so that no moment is spent on more. */
      async function* documents(): AsyncGenerator<string> {
        let asked = 0;
        for await (const one of pages(datadogTraceQuery(wanted), range, signal)) {
          const { otlp, traceIds } = datadogSpans(one.data, wanted);
          hasSpans ||= traceIds.length > 0;
          isCut = one.cursor !== "" && ++asked === tracePages;
          yield `${otlp}\n`;
          if (isCut) return;
        }
      }

      const request = { traceId: wanted, want: "trace", label: peer.label, onProgress } as const;
      const decoded = await io.decode(bytesOf(documents()), request, signal);
      const sourced = sourcedTrace(peer, wanted, hasSpans ? decoded : undefined);
      const kept = "Datadog keeps a part of the spans it gets, so some of this trace may be missing.";
      const cut = `Only the newest ${tracePages * pageSpans} spans of this trace were read.`;
      const notes = [...(isCut ? [cut] : []), kept, ...(sourced.notes ?? [])];
      return { ...sourced, notes, partial: isCut };
    },

    link: (id) => pageOf(peer.address, id),

    dispose: () => http.dispose(),
  };
}

async function* bytesOf(texts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield new TextEncoder().encode(text);
}

/** A site's web page looks like its API's address and answers something else. */
function refusePage(base: string): void {
  const { hostname } = new URL(base);
  const site = datadogSite(hostname);
  if (site === undefined || hostname === `api.${site}`) return;
  throw new UserError(`${base} is Datadog's web page. Its API is at https://api.${site}.`, {
    action: "editConnection",
    code: "url",
  });
}

/** Sites with a name of their own ("us3") have no "app." before it. */
function pageOf(base: string, id: string): string | undefined {
  const page = datadogPage(base);
  return page && `${page}/apm/trace/${encodeURIComponent(id.trim().toLowerCase())}`;
}
