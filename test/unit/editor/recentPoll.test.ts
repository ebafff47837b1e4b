import assert from "node:assert/strict";
import { beforeEach, type TestContext, test } from "node:test";
import type { Capabilities, TraceSource } from "../../../src/backends/backend.ts";
import type { Connections } from "../../../src/editor/connections.ts";
import type { RecentTraces } from "../../../src/editor/recentTraces.ts";
import { editor } from "../../support/fakeVscode.ts";
import { memorySource, received } from "./connectionParts.ts";

const { RecentPoll } = await import("../../../src/editor/recentPoll.ts");

beforeEach(() => {
  editor.reset();
  for (const [name, value] of [
    ["recent.refresh", 10],
    ["recent.lookback", "1h"],
    ["search.limit", 20],
  ] as const)
    editor.defaults.set(name, value);
});

/** The times, in seconds, at which a source was asked during five minutes in which its view is open. */
async function asked(t: TestContext, can: Partial<Capabilities>, isBroken = false): Promise<number[]> {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_700_000_000_000 });
  const start = Date.now();
  const times: number[] = [];
  const search = async () => {
    times.push((Date.now() - start) / 1000);
    if (isBroken) throw new Error("refused");
    return { summaries: [], limited: false, notes: [], hotspots: [] };
  };
  const plain = memorySource(received);
  const source = { ...plain, can: { ...plain.can, ...can }, search } as unknown as TraceSource;
  const connections = {
    active: received,
    named: () => received,
    source: () => source,
    use: (_: unknown, task: (source: TraceSource) => Promise<unknown>) => task(source),
  } as unknown as Connections;
  const recent = { seen() {} } as unknown as RecentTraces;
  const poll = new RecentPoll(connections, recent, () => {});
  poll.show(true);
  for (let second = 0; second < 299; second++) {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    t.mock.timers.tick(1000);
  }
  poll.dispose();
  return times;
}

test("The active connection is asked every ten seconds while its view is open", async (t) => {
  assert.deepEqual((await asked(t, {})).slice(0, 4), [0, 10, 20, 30]);
});

test("A backend that allows few questions is asked as seldom as it says", async (t) => {
  assert.deepEqual(await asked(t, { restSeconds: 60 }), [0, 60, 120, 180, 240]);
});

test("One that fails is asked six times less often", async (t) => {
  assert.deepEqual(await asked(t, {}, true), [0, 60, 120, 180, 240]);
});

test("What a service has answered is listed although the next one fails", async () => {
  const listed: string[] = [];
  const search = async ({ service }: { service: string }) => {
    if (service === "broken") throw new Error("refused");
    return { summaries: [{ traceId: service }], limited: false, notes: [], hotspots: [] };
  };
  const plain = memorySource(received);
  const can = { ...plain.can, searchWithoutService: false };
  const services = async () => ["cart", "broken"];
  const source = { ...plain, can, services, search } as unknown as TraceSource;
  const connections = {
    active: received,
    named: () => received,
    source: () => source,
    use: (_: unknown, task: (source: TraceSource) => Promise<unknown>) => task(source),
  } as unknown as Connections;
  const recent = {
    seen: (_: string, found: readonly { traceId: string }[]) =>
      listed.push(...found.map(({ traceId }) => traceId)),
  } as unknown as RecentTraces;
  const poll = new RecentPoll(connections, recent, () => {});
  await assert.rejects(poll.refresh(), /refused/);
  poll.dispose();
  assert.deepEqual(listed, ["cart"]);
});

test("Raising how far back is looked asks again for what is older", async () => {
  const hours: number[] = [];
  const search = async ({ fromMs, toMs }: { fromMs: number; toMs: number }) => {
    hours.push(Math.round((toMs - fromMs) / 3_600_000));
    return { summaries: [], limited: false, notes: [], hotspots: [] };
  };
  const source = { ...memorySource(received), search } as unknown as TraceSource;
  const connections = {
    active: received,
    named: () => received,
    source: () => source,
    use: (_: unknown, task: (source: TraceSource) => Promise<unknown>) => task(source),
  } as unknown as Connections;
  const poll = new RecentPoll(connections, { seen() {} } as unknown as RecentTraces, () => {});
  await poll.refresh();
  await poll.refresh();
  editor.set("recent.lookback", "24h");
  await poll.refresh();
  poll.dispose();
  assert.deepEqual(hours, [1, 0, 24]);
});
