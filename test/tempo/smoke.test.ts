import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Tempo } from "../../scripts/tempo.ts";
import { tempoTest } from "./server.ts";

const FOUND_MS = 15_000;

tempoTest("A span that was sent is found by its trace's id", async (tempo) => {
  const { traceId } = await sendSpan(tempo);
  await eventually(async () => {
    const { trace } = await ask(tempo, `/api/v2/traces/${traceId}`);
    assert.equal(trace.resourceSpans[0].scopeSpans[0].spans[0].name, "load cart");
  });
});

tempoTest("A span that was sent is found by TraceQL", async (tempo) => {
  const { traceId, line } = await sendSpan(tempo);
  await eventually(async () => {
    const { traces } = await ask(tempo, "/api/search", { q: `{ span.code.line.number = ${line} }` });
    assert.equal(traces[0].traceID.padStart(32, "0"), traceId);
  });
});

tempoTest("A span that was sent counts in a metrics query", async (tempo) => {
  const { line } = await sendSpan(tempo);
  await eventually(async () => {
    const q = `{ span.code.line.number = ${line} } | count_over_time() by (span.code.line.number)`;
    const { series } = await ask(tempo, "/api/metrics/query_range", { q, since: "5m", step: "1m" });
    const counts: number[] = series[0].samples.map((sample: { value?: number }) => sample.value ?? 0);
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      1,
    );
  });
});

tempoTest("A span of long ago is searched and counted like a fresh one", async (tempo) => {
  const start = 1_700_000_000;
  const { traceId, line } = await sendSpan(tempo, { start });
  const range = { start: String(start - 60), end: String(start + 60) };
  await eventually(async () => {
    const q = `{ span.code.line.number = ${line} }`;
    const { traces } = await ask(tempo, "/api/search", { q, ...range });
    assert.equal(traces[0].traceID.padStart(32, "0"), traceId);
    const query = { q: `${q} | count_over_time()`, ...range, step: "10m" };
    const { series } = await ask(tempo, "/api/metrics/query_range", query);
    assert.equal(series[0].samples[0].value, 1);
  });
});

tempoTest(
  "With tenants a request without one is refused, and one of another tenant finds nothing",
  async (tempo) => {
    const { traceId } = await sendSpan(tempo, { tenant: "team-a" });
    const url = `${tempo.url}/api/traces/${traceId}`;
    const statusFor = async (tenant?: string) =>
      (await fetch(url, { headers: tenant === undefined ? {} : { "X-Scope-OrgID": tenant } })).status;
    await eventually(async () => assert.equal(await statusFor("team-a"), 200));
    assert.equal(await statusFor("team-b"), 404);
    assert.equal(await statusFor(), 401);
  },
  { multitenancy: true, apiPrefix: "/tempo" },
);

tempoTest("A trace over the limit comes back in part, and whole when the limit is lifted", async (tempo) => {
  const { traceId } = await sendSpan(tempo);
  // Each block holds a part that is under the limit by itself.
  await sleep(2_000);
  await sendSpan(tempo, { traceId });
  const path = `/api/v2/traces/${traceId}`;
  await eventually(async () => assert.equal((await ask(tempo, path)).trace.resourceSpans.length, 2));
  const whole = await fetch(`${tempo.url}${path}`, { headers: { accept: "application/protobuf" } });
  await tempo.limitTraceBytes(Math.floor((await whole.arrayBuffer()).byteLength * 0.75));
  const cut = await ask(tempo, path);
  await tempo.limitTraceBytes(undefined);
  assert.equal(cut.status, "PARTIAL");
  assert.equal((await ask(tempo, path)).status, undefined);
});

tempoTest(
  "A Tempo from before 2.6 finds a trace by its id at the first address only",
  async (tempo) => {
    const { traceId } = await sendSpan(tempo);
    await eventually(async () => {
      const { batches } = await ask(tempo, `/api/traces/${traceId}`);
      assert.equal(batches[0].scopeSpans[0].spans[0].name, "load cart");
    });
    assert.equal((await fetch(`${tempo.url}/api/v2/traces/${traceId}`)).status, 404);
  },
  {},
  "before2.6",
);

let lines = 0;

/** Sends a span with a line number of its own; `start` in s. */
async function sendSpan(
  tempo: Tempo,
  { traceId = randomBytes(16).toString("hex"), start = Math.floor(Date.now() / 1000) - 1, tenant = "" } = {},
): Promise<{ traceId: string; line: number }> {
  const line = ++lines;
  const span = {
    traceId,
    spanId: randomBytes(8).toString("hex"),
    name: "load cart",
    kind: 1,
    startTimeUnixNano: `${start}000000000`,
    endTimeUnixNano: `${start}250000000`,
    attributes: [{ key: "code.line.number", value: { intValue: String(line) } }],
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };
  const response = await fetch(`${tempo.otlpHttp}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(tenant === "" ? {} : { "X-Scope-OrgID": tenant }) },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  assert.equal(response.status, 200, await response.text());
  return { traceId, line };
}

/** The answer's JSON, taken as it comes. */
async function ask(tempo: Tempo, path: string, parameters: Record<string, string> = {}) {
  const response = await fetch(`${tempo.url}${path}?${new URLSearchParams(parameters)}`);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

/** What was sent is seen a moment later. */
async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + FOUND_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
