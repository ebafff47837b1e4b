import type { ServerOptions } from "node:https";
import type { TestContext } from "node:test";
import type { BackendIo, Connection, TraceQuery, TraceSource } from "../../../src/backends/backend.ts";
import type { HttpLimits } from "../../../src/backends/httpLimits.ts";
import { backendOf } from "../../../src/backends/index.ts";
import { type FaultyServer, faultyServer, type Script, through } from "../../support/faultyServer.ts";
import { connectionTo, type FakeIo, fakeIo } from "../../unit/backends/fakes.ts";
import { decodeHere } from "./decodeHere.ts";
import { healthy, ids } from "./healthy.ts";

/** Every wait and size of an exchange, short, but not so short that a busy machine is taken for a slow server. */
export const short: Partial<HttpLimits> = {
  connectMs: 1_000,
  firstByteMs: 1_000,
  idleMs: 1_000,
  totalMs: 10_000,
  longestMs: 10_000,
  backoffMs: 1,
  retryAfterMs: 1_500,
  maxBytes: 2 ** 20,
  mostBytes: 2 ** 20,
  maxJsonBytes: 2 ** 18,
};

export const query: TraceQuery = {
  service: "shop",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 1_700_000_000_000,
  toMs: 1_700_003_600_000,
  limit: 20,
};

export type Call = readonly [
  name: string,
  ask: (source: TraceSource, signal: AbortSignal) => Promise<unknown>,
];

/** What every source can be asked. */
export const calls: readonly Call[] = [
  ["test", (source, signal) => source.test(signal)],
  ["services", (source, signal) => source.services(signal)],
  ["operations", (source, signal) => source.operations("shop", signal)],
  ["search", (source, signal) => source.search(query, signal)],
  ["trace", (source, signal) => source.trace(ids[0], signal)],
];

const range = { fromMs: query.fromMs, toMs: query.toMs };

/** What some can be asked; undefined of the others. */
export const furtherCalls: readonly (readonly [
  string,
  (source: TraceSource, signal: AbortSignal) => Promise<unknown> | undefined,
])[] = [
  ["remoteServices", (source, signal) => source.remoteServices?.("shop", signal)],
  ["traces", (source, signal) => source.traces?.(ids, signal)],
  ["dependencies", (source, signal) => source.dependencies?.(range, signal)],
  ["hotspots", (source, signal) => source.hotspots?.({ ...range, fileTail: "src/cart.ts" }, signal)],
  ["attributeNames", (source, signal) => source.attributeNames?.(signal)],
  ["attributeValues", (source, signal) => source.attributeValues?.("span.http.route", signal)],
];

export interface Scene {
  readonly source: TraceSource;
  /** What the source speaks to: the healthy server behind it answers, until `script` is set. */
  readonly server: FaultyServer;
  readonly well: FaultyServer;
  /** undefined for the healthy answers. */
  script: Script | undefined;
  readonly io: FakeIo;
}

export interface SceneWays {
  readonly connection?: Partial<Connection>;
  readonly io?: Partial<BackendIo>;
  readonly secret?: string;
  readonly tls?: ServerOptions;
  /** The URL to connect to, from that of the server. */
  readonly url?: (url: string) => string;
}

/** A source of a kind before a server that is well and can be made ill. */
export async function scene(context: TestContext, kind: string, ways: SceneWays = {}): Promise<Scene> {
  const well = await healthy.get(kind)!.start();
  const answer = through(well.url);
  const server = await faultyServer(
    (response, asked, index) => (made.script ?? answer)(response, asked, index),
    ways.tls,
  );
  const io = { ...fakeIo(ways.secret, decodeHere), limits: short, ...ways.io };
  const url = ways.url?.(server.url) ?? server.url;
  const source = backendOf(kind)!.connect(connectionTo(url, { kind, ...ways.connection }), io);
  context.after(async () => {
    source.dispose();
    await server.close();
    await well.close();
  });
  const made: Scene = { source, server, well, script: undefined, io };
  return made;
}
