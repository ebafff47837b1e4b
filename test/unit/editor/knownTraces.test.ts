import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connections } from "../../../src/editor/connections.ts";
import type { Receiver } from "../../../src/editor/received/receiver.ts";
import type { RecentTraces } from "../../../src/editor/recentTraces.ts";
import type { TraceTabs } from "../../../src/editor/traceTabs.ts";
import "../../support/fakeVscode.ts";

const { knownTraces } = await import("../../../src/editor/links/knownTraces.ts");

const id = "0af7651916cd43dd8448eb211c80319c";
const address = { kind: "connection", connection: "Jaeger", traceId: id } as const;

/** What links know with one recent trace, and a store that answers so. */
function parts(role: string, kept: () => Promise<readonly string[]>) {
  const opened: unknown[] = [];
  const traces = knownTraces({
    receiver: { state: { role }, known: kept } as unknown as Receiver,
    recent: { list: () => [{ address, summary: { traceId: id.toUpperCase() } }] } as unknown as RecentTraces,
    connections: { list: [] } as unknown as Connections,
    tabs: { open: (at: unknown) => void opened.push(at) } as unknown as TraceTabs,
  });
  return { traces, opened };
}

test("A store that fails does not keep recent traces from being known and opened", async () => {
  const { traces, opened } = parts("reading", () => Promise.reject(new Error("damaged")));
  assert.deepEqual([...(await traces.known([id]))], [id]);
  await traces.open(id);
  assert.deepEqual(opened, [address]);
});

test("While nothing receives the store is not asked", async () => {
  const { traces } = parts("off", () => assert.fail("asked"));
  assert.deepEqual([...(await traces.known([id]))], [id]);
});

test("Recent traces are known without waiting for the store, which is asked for the others alone", async () => {
  const other = "5b8efff798038103d269b633813fc60c";
  const busy = parts("receiving", () => new Promise(() => {}));
  assert.deepEqual([...(await busy.traces.known([id]))], [id]);
  const { traces } = parts("receiving", async () => [other]);
  assert.deepEqual([...(await traces.known([id, other]))], [id, other]);
});
