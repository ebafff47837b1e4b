import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { TraceQuery, TraceSource } from "../../../src/backends/backend.ts";
import { connectZipkin } from "../../../src/backends/zipkin.ts";
import { underOneId } from "../../../src/backends/zipkinIds.ts";
import { listsIn } from "../../../src/backends/zipkinMany.ts";
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
  { id: short, service: "shop", durationMicros: 900, remote: "kafka" },
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
  ["for errors only", { errorsOnly: true }, [long]],
  ["by the service that was called", { remoteService: "Kafka" }, [short]],
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
    [
      "/api/v2/services",
      "/api/v2/traces",
      `/api/v2/trace/${long}`,
      `/api/v2/trace/${long.slice(16)}`,
      `/api/v2/trace/${short}`,
    ],
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

const halves: readonly FakeZipkinTrace[] = [
  { id: `0af7651916cd43dd${short}`, service: "shop" },
  { id: short, service: "pricing", spanId: "00f067aa0ba902b8" },
  { id: short, service: "pricing", spanId: "00f067aa0ba902b9" },
];

for (const [what, ways, id] of [
  ["that goes by the last 64 bits, asked for either", { lenient: true }, halves[0].id],
  ["that goes by the last 64 bits, asked for the shorter", { lenient: true }, short],
  ["that is strict", {}, halves[0].id],
] as const) {
  test(`a trace under two IDs is one trace in a Zipkin ${what}`, async (context) => {
    const [, source] = await fake(context, ways, halves);
    const { trace, notes, siblings, summary } = await source.trace(id, never);
    assert.deepEqual([trace.traceId, trace.length, summary.spans], [halves[0].id, 3, 3]);
    assert.equal(siblings.length, 1);
    assert.deepEqual(notes, [
      `Zipkin keeps this trace under the IDs ${halves[0].id} and ${short}: all of it is shown as one.`,
    ]);
  });
}

test("a Zipkin that goes by the last 64 bits is asked for the other half once", async (context) => {
  const [server, source] = await fake(context, { lenient: true }, [halves[0]]);
  await source.trace(halves[0].id, never);
  await source.trace(halves[0].id, never);
  assert.equal(server.asked.filter(({ path }) => path.endsWith(`/${short}`)).length, 1);
});

test("a trace of which a strict Zipkin has the shorter ID alone opens by the longer", async (context) => {
  const [, source] = await fake(context, {}, [halves[1]]);
  assert.equal((await source.trace(halves[0].id, never)).trace.traceId, padded(short));
});

test("ids are replaced wherever chunks end, and only where they are ids", async () => {
  const text = String.raw`[{"traceId":"${short}","id":"1","tags":{"a":"\"traceId\":\"${short}\""}},{"id":"2","traceId":"${long}"}]`;
  const bytes = Buffer.from(text);
  for (const size of [1, 5, 40, 1000]) {
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const out: Uint8Array[] = [];
    for await (const chunk of underOneId([chunks()], "ab")) out.push(chunk);
    const [[one, two]] = JSON.parse(Buffer.concat(out).toString());
    assert.deepEqual([one.traceId, two.traceId], ["ab", "ab"], `chunks of ${size} bytes`);
    assert.equal(one.tags.a, `"traceId":"${short}"`);
  }
});

test("an ID that has no end is passed on as it came", async () => {
  const chunks = async function* () {
    yield Buffer.from(`[{"traceId":"${"a".repeat(64)}`);
  };
  const out: Uint8Array[] = [];
  for await (const chunk of underOneId([chunks()], "ab")) {
    out.push(chunk);
    assert.ok(out.length < 20);
  }
  assert.equal(Buffer.concat(out).toString(), `[[{"traceId":"${"a".repeat(64)}]`);
});

test("services that were called, and keys with their values, come as Zipkin lists them", async (context) => {
  const [server, source] = await fake(context);
  assert.deepEqual(await source.remoteServices?.("SHOP", never), ["kafka"]);
  assert.equal(server.asked.at(-1)?.query.get("serviceName"), "shop");
  assert.deepEqual(await source.attributeNames?.(never), ["env", "http.method"]);
  assert.deepEqual(await source.attributeValues?.("env", never), ["prod"]);
});

test("a Zipkin too old for keys has none", async (context) => {
  const server = await faultyServer(paths({ "/api/v2/services": json([]) }));
  assert.deepEqual(await connect(context, server).attributeNames?.(never), []);
});

test("which services call which comes with counts of calls and errors", async (context) => {
  const [server, source] = await fake(context);
  const range = { fromMs: anything.fromMs, toMs: anything.toMs };
  assert.deepEqual(await source.dependencies?.(range, never), [
    { parent: "gateway", child: "shop", calls: 3, errors: 1 },
    { parent: "shop", child: "pricing", calls: 2, errors: 0 },
  ]);
  assert.deepEqual(Object.fromEntries(server.asked[1].query), {
    endTs: "1700003600000",
    lookback: "3600000",
  });
});

test("many traces come in one request, each ID asked for once, those that are missing left out", async (context) => {
  const [server, source] = await fake(context);
  const found = await source.traces?.([long, short.toUpperCase(), padded(short), "0001", "2"], never);
  assert.deepEqual(
    found?.map(({ trace }) => trace.traceId).sort(),
    [long, padded(short), padded("1")].sort(),
  );
  assert.deepEqual(
    server.asked.map(({ path }) => path),
    ["/api/v2/services", "/api/v2/traceMany"],
  );
});

test("a single trace of many is read by itself, and none of none", async (context) => {
  const [server, source] = await fake(context);
  assert.equal((await source.traces?.([short, padded(short)], never))?.length, 1);
  assert.deepEqual(await source.traces?.(["2"], never), []);
  assert.deepEqual(await source.traces?.([], never), []);
  assert.ok(server.asked.every(({ path }) => !path.endsWith("/traceMany")));
});

test("so many traces are asked for in parts that no URL is too long", async (context) => {
  const many = Array.from({ length: 250 }, (_, i) => ({
    id: `b${(i + 1).toString(16).padStart(31, "0")}`,
    service: "shop",
  }));
  const [server, source] = await fake(context, {}, many);
  const ids = many.map(({ id }) => id);
  assert.equal((await source.traces?.(ids, never))?.length, 250);
  assert.equal(server.asked.filter(({ path }) => path.endsWith("/traceMany")).length, 3);
});

test("lists in a list are told apart, whatever their texts hold and wherever chunks end", async () => {
  const lists = [[{ a: ']][[{"\\' }], [], [{ b: [1, [2]] }, { c: "é" }]];
  const bytes = Buffer.from(JSON.stringify(lists));
  for (const size of [1, 3, 1000]) {
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const found: unknown[] = [];
    for await (const list of listsIn(chunks())) found.push(JSON.parse(Buffer.from(list).toString()));
    assert.deepEqual(found, [lists[0], lists[2]]);
  }
});

test("a Zipkin whose search is switched off says so, and opens traces by their ID", async (context) => {
  const [server, source] = await fake(context, { searchOff: true });
  assert.equal(
    await source.test(never),
    `Zipkin 3.6.1 at ${server.url}: search is switched off there, traces open by ID`,
  );
  for (const asked of [source.services(never), source.search(anything, never)]) {
    const error = await refusal(asked);
    assert.equal(error.code, "searchOff");
    assert.match(error.message, /^Search is switched off on Zipkin at .*Traces open by their ID\.$/);
  }
  assert.equal((await source.trace(long, never)).trace.traceId, long);
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
