import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ofTraces, type ShopSpans, serviceOf, shopRecording, spansOf } from "./shopRecording.ts";

export { slowTraceId } from "./shopRecording.ts";

/** A server that answers like Jaeger's `/api/v3` with the recorded traces of the sample shop. */
export interface ShopJaeger {
  readonly url: string;
  /** Paths asked for so far, with their queries, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts the server on a free port of the loopback interface: the recording of the shop in `sample`, as if just made. */
export async function startShopJaeger(sample: string): Promise<ShopJaeger> {
  const all = await shopRecording(sample);
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

function answerTo(url: URL, all: readonly ShopSpans[]): object | undefined {
  const service = url.searchParams.get("query.service_name") ?? url.searchParams.get("service") ?? "";
  const ofService = (entry: ShopSpans) => service === "" || serviceOf(entry) === service;
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

function tracesOf(all: readonly ShopSpans[], ids: ReadonlySet<string>): object | undefined {
  const resourceSpans = ofTraces(all, ids);
  return resourceSpans.length === 0 ? undefined : { result: { resourceSpans } };
}
