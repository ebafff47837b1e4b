import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BackendIo, Connection, TraceQuery, TraceSource } from "../../../src/backends/backend.ts";
import { connectDatadog, datadog } from "../../../src/backends/datadog.ts";
import { datadogSpans } from "../../../src/backends/datadogSpans.ts";
import { decodeHere } from "../../contract/faults/decodeHere.ts";
import type { FaultyServer } from "../../support/faultyServer.ts";
import { type FakeDatadogTrace, type FakeDatadogWays, fakeDatadog } from "./fakeDatadog.ts";
import { connectionTo, fakeIo, never, refusal } from "./fakes.ts";

const query: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 1_700_000_000_000,
  toMs: 1_700_003_600_000,
  limit: 20,
};

const keys = ["api-key-1", "application-key-1"] as const;

async function source(
  context: TestContext,
  traces: readonly FakeDatadogTrace[],
  ways: FakeDatadogWays = {},
  more: Partial<Connection> = {},
  io: Partial<BackendIo> = {},
): Promise<{ source: TraceSource; server: FaultyServer }> {
  const server = await fakeDatadog(traces, ways);
  const connected = connectDatadog(connectionTo(server.url, { kind: "datadog", ...more }), {
    ...fakeIo(undefined, decodeHere),
    ...io,
  });
  context.after(async () => {
    connected.dispose();
    await server.close();
  });
  return { source: connected, server };
}

const shop = { id: "5b8efff798038103d269b633813fc60c", service: "shop" };

test("both keys are sent, each as the secret header of its name", async (context) => {
  const secret = async (_: string, header?: string) => (header === "DD-API-KEY" ? keys[0] : keys[1]);
  const more = { secretHeaders: datadog.secretHeaders };
  const { source: one } = await source(context, [shop], { keys }, more, { secret });
  assert.match(await one.test(never), /: 1 service in the last hour\. Not tried against the real service\.$/);
});

for (const [what, given, status] of [
  ["API key", ["wrong", keys[1]], 401],
  ["application key", [keys[0], "wrong"], 403],
] as const) {
  test(`a wrong ${what} is asked for anew`, async (context) => {
    const secret = async (_: string, header?: string) => (header === "DD-API-KEY" ? given[0] : given[1]);
    const more = { secretHeaders: datadog.secretHeaders };
    const { source: one } = await source(context, [shop], { keys }, more, { secret });
    const error = await refusal(one.test(never));
    assert.equal(error.code, "unauthorized");
    assert.equal(error.action, "enterSecret");
    assert.match(error.message, new RegExp(`\\(${status}\\)`));
  });
}

test("a trace of many spans is read page after page", async (context) => {
  const { source: one, server } = await source(context, [{ ...shop, children: 1_200 }]);
  const found = await one.trace(shop.id, never);
  assert.equal(found.trace.length, 1_201);
  assert.equal(found.partial, false);
  assert.match(found.notes?.join() ?? "", /some of this trace may be missing/);
  assert.equal(server.asked.length, 3);
});

test("a trace of more pages than are read is partial, and says so", async (context) => {
  const { source: one, server } = await source(context, [{ ...shop, children: 10_400 }]);
  const found = await one.trace(shop.id, never);
  assert.equal(found.trace.length, 10_000);
  assert.equal(found.partial, true);
  assert.match(found.notes?.join() ?? "", /Only the newest 10000 spans of this trace were read/);
  assert.equal(server.asked.length, 20);
});

test("a trace whose spans name the last 64 bits of its ID alone opens by the whole ID", async (context) => {
  const { source: one } = await source(context, [shop], { decimal: true });
  assert.equal((await one.trace(shop.id, never)).trace.traceId, shop.id);
});

test("a search goes on until it has the traces that were asked for", async (context) => {
  const traces = Array.from({ length: 30 }, (_, i) => ({ id: String(i + 1), service: "shop", children: 99 }));
  const { source: one, server } = await source(context, traces);
  const found = await one.search({ ...query, limit: 8 }, never);
  assert.equal(found.summaries.length, 8);
  assert.equal(found.limited, true);
  assert.equal(server.asked.length, 2);
  assert.match(found.notes.join(), /counts and durations are of the spans that were found/);
});

test("a search asks for its time range, newest first", async (context) => {
  const { source: one, server } = await source(context, [shop]);
  await one.search({ ...query, service: "shop" }, never);
  const asked = server.asked[0].query;
  assert.equal(asked.get("filter[query]"), 'service:"shop"');
  assert.equal(asked.get("filter[from]"), "2023-11-14T22:13:20.000Z");
  assert.equal(asked.get("filter[to]"), "2023-11-14T23:13:20.000Z");
  assert.equal(asked.get("sort"), "-timestamp");
});

const sites: readonly (readonly [string, string])[] = [
  ["https://app.datadoghq.eu", "https://api.datadoghq.eu"],
  ["https://app.datadoghq.com/apm/traces", "https://api.datadoghq.com"],
  ["https://us3.datadoghq.com", "https://api.us3.datadoghq.com"],
  ["https://datadoghq.com", "https://api.datadoghq.com"],
];

for (const [page, api] of sites) {
  test(`${page} is told to be a web page, and ${api} its API`, async () => {
    const one = connectDatadog(connectionTo(page, { kind: "datadog" }), fakeIo());
    const error = await refusal(one.test(never));
    assert.ok(error.message.endsWith(`is Datadog's web page. Its API is at ${api}.`), error.message);
    assert.equal(error.action, "editConnection");
  });
}

const links: readonly (readonly [string, string | undefined])[] = [
  ["https://api.datadoghq.com", "https://app.datadoghq.com/apm/trace/1f"],
  ["https://api.datadoghq.eu", "https://app.datadoghq.eu/apm/trace/1f"],
  ["https://api.us5.datadoghq.com", "https://us5.datadoghq.com/apm/trace/1f"],
  ["https://api.ddog-gov.com", "https://app.ddog-gov.com/apm/trace/1f"],
  ["https://api.datadoghq.com.example", undefined],
  ["https://evil-datadoghq.com", undefined],
  ["http://localhost:8080", undefined],
];

for (const [url, page] of links) {
  test(`the page of a trace of ${url} is ${page}`, () => {
    const one = connectDatadog(connectionTo(url, { kind: "datadog" }), fakeIo());
    assert.equal(one.link("1F"), page);
  });
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The one OTLP span of an answer with these attributes. */
function spanOf(more: Readonly<Record<string, unknown>>, wanted = "") {
  const attributes = {
    trace_id: "1",
    span_id: "2",
    parent_id: "0",
    service: "shop",
    resource_name: "GET /a",
    start_timestamp: "2023-11-14T22:13:20.001Z",
    end_timestamp: "2023-11-14T22:13:20.251Z",
    ...more,
  };
  const otlp = JSON.parse(datadogSpans([{ attributes }], wanted).otlp) as {
    resourceSpans: {
      resource: { attributes: Attribute[] };
      scopeSpans: { spans: Record<string, unknown>[] }[];
    }[];
  };
  return otlp.resourceSpans[0]?.scopeSpans[0].spans[0];
}

const spans: readonly (readonly [string, Readonly<Record<string, unknown>>, string, unknown])[] = [
  ["decimal span IDs are hex", { span_id: "67667974448284343" }, "spanId", "00f067aa0ba902b7"],
  ["a parent of 0 is none", { parent_id: "0" }, "parentSpanId", ""],
  [
    "a decimal trace ID of 128 bits is hex",
    { trace_id: "121702245401190319682828931810593850892" },
    "traceId",
    "5b8efff798038103d269b633813fc60c",
  ],
  [
    "times are exact to what they say",
    { start_timestamp: "2023-11-14T22:13:20.123456Z" },
    "startTimeUnixNano",
    "1700000000123456000",
  ],
  [
    "a duration in ns is believed where it agrees",
    { custom: { duration: 250_123_456 } },
    "endTimeUnixNano",
    "1700000000251123456",
  ],
  [
    "a duration that disagrees is not",
    { custom: { duration: 9e12 } },
    "endTimeUnixNano",
    "1700000000251000000",
  ],
  [
    "an end that is missing is the start",
    { end_timestamp: undefined },
    "endTimeUnixNano",
    "1700000000001000000",
  ],
  ["a kind is its number", { custom: { span: { kind: "client" } } }, "kind", 3],
  ["an error is a status", { status: "error" }, "status", { code: 2, message: "" }],
];

for (const [what, more, name, expected] of spans) {
  test(what, () => assert.deepEqual(spanOf(more)[name], expected));
}

test("an error in the span is its exception, whose stack leads to source", () => {
  const span = spanOf({
    custom: { error: { type: "TypeError", message: "no cart", stack: "at cart.ts:7:1" } },
  });
  assert.deepEqual(span.status, { code: 2, message: "no cart" });
  assert.deepEqual((span.events as { attributes: Attribute[] }[])[0].attributes, [
    { key: "exception.type", value: { stringValue: "TypeError" } },
    { key: "exception.message", value: { stringValue: "no cart" } },
    { key: "exception.stacktrace", value: { stringValue: "at cart.ts:7:1" } },
  ]);
});

test("nested attributes get dotted names, whatever the names are", () => {
  const custom = JSON.parse(
    '{"a":{"b":1,"__proto__":{"c":true}},"d":[1,"x"],"e":[{"f":null,"g":0.5}]}',
  ) as unknown;
  const attributes = spanOf({ custom }).attributes as Attribute[];
  assert.deepEqual(
    attributes.map(({ key }) => key),
    ["a.b", "a.__proto__.c", "d", "e.0.g"],
  );
  assert.deepEqual(attributes[0].value, { intValue: "1" });
  assert.deepEqual(attributes[3].value, { doubleValue: 0.5 });
});

test("attributes nested without end are read to a depth", () => {
  const custom = JSON.parse(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`) as unknown;
  const attributes = spanOf({ custom }).attributes as Attribute[];
  assert.deepEqual(attributes[0].value, { stringValue: "(nested too deeply)" });
});

for (const more of [
  { trace_id: "" },
  { trace_id: "xxxxx" },
  { span_id: "0" },
  { start_timestamp: "soon" },
  { trace_id: 7 },
]) {
  test(`a span with ${JSON.stringify(more)} is left out`, () => assert.equal(spanOf(more), undefined));
}

test("entries that are no spans are left out", () => {
  assert.deepEqual(datadogSpans([null, 1, "x", [], {}, { attributes: [] }], "").traceIds, []);
});
