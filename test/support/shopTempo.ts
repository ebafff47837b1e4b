import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ofTraces,
  type ShopSpan,
  type ShopSpans,
  serviceOf,
  shopRecording,
  spansOf,
} from "./shopRecording.ts";

/** A server that answers like Tempo with the recorded traces of the sample shop, as far as its few words of TraceQL go. */
export interface ShopTempo {
  readonly url: string;
  /** Paths asked for so far, with their queries, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface ShopTempoWays {
  /** Whether it computes metrics; else it answers as a Tempo that has them turned off. */
  readonly metrics?: boolean;
}

interface Refusal {
  readonly status: number;
  readonly text: string;
}

/**
 * Starts the server on a free port of the loopback interface. It understands `resource.service.name = "…"`, `status = error` and
 * `duration > …`; a query with the text "refuse me" is refused where that stands.
 */
export async function startShopTempo(sample: string, ways: ShopTempoWays = {}): Promise<ShopTempo> {
  const all = await shopRecording(sample);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://shop");
    asked.push(decodeURIComponent(request.url ?? ""));
    const answer = answerTo(url, all, ways.metrics !== false);
    if ("status" in answer && "text" in answer) {
      response.writeHead(answer.status, { "content-type": "text/plain" }).end(answer.text);
    } else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(url: URL, all: readonly ShopSpans[], metrics: boolean): object | Refusal {
  const q = url.searchParams.get("q") ?? "{}";
  if (url.pathname === "/api/status/buildinfo") return { version: "3.0.1" };
  if (url.pathname === "/api/v2/search/tags") return { scopes: scopesOf(all) };
  const values = /^\/api\/v2\/search\/tag\/(.+)\/values$/.exec(url.pathname)?.[1];
  if (values !== undefined) return { tagValues: valuesOf(all, decodeURIComponent(values)) };
  if (url.pathname === "/api/search")
    return refusalOf(q) ?? searched(all, q, Number(url.searchParams.get("limit")));
  if (url.pathname === "/api/metrics/query_range")
    return metrics ? { series: seriesOf(all, q), metrics: {} } : { status: 404, text: "404 page not found" };
  const id = /^\/api\/v2\/traces\/([0-9a-f]+)$/.exec(url.pathname)?.[1];
  if (id === undefined) return { status: 404, text: "404 page not found" };
  return { resourceSpans: ofTraces(all, new Set([id.padStart(32, "0")])) };
}

function refusalOf(q: string): Refusal | undefined {
  const at = q.indexOf('"refuse me"');
  if (at < 0) return undefined;
  const before = q.slice(0, at).split("\n");
  const where = `line ${before.length}, col ${before[before.length - 1].length + 1}`;
  return {
    status: 400,
    text: `invalid TraceQL query: parse error at ${where}: syntax error: unexpected STRING`,
  };
}

function scopesOf(all: readonly ShopSpans[]): object[] {
  const keys = all.flatMap(spansOf).flatMap((span) => (span.attributes ?? []).map(({ key }) => key));
  return [
    { name: "resource", tags: ["service.name"] },
    { name: "span", tags: [...new Set(keys)] },
    { name: "intrinsic", tags: ["name", "status", "duration"] },
  ];
}

function valuesOf(all: readonly ShopSpans[], name: string): object[] {
  const found =
    name === "resource.service.name"
      ? all.map(serviceOf)
      : name === "name"
        ? all.flatMap(spansOf).map((span) => span.name)
        : [];
  return [...new Set(found)].map((value) => ({ type: "string", value }));
}

function searched(all: readonly ShopSpans[], q: string, limit: number): object {
  const service = /service\.name = "([^"]*)"/.exec(q)?.[1];
  const line = /code\.line\.number = (?:"\d+" \|\| span\.code\.line\.number = )?(\d+)/.exec(q)?.[1];
  const file = /code\.file\.path = "([^"]*)"/.exec(q)?.[1];
  const longer = /duration >=? ?(\d+)(ns|µs|us|ms|s)/.exec(q);
  const shortest = longer === null ? 0 : Number(longer[1]) * (msOfUnit.get(longer[2]) ?? 0);
  const found = new Map<string, ShopSpan[]>();
  for (const entry of all) {
    if (service !== undefined && serviceOf(entry) !== service) continue;
    for (const span of spansOf(entry)) {
      if (q.includes("status = error") && span.status?.code !== 2) continue;
      if (line !== undefined && textOf(span, "code.line.number") !== line) continue;
      if (file !== undefined && textOf(span, "code.file.path") !== file) continue;
      if (msOf(span) >= shortest) found.set(span.traceId, [...(found.get(span.traceId) ?? []), span]);
    }
  }
  const traces = [...found].slice(0, limit).map(([id, spans]) => summaryOf(all, id, spans));
  return { traces, metrics: {} };
}

function summaryOf(all: readonly ShopSpans[], id: string, matched: readonly ShopSpan[]): object {
  const entries = ofTraces(all, new Set([id]));
  const serviceStats: Record<string, { spanCount: number; errorCount: number }> = {};
  let root = { service: "", name: "", start: "", ms: 0 };
  for (const entry of entries) {
    const spans = spansOf(entry);
    const stats = serviceStats[serviceOf(entry)] ?? { spanCount: 0, errorCount: 0 };
    stats.spanCount += spans.length;
    stats.errorCount += spans.filter((span) => span.status?.code === 2).length;
    serviceStats[serviceOf(entry)] = stats;
    const first = spans.find((span) => (span.parentSpanId ?? "") === "");
    if (first !== undefined)
      root = { service: serviceOf(entry), name: first.name, start: first.startTimeUnixNano, ms: msOf(first) };
  }
  return {
    traceID: id.replace(/^0+/, ""),
    rootServiceName: root.service,
    rootTraceName: root.name,
    startTimeUnixNano: root.start,
    durationMs: Math.round(root.ms),
    serviceStats,
    spanSets: [
      {
        matched: matched.length,
        spans: matched.slice(0, 5).map((span) => ({
          spanID: span.spanId,
          startTimeUnixNano: span.startTimeUnixNano,
          durationNanos: String(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)),
        })),
      },
    ],
  };
}

/** Tempo's answer of counts, errors and durations, for the newer names of attributes: 100 times what was recorded. */
function seriesOf(all: readonly ShopSpans[], q: string): object[] {
  const tail = /span\.code\.file\.path =~ "\(\.\*\[\/\\\\\\\\\]\)\?([^"]*)"/.exec(q)?.[1];
  if (tail === undefined) return [];
  const name = tail.replace(/\\\\/g, "").replace(/\[\/\]/g, "/");
  const groups = new Map<string, { labels: object[]; ms: number[] }>();
  for (const entry of all) {
    for (const span of spansOf(entry)) {
      const said = new Map(span.attributes?.map(({ key, value }) => [key, value]));
      if (
        !textOf(span, "code.file.path").endsWith(`/${name}`) ||
        (q.includes("status = error") && span.status?.code !== 2)
      )
        continue;
      const line = said.get("code.line.number");
      const labels = [
        { key: "resource.service.name", value: { stringValue: serviceOf(entry) } },
        { key: "span.code.file.path", value: said.get("code.file.path") },
        { key: "span.code.line.number", value: line },
        { key: "span.code.function.name", value: said.get("code.function.name") },
        ...(q.includes("count_over_time") ? [{ key: "name", value: { stringValue: span.name } }] : []),
      ];
      const key = JSON.stringify(labels);
      const group = groups.get(key) ?? { labels, ms: [] };
      group.ms.push(msOf(span));
      groups.set(key, group);
    }
  }
  const sample = (value: number) => ({ timestampMs: String(Date.now()), value });
  return [...groups.values()].flatMap(({ labels, ms }) => {
    if (q.includes("histogram_over_time")) {
      return ms.map((one) => {
        const bucket = 2 ** Math.ceil(Math.log2(one * 1e6)) / 1e9;
        return {
          labels: [...labels, { key: "__bucket", value: { doubleValue: bucket } }],
          samples: [sample(100)],
        };
      });
    }
    return [{ labels, samples: [sample(100 * ms.length)] }];
  });
}

const msOfUnit = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ms", 1],
  ["s", 1000],
]);

/** The text or the whole number of an attribute, as text. */
function textOf(span: ShopSpan, name: string): string {
  const value = span.attributes?.find(({ key }) => key === name)?.value;
  const { stringValue, intValue } = (value ?? {}) as {
    readonly stringValue?: string;
    readonly intValue?: unknown;
  };
  return stringValue ?? String(intValue ?? "");
}

function msOf(span: { readonly startTimeUnixNano: string; readonly endTimeUnixNano: string }): number {
  return Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
}
