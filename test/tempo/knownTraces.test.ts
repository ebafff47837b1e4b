import assert from "node:assert/strict";
import type { Tempo } from "../../scripts/tempo.ts";
import type { TraceQuery, TraceSource } from "../../src/backends/backend.ts";
import { UserError } from "../../src/base/userError.ts";
import type { Trace } from "../../src/model/trace.ts";
import { traceFacts } from "../support/traceFacts.ts";
import { vulture, vultureRequest } from "../support/vultureTrace.ts";
import { tempoTest } from "./server.ts";
import { decoder, requestOf, send, signal, sourceOf, until } from "./withTempo.ts";

const startMs = Date.now() - 60_000;
const query: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: startMs - 3_600_000,
  toMs: startMs + 3_600_000,
  limit: 20,
};

/** Ids whose leading zeros Tempo drops in searches: of 128, 64 and 4 bits. */
const zeros = ["0abc5853722dc6d2a9f2c8b1e0d3f4a5", "463ac35c9f6413ad", "5"];
const padded = (id: string) => id.padStart(32, "0");

const shop = requestOf("health", [
  ...zeros.map((id, i) => ({
    traceId: padded(id),
    spanId: `b7ad6b716920333${i}`,
    name: "GET /health",
    kind: 2,
    startMs: startMs - 1000 * i,
    durationMs: 1.5,
    failed: i === 0,
    attributes: {
      "http.status_code": i === 0 ? 500 : 200,
      "http.ok": i > 0,
      ratio: i + 0.25,
      whole: 3,
      below: -5,
      "my attribute": 'say "hi"\\',
      "odd{name}": "one\ntwo",
    },
  })),
]);

const sent = new Map<string, Promise<void>>();

/** A source whose Tempo has the known traces. */
async function withTraces(tempo: Tempo): Promise<TraceSource> {
  const source = sourceOf(tempo);
  const once = sent.get(tempo.url) ?? sendAll(tempo, source);
  sent.set(tempo.url, once);
  await once;
  return source;
}

async function sendAll(tempo: Tempo, source: TraceSource): Promise<void> {
  await send(tempo, vultureRequest(startMs));
  await send(tempo, shop);
  await until("four traces", async () => (await source.search(query, signal)).summaries.length === 4);
}

/** The trace as it was sent, decoded without Tempo. */
async function original(): Promise<Trace> {
  const body = new TextEncoder().encode(JSON.stringify(vultureRequest(startMs)));
  const bytes = async function* () {
    yield body;
  };
  const request = { traceId: vulture.traceId, want: "trace", label: "" } as const;
  const { trace } = await decoder.decode(bytes(), request, signal);
  assert.ok(trace);
  return trace;
}

tempoTest("What Tempo is, its services, their span names and attributes are read from it", async (tempo) => {
  const source = await withTraces(tempo);
  assert.equal(await source.test(signal), `Grafana Tempo ${tempo.version} at ${tempo.url}: 2 services`);
  assert.deepEqual(await source.services(signal), ["health", vulture.service]);
  const names = ["circle", "dive", "eat", "look", "lost"];
  assert.deepEqual(await source.operations(vulture.service, signal), names);
  assert.deepEqual(await source.operations(vulture.service, signal, "producer"), ["dive"]);
  const attributes = (await source.attributeNames?.(signal)) ?? [];
  for (const name of ["resource.service.name", "span.text.plain", 'span."my attribute"', "duration"]) {
    assert.ok(attributes.includes(name), name);
  }
  assert.deepEqual(await source.attributeValues?.("span.http.status_code", signal), ["200", "500"]);
  assert.deepEqual(await source.attributeValues?.('span."my attribute"', signal), ['"say \\"hi\\"\\\\"']);
});

tempoTest("Every attribute, event, link, time and status comes back as it was sent", async (tempo) => {
  const source = await withTraces(tempo);
  const { trace, summary, partial, notes } = await source.trace(vulture.traceId, signal);
  assert.deepEqual(traceFacts(trace), traceFacts(await original()));
  assert.deepEqual(
    [summary.rootName, summary.rootService, summary.spans, summary.errors],
    ["circle", vulture.service, 5, 1],
  );
  assert.deepEqual([partial, notes], [undefined, []]);
});

for (const id of [...zeros, ...zeros.map(padded), zeros[0].slice(1), "463AC35C9F6413AD"]) {
  tempoTest(`The ID ${id} opens its trace`, async (tempo) => {
    const { trace } = await (await withTraces(tempo)).trace(id, signal);
    assert.equal(trace.traceId, padded(id.toLowerCase()));
  });
}

tempoTest("Every trace that a search finds opens by its ID, and is the newest first", async (tempo) => {
  const source = await withTraces(tempo);
  const { summaries, limited } = await source.search(query, signal);
  assert.equal(limited, false);
  const ids = [zeros[0], vulture.traceId, zeros[1], zeros[2]].map(padded);
  assert.deepEqual(summaries.map(({ traceId }) => traceId).sort(), ids.sort());
  assert.deepEqual(
    summaries.map((one) => one.startMs),
    summaries.map((one) => one.startMs).sort((a, b) => b - a),
  );
  for (const summary of summaries) {
    const { trace, summary: whole } = await source.trace(summary.traceId, signal);
    assert.equal(trace.traceId, summary.traceId);
    assert.deepEqual(
      [summary.rootName, summary.rootService, summary.spans, summary.errors, summary.services],
      [whole.rootName, whole.rootService, whole.spans, whole.errors, whole.services],
    );
  }
});

const bird = [vulture.traceId];
const tags = (...pairs: [string, string][]) => ({ tags: new Map(pairs) });
const searches: readonly (readonly [string, Partial<TraceQuery>, readonly string[]])[] = [
  ["a service", { service: "health" }, zeros],
  ["a service that is not there", { service: "nobody" }, []],
  ["an operation without a service", { operation: "dive" }, bird],
  ["an operation it has not", { service: "health", operation: "dive" }, []],
  ["a kind", { spanKind: "consumer" }, bird],
  ["an operation of another kind", { operation: "dive", spanKind: "server" }, []],
  ["errors", { errorsOnly: true }, [...bird, zeros[0]]],
  ["errors anywhere in a trace", { operation: "look", errorsOnly: true }, bird],
  ["a text", tags(["text.plain", "plain"]), bird],
  ["the same tag with another value", tags(["text.plain", "other"]), []],
  ["a text of several lines", tags(["text.lines", 'one\ntwo\t"three" \\four']), bird],
  ["a text with quotes, of an odd name", tags(["my attribute", 'say "hi"\\']), zeros],
  ["a name with braces", tags(["odd{name}", "one\ntwo"]), zeros],
  ["a number", tags(["http.status_code", "500"]), [zeros[0]]],
  ["a number below zero", tags(["below", "-5"]), zeros],
  ["a fraction", tags(["ratio", "1.25"]), [zeros[1]]],
  ["a whole number that was sent as a fraction", tags(["double.whole", "3"]), bird],
  ["a 64-bit number", tags(["int.largest", "9223372036854775807"]), bird],
  ["a truth value", tags(["http.ok", "false"]), [zeros[0]]],
  ["two tags of one span", tags(["http.ok", "true"], ["ratio", "2.25"]), [zeros[2]]],
  ["a tag of the resource", tags(["service.version", "1.2.3"]), bird],
  ["a tag of a scope", tags(["resource.service.version", "1.2.3"]), bird],
  ["a tag of another scope", tags(["span.service.version", "1.2.3"]), []],
  ["a tag of any value", tags(["whole", ""]), zeros],
  ["failed spans", tags(["error", "true"]), [...bird, zeros[0]]],
  ["longer than it is", { minDurationNs: 10e9 }, []],
  ["as long as its longest span", { minDurationNs: 500_000_123 }, bird],
  ["between two durations", { minDurationNs: 1e6, maxDurationNs: 2e6 }, zeros],
  ["before they were", { toMs: startMs - 60_000 }, []],
  [
    "TraceQL",
    { text: "{ span.http.status_code >= 500 } | select(span.ratio)", service: "nobody" },
    [zeros[0]],
  ],
  ["TraceQL over spans of a tree", { text: "{ name = `dive` } > { name = `eat` }" }, bird],
  ["TraceQL with a comment at its end", { text: "{ kind = consumer } // those" }, bird],
];

for (const [what, change, expected] of searches) {
  tempoTest(`A search for ${what} finds ${expected.length}`, async (tempo) => {
    const source = await withTraces(tempo);
    const { summaries } = await source.search({ ...query, ...change }, signal);
    assert.deepEqual(summaries.map(({ traceId }) => traceId).sort(), expected.map(padded).sort());
  });
}

tempoTest("A search that reaches its limit says that there may be more", async (tempo) => {
  const { summaries, limited } = await (await withTraces(tempo)).search({ ...query, limit: 1 }, signal);
  assert.deepEqual([summaries.length, limited], [1, true]);
});

tempoTest("A search over a month is cut to what Tempo searches, and says so", async (tempo) => {
  const source = await withTraces(tempo);
  const month = { ...query, fromMs: query.toMs - 30 * 86_400_000 };
  const { summaries, notes } = await source.search(month, signal);
  assert.equal(summaries.length, 4);
  assert.match(notes.join(), /only the last 7 days of the time range were searched/);
});

for (const [text, words] of [
  ["{ span.a = }", "parse error at line 1, col 12: syntax error: unexpected }"],
  ["{ span.a = 1 }\n| nothing()", "parse error at line 2, col 3"],
  ['{ status = "error" }', "binary operations must operate on the same type"],
]) {
  tempoTest(`The error in ${JSON.stringify(text)} is told in Tempo's words`, async (tempo) => {
    const source = await withTraces(tempo);
    await assert.rejects(
      source.search({ ...query, text }, signal),
      (error) => error instanceof UserError && error.code === "query" && error.message.includes(words),
    );
  });
}

tempoTest("A trace that Tempo does not have is refused with the code notFound", async (tempo) => {
  const source = await withTraces(tempo);
  await assert.rejects(
    source.trace("0123456789abcdef0123456789abcdef", signal),
    (error) => error instanceof UserError && error.code === "notFound",
  );
});

tempoTest("A trace over the limit of the server is shown in part, with Tempo's words", async (tempo) => {
  const source = await withTraces(tempo);
  const long = (part: number) =>
    requestOf("long", [
      {
        traceId: padded("1099"),
        spanId: `a7ad6b716920333${part}`,
        name: `part ${part}`,
        startMs,
        durationMs: 1,
        attributes: { text: "x".repeat(1000) },
      },
    ]);
  await send(tempo, long(1));
  await until(
    "the first part",
    async () => (await source.search({ ...query, service: "long" }, signal)).summaries.length === 1,
  );
  // A block of its own, each of which is below the limit.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await send(tempo, long(2));
  await until("both parts", async () => (await source.trace("1099", signal)).trace.length === 2);
  await tempo.limitTraceBytes(1_500);
  try {
    const { trace, partial, notes } = await source.trace("1099", signal);
    assert.ok(trace.length > 0);
    assert.equal(partial, true);
    assert.match(
      notes?.[0] ?? "",
      /^Trace exceeds maximum size of 1500 bytes, a partial trace is returned\. To see the rest, /,
    );
  } finally {
    await tempo.limitTraceBytes(undefined);
  }
});

tempoTest(
  "With tenants and below a path, each tenant finds its own traces, and none without a tenant",
  async (tempo) => {
    await send(tempo, shop, "team-a");
    const [a, b] = ["team-a", "team-b"].map((tenant) => sourceOf(tempo, { tenant }));
    await until("three traces", async () => (await a.search(query, signal)).summaries.length === 3);
    assert.match(await a.test(signal), /\/tempo: 1 service$/);
    assert.deepEqual(await b.services(signal), []);
    assert.equal((await b.search(query, signal)).summaries.length, 0);
    await assert.rejects(
      b.trace(zeros[0], signal),
      (error) => error instanceof UserError && error.code === "notFound",
    );
    for (const ask of [
      (source: TraceSource) => source.test(signal),
      (source: TraceSource) => source.search(query, signal),
      (source: TraceSource) => source.trace(zeros[0], signal),
    ]) {
      await assert.rejects(
        ask(sourceOf(tempo)),
        (error) => error instanceof UserError && error.code === "tenant" && error.action === "editConnection",
      );
    }
  },
  { multitenancy: true, apiPrefix: "/tempo" },
);

tempoTest(
  "A Tempo of before 2.6 is searched, and its traces opened, as well",
  async (tempo) => {
    const source = await withTraces(tempo);
    assert.match(await source.test(signal), /^Grafana Tempo 2\.5\S* at .*: 2 services$/);
    const { trace } = await source.trace(vulture.traceId, signal);
    // It keeps no attributes of bytes.
    const kept = (facts: string[]) => facts.filter((fact) => !fact.includes("bytes.some"));
    assert.deepEqual(kept(traceFacts(trace)), kept(traceFacts(await original())));
    assert.equal((await source.search({ ...query, service: "health" }, signal)).summaries.length, 3);
    await assert.rejects(
      source.trace("0123456789abcdef0123456789abcdef", signal),
      (error) => error instanceof UserError && error.code === "notFound",
    );
  },
  {},
  "before2.6",
);
