import assert from "node:assert/strict";
import { after } from "node:test";
import type { Jaeger } from "../../scripts/jaeger.ts";
import type { Connection, TraceQuery, TraceSource } from "../../src/backends/backend.ts";
import { connectJaeger } from "../../src/backends/jaeger.ts";
import { UserError } from "../../src/base/userError.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import { otlpRequest, type SentOtlp, sendOtlp, until } from "./sending.ts";
import { jaegerTest } from "./server.ts";

const decoder = createDecoder(new URL("../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());
const { signal } = new AbortController();
const startMs = Date.now() - 60_000;
const range = { fromMs: startMs - 3_600_000, toMs: startMs + 3_600_000 };

const [order, health, big, doubled] = ["a1", "a2", "a3", "a4"].map((end) => end.padStart(32, "c"));
/** The gateway calls pricing, which calls itself and a store; a check of health that fails. */
const spans: readonly SentOtlp[] = [
  { traceId: order, id: 1, service: "gateway", name: "POST /order", kind: 2, to: 100 },
  { traceId: order, id: 2, parent: 1, service: "gateway", name: "GET /price", kind: 3, from: 10, to: 90 },
  { traceId: order, id: 3, parent: 2, service: "pricing", name: "GET /price", kind: 2, from: 20, to: 80 },
  { traceId: order, id: 4, parent: 3, service: "pricing", name: "add taxes", from: 30, to: 40 },
  { traceId: order, id: 5, parent: 3, service: "store", name: "SELECT", kind: 2, from: 50, to: 60 },
  { traceId: health, id: 6, service: "gateway", name: "GET /health", kind: 2, isError: true },
];

const query: TraceQuery = {
  service: "gateway",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  ...range,
  limit: 20,
};

function connect(jaeger: Jaeger, more: Partial<Connection> = {}): TraceSource {
  const url = jaeger.uiUrl;
  return connectJaeger(
    { name: "Jaeger", kind: "jaeger", url, headers: {}, tenant: "", auth: "none", user: "", ...more },
    { secret: async () => undefined, decode: decoder.decode, log: () => {} },
  );
}

const sent = new Map<string, Promise<void>>();

/** A source whose Jaeger has the spans. */
async function withSpans(jaeger: Jaeger): Promise<TraceSource> {
  const source = connect(jaeger);
  const once = sent.get(jaeger.otlpHttp) ?? sendOtlp(jaeger, otlpRequest(spans, startMs));
  sent.set(jaeger.otlpHttp, once);
  await once;
  await until(async () => (await source.services(signal)).includes("store"));
  return source;
}

const idsOf = async (source: TraceSource, change: Partial<TraceQuery>) => {
  const { summaries, notes } = await source.search({ ...query, ...change }, signal);
  return { ids: summaries.map(({ traceId }) => traceId).sort(), notes };
};

jaegerTest("The operations of one span kind are those of that kind", async (jaeger) => {
  const source = await withSpans(jaeger);
  assert.deepEqual(await source.operations("gateway", signal), ["GET /health", "GET /price", "POST /order"]);
  assert.deepEqual(await source.operations("gateway", signal, "server"), ["GET /health", "POST /order"]);
  assert.deepEqual(await source.operations("gateway", signal, "client"), ["GET /price"]);
  assert.deepEqual(await source.operations("gateway", signal, "consumer"), []);
});

jaegerTest("A search by span kind finds by it, whether or not the store does", async (jaeger) => {
  const source = await withSpans(jaeger);
  assert.deepEqual((await idsOf(source, { spanKind: "client" })).ids, [order]);
  assert.deepEqual((await idsOf(source, { spanKind: "server" })).ids, [order, health]);
  assert.deepEqual((await idsOf(source, { spanKind: "server", operation: "GET /health" })).ids, [health]);
  assert.deepEqual((await idsOf(source, { spanKind: "consumer" })).ids, []);
  assert.deepEqual((await idsOf(source, { spanKind: "server", errorsOnly: true })).ids, [health]);
});

jaegerTest("A search for errors only finds the traces with one", async (jaeger) => {
  const source = await withSpans(jaeger);
  assert.deepEqual((await idsOf(source, { errorsOnly: true })).ids, [health]);
  assert.deepEqual((await idsOf(source, { tags: new Map([["error", "true"]]) })).ids, [health]);
  assert.deepEqual((await idsOf(source, { errorsOnly: true, operation: "POST /order" })).ids, []);
});

jaegerTest("Which services call which is counted, without those within one service", async (jaeger) => {
  const source = await withSpans(jaeger);
  const found = await source.dependencies?.(range, signal);
  assert.deepEqual(
    found?.toSorted((a, b) => (a.parent < b.parent ? -1 : 1)),
    [
      { parent: "gateway", child: "pricing", calls: 1, errors: undefined },
      { parent: "pricing", child: "store", calls: 1, errors: undefined },
    ],
  );
  const before = { fromMs: startMs - 7_200_000, toMs: startMs - 3_600_000 };
  assert.deepEqual(await source.dependencies?.(before, signal), []);
});

jaegerTest("A search for more traces than the store keeps says so", async (jaeger) => {
  const source = await withSpans(jaeger);
  await assert.rejects(
    source.search({ ...query, limit: 1_000_000 }, signal),
    (error) => error instanceof UserError && /keeps fewer traces/.test(error.message),
  );
});

jaegerTest(
  "Below a base path everything works, and so does the link",
  async (jaeger) => {
    const source = await withSpans(jaeger);
    assert.match(await source.test(signal), /\/tools\/jaeger, .*API v3, 3 services$/);
    assert.deepEqual((await idsOf(source, { errorsOnly: true })).ids, [health]);
    assert.equal((await source.trace(order, signal)).trace.length, 5);
    assert.equal((await source.dependencies?.(range, signal))?.length, 2);
    const page = await fetch(source.link(order)!);
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-type") ?? "", /html/);
  },
  { basePath: "/tools/jaeger" },
);

for (const [what, tenant, message] of [
  ["no tenant", "", /keeps its traces by tenant/],
  ["a tenant it does not know", "nobody", /does not know the tenant nobody/],
] as const) {
  jaegerTest(
    `A Jaeger with tenants that is given ${what} asks for one`,
    async (jaeger) => {
      const source = connect(jaeger, { tenant });
      await assert.rejects(
        source.test(signal),
        (error) => error instanceof UserError && error.code === "tenant" && message.test(error.message),
      );
    },
    { tenants: ["team-1", "team-2"] },
  );
}

jaegerTest(
  "A Jaeger with tenants answers to one of them",
  async (jaeger) => {
    const source = connect(jaeger, { tenant: "team-2" });
    assert.match(await source.test(signal), /API v3, 0 services$/);
    assert.deepEqual((await source.search(query, signal)).summaries, []);
  },
  { tenants: ["team-1", "team-2"] },
);

const count = 10_008;

function largeTrace(traceId: string): readonly SentOtlp[] {
  return Array.from({ length: count }, (_, i) => ({
    traceId,
    id: i + 1,
    parent: i === 0 ? undefined : ((i - 1) >> 3) + 1,
    service: "batch",
    name: i === 0 ? "run" : "step",
    from: i / 100,
    to: 200,
  }));
}

for (const [what, traceId, times] of [
  ["", big, 1],
  [" of which every span was sent twice", doubled, 2],
] as const) {
  jaegerTest(`A trace of 10,008 spans${what} comes whole, each span once`, async (jaeger) => {
    const source = connect(jaeger);
    for (let time = 0; time < times; time++) {
      await sendOtlp(jaeger, otlpRequest(largeTrace(traceId), startMs));
    }
    await until(async () => {
      const answer = await fetch(`${jaeger.uiUrl}/api/v3/traces/${traceId}?raw_traces=true`);
      return ((await answer.text()).match(/"spanId"/g) ?? []).length === count * times;
    });
    const { trace, summary, partial } = await source.trace(traceId, signal);
    assert.deepEqual([trace.length, trace.size[0], summary.spans, partial], [count, count, count, false]);
  });
}
