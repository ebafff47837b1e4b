import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { TraceQuery, TraceSource } from "../../../src/backends/backend.ts";
import { connectZipkin } from "../../../src/backends/zipkin.ts";
import { createDecoder } from "../../../src/workers/decoder.ts";
import { type FaultyServer, faultyServer, html, json, paths, text } from "../../support/faultyServer.ts";
import { fakeJaeger } from "./fakeJaeger.ts";
import { connectionTo, fakeIo, never, quick, refusal } from "./fakes.ts";
import { type FakeZipkinTrace, type FakeZipkinWays, fakeZipkin } from "./fakeZipkin.ts";

const decoder = createDecoder(new URL("../../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());

const long = "5b8efff798038103d269b633813fc60c";
const short = "463ac35c9f6413ad";
const traces: readonly FakeZipkinTrace[] = [
  { id: long, service: "Shop", tags: { error: "out of stock", "http.method": "GET" } },
  { id: short, service: "shop", durationMicros: 900 },
  { id: "1", service: "pricing", tags: { "http.method": "GET" } },
];
const anything: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 1_700_000_000_000,
  toMs: 1_700_003_600_000,
  limit: 20,
};
const padded = (id: string) => id.padStart(32, "0");

function connect(context: TestContext, server: FaultyServer, path = ""): TraceSource {
  const source = connectZipkin(
    connectionTo(server.url + path, { kind: "zipkin", tenant: "team-1" }),
    fakeIo(undefined, decoder.decode),
    quick,
  );
  context.after(async () => {
    source.dispose();
    await server.close();
  });
  return source;
}

async function fake(
  context: TestContext,
  ways: FakeZipkinWays = {},
  given = traces,
): Promise<[FaultyServer, TraceSource]> {
  const server = await fakeZipkin(given, ways);
  return [server, connect(context, server)];
}

test("a Zipkin is recognised and says its version and how many services it has", async (context) => {
  const [server, source] = await fake(context);
  assert.equal(await source.test(never), `Zipkin 3.6.1 at ${server.url}: 2 services`);
});

for (const paper of ["/zipkin/config.json", "/health"]) {
  test(`a Zipkin that shows nothing of itself but ${paper} is recognised`, async (context) => {
    const [server, source] = await fake(context, { papers: [paper] }, [traces[1]]);
    assert.equal(await source.test(never), `Zipkin at ${server.url}: 1 service`);
  });
}

test("a Zipkin whose papers are forbidden to read is recognised by the one that is not", async (context) => {
  const server = await faultyServer(
    paths(
      { "/api/v2/services": json([]), "/health": json({ zipkin: { status: "UP" } }) },
      text("no entry", 403),
    ),
  );
  assert.equal(await connect(context, server).test(never), `Zipkin at ${server.url}: 0 services`);
});

test("another server that answers with a list of names is not taken for a Zipkin", async (context) => {
  const server = await faultyServer(json(["shop"]));
  const error = await refusal(connect(context, server).test(never));
  assert.equal(error.code, "notJson");
  assert.match(error.message, /nothing by which a Zipkin is known\.$/);
});

test("a Jaeger is not taken for a Zipkin", async (context) => {
  for (const version of ["1.60", "2.20"] as const) {
    const server = await fakeJaeger(version, [{ id: long, service: "shop" }]);
    assert.equal((await refusal(connect(context, server).test(never))).code, "notJson");
  }
});

test("services and operations come sorted, each once; names are asked for in lower case", async (context) => {
  const [server, source] = await fake(context);
  assert.deepEqual(await source.services(never), ["pricing", "shop"]);
  assert.deepEqual(await source.operations("SHOP", never), ["get /a", "get /b"]);
  assert.equal(server.asked.at(-1)?.query.get("serviceName"), "shop");
  assert.deepEqual(await source.operations("nobody", never), []);
});

test("a Zipkin with nothing in it answers empty lists", async (context) => {
  const [, source] = await fake(context, {}, []);
  assert.deepEqual(await source.services(never), []);
  assert.deepEqual((await source.search(anything, never)).summaries, []);
});

const searches: readonly (readonly [string, Partial<TraceQuery>, readonly string[]])[] = [
  ["without a service", {}, [long, short, "1"]],
  ["within a service, however its name is written", { service: "SHOP" }, [long, short]],
  ["by tag", { tags: new Map([["http.method", "GET"]]) }, [long, "1"]],
  ["for errors", { tags: new Map([["error", "true"]]) }, [long]],
  ["by longest duration alone", { maxDurationNs: 1e6 }, [short]],
  ["by shortest duration", { minDurationNs: 1e6, service: "pricing" }, ["1"]],
];

for (const [what, change, expected] of searches) {
  test(`a search ${what} finds whole traces, and each opens by its ID`, async (context) => {
    const [, source] = await fake(context);
    const { summaries, limited } = await source.search({ ...anything, ...change }, never);
    assert.deepEqual(summaries.map(({ traceId }) => traceId).sort(), expected.map(padded).sort());
    assert.equal(limited, false);
    for (const summary of summaries) {
      assert.deepEqual((await source.trace(summary.traceId, never)).summary, summary);
    }
  });
}

test("a search that reaches its limit says that there may be more", async (context) => {
  const [, source] = await fake(context);
  assert.equal((await source.search({ ...anything, limit: 2 }, never)).limited, true);
});

test("where Zipkin is, is asked once", async (context) => {
  const [server, source] = await fake(context);
  await source.search(anything, never);
  await source.trace(long, never);
  await source.trace(padded(short), never);
  assert.deepEqual(
    server.asked.map((asked) => asked.path),
    ["/api/v2/services", "/api/v2/traces", `/api/v2/trace/${long}`, `/api/v2/trace/${short}`],
  );
});

test("a Zipkin of which a proxy passes /zipkin alone is found there", async (context) => {
  const [server, source] = await fake(context, { base: "/zipkin", papers: ["/zipkin/config.json"] });
  assert.equal(await source.test(never), `Zipkin at ${server.url}: 2 services`);
  assert.equal((await source.search(anything, never)).summaries.length, 3);
  assert.equal((await source.trace("1", never)).trace.traceId, padded("1"));
});

test("a web page in place of the API is said to be one", async (context) => {
  const server = await faultyServer(paths({ "/api/v2/services": html() }));
  assert.match(
    (await refusal(connect(context, server).services(never))).message,
    /answered with a web page\.$/,
  );
});

test("a server without API v2 is told to be none", async (context) => {
  const server = await faultyServer(paths({ "/api/v1/services": json(["shop"]) }));
  assert.match(
    (await refusal(connect(context, server).trace("1", never))).message,
    /“not found” to Zipkin's API v2/,
  );
});

test("a trace that is not there is told with its ID as Zipkin writes it", async (context) => {
  const [server, source] = await fake(context);
  const error = await refusal(source.trace("00ABC", never));
  assert.equal(error.code, "notFound");
  assert.equal(error.message, `Zipkin at ${server.url} does not have the trace 0000000000000abc.`);
});

test("where only the last 64 bits count, a trace opens by an ID that none of its spans has", async (context) => {
  const [, source] = await fake(context, { lenient: true }, [{ id: short, service: "shop" }]);
  const { trace } = await source.trace(`0af7651916cd43dd${short}`, never);
  assert.equal(trace.traceId, padded(short));
});

test("spans of the same trace under an ID of the other length are told", async (context) => {
  const both = [
    { id: `0af7651916cd43dd${short}`, service: "shop" },
    { id: short, service: "pricing" },
  ];
  const [, source] = await fake(context, { lenient: true }, both);
  const { trace, notes, siblings } = await source.trace(both[0].id, never);
  assert.equal(trace.traceId, both[0].id);
  assert.deepEqual(notes, [`Zipkin has another span of this trace under the ID ${short}.`]);
  assert.equal(siblings.length, 2);
});

test("no tenant is sent, as Zipkin has none", async (context) => {
  const [server, source] = await fake(context);
  await source.services(never);
  assert.ok(!Object.values(server.asked[0].headers).includes("team-1"));
});

test("the page of a trace is Zipkin's own, whether the address ends with /zipkin or not", async (context) => {
  const server = await fakeZipkin(traces);
  for (const path of ["", "/", "/zipkin", "/zipkin/"]) {
    const source = connectZipkin(connectionTo(server.url + path), fakeIo());
    assert.equal(source.link(padded(short)), `${server.url}/zipkin/traces/${short}`);
    assert.equal(source.link(long.toUpperCase()), `${server.url}/zipkin/traces/${long}`);
    source.dispose();
  }
  context.after(() => server.close());
});
