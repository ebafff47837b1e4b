import assert from "node:assert/strict";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Zipkin } from "../../scripts/zipkin.ts";
import type { TraceQuery, TraceSource } from "../../src/backends/backend.ts";
import { connectZipkin } from "../../src/backends/zipkin.ts";
import { UserError } from "../../src/base/userError.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import { zipkinTest } from "./server.ts";

const decoder = createDecoder(new URL("../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());
const { signal } = new AbortController();
const startMs = Date.now() - 60_000;
const range = { fromMs: startMs - 3_600_000, toMs: startMs + 3_600_000 };
const query: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  ...range,
  limit: 20,
};

const [order, failed] = ["1", "2"].map((end) => end.padStart(32, "b"));
const many = Array.from({ length: 230 }, (_, i) => `c${(i + 1).toString(16).padStart(31, "0")}`);
const half = "463ac35c9f6413ad";
const split = `0af7651916cd43dd${half}`;

const span = (traceId: string, id: string, service: string, more: object = {}) => ({
  traceId,
  id: id.padStart(16, "0"),
  name: "work",
  timestamp: startMs * 1000,
  duration: 1000,
  localEndpoint: { serviceName: service },
  ...more,
});

const spans = [
  span(order, "1", "gateway", { kind: "SERVER", tags: { env: "production" } }),
  span(order, "2", "gateway", { kind: "CLIENT", parentId: "1".padStart(16, "0") }),
  span(order, "2", "pricing", { kind: "SERVER", parentId: "1".padStart(16, "0"), shared: true }),
  span(order, "3", "pricing", {
    kind: "CLIENT",
    parentId: "2".padStart(16, "0"),
    remoteEndpoint: { serviceName: "store" },
    tags: { error: "" },
  }),
  span(failed, "4", "nightly", { tags: { error: "no disk", env: "staging" } }),
  ...many.map((id) => span(id, "5", "many")),
  span(split, "6", "mixed"),
  span(half, "7", "mixed", { parentId: "6".padStart(16, "0") }),
];

const sent = new Map<string, Promise<void>>();

/** A source whose Zipkin has the spans. */
async function withSpans(zipkin: Zipkin): Promise<TraceSource> {
  const { url } = zipkin;
  const source = connectZipkin(
    { name: "Zipkin", kind: "zipkin", url, headers: {}, tenant: "", auth: "none", user: "" },
    { secret: async () => undefined, decode: decoder.decode, log: () => {} },
  );
  const once = sent.get(url) ?? send(zipkin, source);
  sent.set(url, once);
  await once;
  return source;
}

async function send(zipkin: Zipkin, source: TraceSource): Promise<void> {
  const response = await fetch(`${zipkin.url}/api/v2/spans`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(spans),
  });
  assert.equal(response.status, 202, await response.text());
  for (let tries = 0; tries < 300; tries++) {
    if (await source.trace(half, signal).then(Boolean, () => false)) return;
    await pause(100);
  }
  assert.fail("Zipkin did not show what was sent within 30 s");
}

zipkinTest("Which services call which is counted, with errors", async (zipkin) => {
  const source = await withSpans(zipkin);
  const found = await source.dependencies?.(range, signal);
  assert.deepEqual(
    found?.toSorted((a, b) => (a.parent < b.parent ? -1 : 1)),
    [
      { parent: "gateway", child: "pricing", calls: 1, errors: 0 },
      { parent: "pricing", child: "store", calls: 1, errors: 1 },
    ],
  );
  const before = { fromMs: startMs - 7_200_000, toMs: startMs - 3_600_000 };
  assert.deepEqual(await source.dependencies?.(before, signal), []);
});

zipkinTest("Services that were called are listed, and searched by", async (zipkin) => {
  const source = await withSpans(zipkin);
  assert.deepEqual(await source.remoteServices?.("Pricing", signal), ["store"]);
  const search = async (remoteService: string) =>
    (await source.search({ ...query, remoteService }, signal)).summaries.map(({ traceId }) => traceId);
  assert.deepEqual(await search("Store"), [order]);
  assert.deepEqual(await search("nowhere"), []);
});

zipkinTest("A search for errors only finds those without a message too", async (zipkin) => {
  const source = await withSpans(zipkin);
  const { summaries } = await source.search({ ...query, errorsOnly: true }, signal);
  assert.deepEqual(summaries.map(({ traceId }) => traceId).sort(), [order, failed]);
});

zipkinTest("Many traces come in as many requests as the length of a URL needs", async (zipkin) => {
  const source = await withSpans(zipkin);
  const found = await source.traces?.([...many, order, order.toUpperCase(), "f".repeat(32)], signal);
  const ids = found?.map(({ trace }) => trace.traceId) ?? [];
  assert.deepEqual(ids.toSorted(), [...many, order].toSorted());
  assert.equal(found?.find(({ trace }) => trace.traceId === order)?.trace.length, 4);
  assert.equal((await source.traces?.([failed], signal))?.length, 1);
});

zipkinTest("A trace of which a strict Zipkin has two halves opens as one", async (zipkin) => {
  const source = await withSpans(zipkin);
  const { trace, notes } = await source.trace(split, signal);
  assert.deepEqual([trace.traceId, trace.length, trace.size[0]], [split, 2, 2]);
  assert.match(notes?.join() ?? "", /all of it is shown as one\.$/);
  assert.equal((await source.trace(`1111111111111111${half}`, signal)).trace.length, 1);
});

zipkinTest(
  "Keys that Zipkin was told to complete are listed with their values",
  async (zipkin) => {
    const source = await withSpans(zipkin);
    assert.deepEqual(await source.attributeNames?.(signal), ["env"]);
    assert.deepEqual(await source.attributeValues?.("env", signal), ["production", "staging"]);
  },
  { AUTOCOMPLETE_KEYS: "env" },
);

zipkinTest(
  "A Zipkin whose search is switched off says so, and opens traces by their ID",
  async (zipkin) => {
    const source = await withSpans(zipkin);
    assert.match(await source.test(signal), /: search is switched off there, traces open by ID$/);
    for (const asked of [() => source.services(signal), () => source.search(query, signal)]) {
      await assert.rejects(asked, (error) => error instanceof UserError && error.code === "searchOff");
    }
    assert.equal((await source.trace(order, signal)).trace.length, 4);
    assert.equal((await source.traces?.([order, failed], signal))?.length, 2);
  },
  { SEARCH_ENABLED: "false" },
);
