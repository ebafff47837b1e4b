import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A server that answers like Jaeger's `/api/v3` with the recorded traces of the sample shop. */
export interface ShopJaeger {
  readonly url: string;
  /** Paths asked for so far, with their queries, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

interface Span {
  readonly traceId: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly events?: readonly { readonly timeUnixNano: string }[];
}
interface ResourceSpans {
  readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
  readonly scopeSpans: readonly { readonly scope?: unknown; readonly spans: readonly Span[] }[];
}

/** The trace of the recording that is slow: 73 spans, most of its time in `calculate taxes`. */
export const slowTraceId = "c192d317629e401b66bf358b97354f26";

/** Starts the server on a free port of the loopback interface: the recording of the shop in `sample`, as if just made. */
export async function startShopJaeger(sample: string): Promise<ShopJaeger> {
  const recording = await readFile(join(sample, "traces", "shop.otlp.jsonl"), "utf8");
  const all = asOfNow(
    recording
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as { resourceSpans: ResourceSpans[] }).resourceSpans),
  );
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = answerTo(new URL(request.url ?? "/", "http://shop"), all);
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(
      JSON.stringify(answer ?? { error: { httpCode: 404, message: "trace not found", details: [] } }),
    );
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

/** The same spans, all moved by one step in time so that the last ends a minute ago. */
function asOfNow(all: readonly ResourceSpans[]): ResourceSpans[] {
  const last = Math.max(
    ...all.flatMap(spansOf).map((span) => Number(BigInt(span.endTimeUnixNano) / 1_000_000n)),
  );
  // In whole ms, as the clocks of most SDKs count: what abuts is seen from that.
  const step = BigInt(Date.now() - 60_000 - last) * 1_000_000n;
  const moved = (time: string) => String(BigInt(time) + step);
  const move = (span: Span): Span => ({
    ...span,
    startTimeUnixNano: moved(span.startTimeUnixNano),
    endTimeUnixNano: moved(span.endTimeUnixNano),
    events: span.events?.map((event) => ({ ...event, timeUnixNano: moved(event.timeUnixNano) })),
  });
  return all.map((entry) => ({
    ...entry,
    scopeSpans: entry.scopeSpans.map((scope) => ({ ...scope, spans: scope.spans.map(move) })),
  }));
}

function answerTo(url: URL, all: readonly ResourceSpans[]): object | undefined {
  const service = url.searchParams.get("query.service_name") ?? url.searchParams.get("service") ?? "";
  const ofService = (entry: ResourceSpans) => service === "" || serviceOf(entry) === service;
  if (url.pathname === "/api/v3/services") return { services: [...new Set(all.map(serviceOf))] };
  if (url.pathname === "/api/v3/operations") {
    const names = new Set(
      all
        .filter(ofService)
        .flatMap(spansOf)
        .map((span) => span.name),
    );
    return { operations: [...names].map((name) => ({ name, spanKind: "internal" })) };
  }
  if (url.pathname === "/api/v3/traces") {
    return tracesOf(
      all,
      new Set(
        all
          .filter(ofService)
          .flatMap(spansOf)
          .map((span) => span.traceId),
      ),
    );
  }
  const id = /^\/api\/v3\/traces\/([0-9a-f]+)$/.exec(url.pathname)?.[1] ?? "";
  return tracesOf(all, new Set([id.padStart(32, "0")]));
}

function tracesOf(all: readonly ResourceSpans[], ids: ReadonlySet<string>): object | undefined {
  const resourceSpans = all
    .map((entry) => ({
      ...entry,
      scopeSpans: entry.scopeSpans.map((scope) => ({
        ...scope,
        spans: scope.spans.filter((span) => ids.has(span.traceId)),
      })),
    }))
    .filter((entry) => entry.scopeSpans.some((scope) => scope.spans.length > 0));
  return resourceSpans.length === 0 ? undefined : { result: { resourceSpans } };
}

function spansOf(entry: ResourceSpans): readonly Span[] {
  return entry.scopeSpans.flatMap((scope) => scope.spans);
}

function serviceOf(entry: ResourceSpans): string {
  return entry.resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
}
