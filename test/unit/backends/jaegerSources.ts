import { after, type TestContext } from "node:test";
import type { Decode, TraceQuery, TraceSource } from "../../../src/backends/backend.ts";
import type { HttpLimits } from "../../../src/backends/httpLimits.ts";
import { connectJaeger } from "../../../src/backends/jaeger.ts";
import { createDecoder } from "../../../src/workers/decoder.ts";
import type { FaultyServer } from "../../support/faultyServer.ts";
import { type FakeTrace, fakeJaeger, type JaegerVersion } from "./fakeJaeger.ts";
import { connectionTo, fakeIo, quick } from "./fakes.ts";

export const decoder = createDecoder(new URL("../../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());

/** Ids of the traces that the fakes have. */
export const long = "5b8efff798038103d269b633813fc60c";
export const short = "463ac35c9f6413ad";
export const traces: readonly FakeTrace[] = [
  { id: long, service: "shop", tags: { "http.status_code": "500", error: "true", "span.kind": "server" } },
  { id: short, service: "shop", tags: { "span.kind": "client" } },
  { id: "1", service: "pricing" },
];
export const shop: TraceQuery = {
  service: "shop",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 1_700_000_000_000,
  toMs: 1_700_003_600_000,
  limit: 20,
};

/** A source of a server; both end with the test. */
export function connect(
  context: TestContext,
  server: FaultyServer,
  decode?: Decode,
  limits?: Partial<HttpLimits>,
): TraceSource {
  const source = connectJaeger(connectionTo(server.url), fakeIo(undefined, decode), { ...quick, ...limits });
  context.after(async () => {
    source.dispose();
    await server.close();
  });
  return source;
}

/** A fake Jaeger of a version, and a source of it. */
export async function fake(
  context: TestContext,
  version: JaegerVersion,
  given = traces,
): Promise<[FaultyServer, TraceSource]> {
  const server = await fakeJaeger(version, given);
  return [server, connect(context, server)];
}
