import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { BackendIo, Connection, TraceQuery, TraceSource } from "../../../src/backends/backend.ts";
import { connectTempo } from "../../../src/backends/tempo.ts";
import { createDecoder } from "../../../src/workers/decoder.ts";
import {
  type FaultyServer,
  faultyServer,
  html,
  json,
  paths,
  type Script,
  text,
} from "../../support/faultyServer.ts";
import { connectionTo, fakeIo, never, quick, refusal } from "./fakes.ts";
import { type FakeTempoWays, fakeTempo } from "./fakeTempo.ts";

const decoder = createDecoder(new URL("../../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());

const long = "5b8efff798038103d269b633813fc60c";
const traces = [
  { id: long, service: "shop" },
  { id: "463ac35c9f6413ad", service: "shop" },
  { id: "1", service: "pricing" },
];
const anything: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 1_700_000_000_400,
  toMs: 1_700_003_600_400,
  limit: 20,
};
const padded = (id: string) => id.padStart(32, "0");

function connect(
  context: TestContext,
  server: FaultyServer,
  more: Partial<Connection> = {},
  io: Partial<BackendIo> = {},
): TraceSource {
  const connection = connectionTo(server.url, { kind: "tempo", ...more });
  const source = connectTempo(connection, { ...fakeIo(undefined, decoder.decode), ...io }, quick);
  context.after(async () => {
    source.dispose();
    await server.close();
  });
  return source;
}

async function fake(context: TestContext, ways: FakeTempoWays = {}): Promise<[FaultyServer, TraceSource]> {
  const server = await fakeTempo(traces, ways);
  return [server, connect(context, server)];
}

/** A source of a server that has just these paths. */
async function scripted(context: TestContext, scripts: Readonly<Record<string, Script>>) {
  const server = await faultyServer(paths(scripts));
  return { server, source: connect(context, server) };
}

const asked = (server: FaultyServer) => server.asked.map(({ path }) => path);

test("a Tempo says its version and how many services it has", async (context) => {
  const [server, source] = await fake(context);
  assert.equal(await source.test(never), `Grafana Tempo 3.0.1 at ${server.url}: 2 services`);
});

test("a Tempo that says nothing of its version is known by its echo", async (context) => {
  const [server, source] = await fake(context, { anonymous: true });
  assert.equal(await source.test(never), `Grafana Tempo at ${server.url}: 2 services`);
});

test("another server that answers like a Tempo without being one is not taken for it", async (context) => {
  const { source } = await scripted(context, {
    "/api/v2/search/tag/resource.service.name/values": json({}),
    "/api/status/buildinfo": json({ status: "success", data: { version: "2.50.0" } }),
    "/api/echo": text("hello"),
  });
  const error = await refusal(source.test(never));
  assert.equal(error.code, "notJson");
  assert.match(error.message, /nothing by which a Tempo is known\.$/);
});

test("services and span names come sorted, each once; the names narrowed by service and kind", async (context) => {
  const [server, source] = await fake(context);
  assert.deepEqual(await source.services(never), ["pricing", "shop"]);
  assert.deepEqual(await source.operations("shop", never, "server"), ["GET /a", "GET /b"]);
  assert.equal(server.asked.at(-1)?.path, "/api/v2/search/tag/name/values");
  assert.equal(server.asked.at(-1)?.query.get("q"), '{ resource.service.name = "shop" && kind = server }');
});

test("the services that a service calls are those its spans name, in either of two attributes", async (context) => {
  const server = await faultyServer((response, asked, index) => {
    const called = asked.path.includes("service.peer.name") ? ["bank"] : ["cache", "bank"];
    json({ tagValues: called.map((value) => ({ type: "string", value })) })(response, asked, index);
  });
  const source = connect(context, server);
  assert.deepEqual(await source.remoteServices?.("shop", never), ["bank", "cache"]);
  assert.deepEqual(
    server.asked.map(({ path, query }) => [path, query.get("q")]).sort(),
    ["peer.service", "service.peer.name"].map((name) => [
      `/api/v2/search/tag/span.${name}/values`,
      '{ resource.service.name = "shop" }',
    ]),
  );
});

test("where nothing is recent, names of the last day are asked for", async (context) => {
  const server = await faultyServer((response, { query }, index) =>
    json(query.has("start") ? { tagValues: [{ type: "string", value: "shop" }] } : {})(
      response,
      server.asked[index],
      index,
    ),
  );
  const source = connect(context, server, {}, { now: () => 1_700_000_000_000 });
  assert.deepEqual(await source.services(never), ["shop"]);
  const { query } = server.asked[1];
  assert.deepEqual([query.get("start"), query.get("end")], ["1699913600", "1700000000"]);
});

test("a Tempo of before 2.0 answers services by the older address, which is found once", async (context) => {
  const [server, source] = await fake(context, { version: "1.5" });
  assert.deepEqual(await source.services(never), ["pricing", "shop"]);
  await source.services(never);
  assert.deepEqual(asked(server).slice(1), Array(2).fill("/api/search/tag/service.name/values"));
});

test("attributes and their values are as TraceQL writes them", async (context) => {
  const { server, source } = await scripted(context, {
    "/api/v2/search/tags": json({
      scopes: [
        { name: "resource", tags: ["service.name"] },
        { name: "span", tags: ["http.route", "my attr"] },
        { name: "intrinsic", tags: ["duration", "status"] },
        { name: "new", tags: ["unheard of"] },
      ],
    }),
    "/api/v2/search/tag/span.my%20attr%2525/values": json({
      tagValues: [
        { type: "string", value: 'a "b"' },
        { type: "int", value: "5" },
        { type: "keyword", value: "error" },
        { type: "float", value: "1.5" },
        { type: "string", value: "5" },
      ],
    }),
  });
  const names = ["duration", "resource.service.name", 'span."my attr"', "span.http.route", "status"];
  assert.deepEqual(await source.attributeNames?.(never), names);
  const values = ['"5"', '"a \\"b\\""', "1.5", "5", "error"];
  assert.deepEqual(await source.attributeValues?.('span."my attr%"', never), values.sort());
  assert.equal(server.asked.length, 2);
});

test("attributes of a Tempo of before 2.0 have no scope", async (context) => {
  const { source } = await scripted(context, { "/api/search/tags": json({ tagNames: ["http.route"] }) });
  assert.deepEqual(await source.attributeNames?.(never), [".http.route"]);
});

test("a search has its range in whole seconds around what was asked, and wants the newest", async (context) => {
  const [server, source] = await fake(context);
  await source.search({ ...anything, service: "shop" }, never);
  const { path, query } = server.asked[0];
  assert.equal(path, "/api/search");
  assert.equal(query.get("q"), '{ resource.service.name = "shop" }\nwith (most_recent=true)');
  assert.deepEqual(
    [query.get("start"), query.get("end"), query.get("limit")],
    ["1700000000", "1700003601", "20"],
  );
});

test("traces found have ids of 32 digits, what their services say, and no name where the root has not come", async (context) => {
  const found = {
    traceID: "abc",
    rootServiceName: "<root span not yet received>",
    startTimeUnixNano: "1684778327699392724",
    serviceStats: { shop: { spanCount: 4, errorCount: 1 }, db: { spanCount: 9 } },
  };
  const older = {
    traceID: long,
    rootServiceName: "a",
    rootTraceName: "b",
    durationMs: 3,
    spanSet: { matched: 2 },
  };
  const { source } = await scripted(context, {
    "/api/search": json({ traces: [older, found, { traceID: "x" }] }),
  });
  const { summaries, limited } = await source.search(anything, never);
  assert.deepEqual(summaries, [
    {
      traceId: padded("abc"),
      rootService: "",
      rootName: "",
      startMs: 1684778327699.392,
      durationNs: 0,
      spans: 13,
      errors: 1,
      services: [
        { name: "db", spans: 9 },
        { name: "shop", spans: 4 },
      ],
    },
    {
      traceId: long,
      rootService: "a",
      rootName: "b",
      startMs: 0,
      durationNs: 3e6,
      spans: 2,
      errors: 0,
      services: [],
    },
  ]);
  assert.equal(limited, false);
});

test("a search that reaches its limit says that there may be more", async (context) => {
  const [, source] = await fake(context);
  assert.equal((await source.search({ ...anything, limit: 2 }, never)).limited, true);
});

test("TraceQL goes as it was typed, with nothing of the form", async (context) => {
  const [server, source] = await fake(context);
  const typed = "{ span.a = 1 } // only these";
  await source.search({ ...anything, service: "shop", text: typed }, never);
  await source.search({ ...anything, text: "{} with (most_recent=false)" }, never);
  assert.deepEqual(
    server.asked.map(({ query }) => query.get("q")),
    [`${typed}\nwith (most_recent=true)`, "{} with (most_recent=false)"],
  );
});

test("a query for metrics answers traces, and says so", async (context) => {
  const [, source] = await fake(context);
  const { notes } = await source.search({ ...anything, text: "{} | rate() by(name)" }, never);
  assert.deepEqual(notes, [
    "This query asks for metrics. These are the traces of the spans they would be made of.",
  ]);
  assert.deepEqual((await source.search({ ...anything, text: "{} | count() > 2" }, never)).notes, []);
});

test("an error in TraceQL is told in Tempo's words, of what was typed and nothing else", async (context) => {
  const syntax = "invalid TraceQL query: parse error at line 1, col 3: syntax error: unexpected $end";
  const { server, source } = await scripted(context, { "/api/search": text(`${syntax}\n`, 400) });
  const error = await refusal(source.search({ ...anything, text: "{ " }, never));
  assert.equal(error.code, "query");
  assert.equal(error.message, `Grafana Tempo at ${server.url} refused the request (400): ${syntax}`);
  assert.equal(server.asked.at(-1)?.query.get("q"), "{");
});

test("a Tempo that does not know the hint is asked without it", async (context) => {
  const server = await faultyServer((response, one, index) => {
    const isHinted = one.query.get("q")?.includes("with");
    const answer = isHinted ? text("invalid TraceQL query: parse error", 400) : json({ traces: [] });
    answer(response, one, index);
  });
  assert.deepEqual((await connect(context, server).search(anything, never)).summaries, []);
});

test("a range longer than the server searches is cut at its beginning, and that is said", async (context) => {
  const server = await faultyServer((response, one, index) => {
    const [start, end] = ["start", "end"].map((name) => Number(one.query.get(name)));
    const refused = text(
      `range specified by start and end exceeds 168h0m0s. received start=${start} end=${end}`,
      400,
    );
    (end - start > 168 * 3600 ? refused : json({ traces: [], metrics: {} }))(response, one, index);
  });
  const source = connect(context, server);
  const { notes } = await source.search({ ...anything, fromMs: anything.toMs - 30 * 86_400_000 }, never);
  assert.deepEqual(notes, [
    "Tempo searches 7 days at most: only the last 7 days of the time range were searched.",
  ]);
  assert.equal(server.asked[1].query.get("start"), String(1_700_003_601 - 7 * 86_400));
});

for (const version of ["3.0", "2.5", "1.5"] as const) {
  test(`Tempo ${version}: every trace opens by its ID in any form, asked for as protobuf`, async (context) => {
    const [server, source] = await fake(context, { version });
    for (const id of [long, long.toUpperCase(), "463ac35c9f6413ad", padded("1"), "1"]) {
      const found = await source.trace(id, never);
      assert.equal(found.trace.traceId, padded(id.toLowerCase()));
      assert.equal(found.partial ?? false, false);
      assert.deepEqual(found.notes, []);
    }
    const first = version === "3.0" ? [] : [`/api/v2/traces/${long}`];
    const path = version === "3.0" ? "/api/v2/traces" : "/api/traces";
    assert.deepEqual(asked(server).slice(0, 2), [...first, `${path}/${long}`, `${path}/${long}`].slice(0, 2));
  });

  test(`Tempo ${version}: a trace that is not there is told as such`, async (context) => {
    const [server, source] = await fake(context, { version });
    const error = await refusal(source.trace("abc", never));
    assert.equal(error.code, "notFound");
    assert.equal(error.message, `Grafana Tempo at ${server.url} does not have the trace ${padded("abc")}.`);
  });
}

test("a trace that Tempo says is cut is partial, with Tempo's words and what shows the rest", async (context) => {
  const words = "Trace exceeds maximum size of 5 bytes, a partial trace is returned";
  const [, source] = await fake(context, { partial: words });
  const { partial, notes, trace } = await source.trace(long, never);
  const note = `${words}. To see the rest, raise max_bytes_per_trace of Tempo.`;
  assert.deepEqual([partial, notes, trace.length], [true, [note], 1]);
});

test("a trace larger than Tempo answers is told in Tempo's words", async (context) => {
  const { source } = await scripted(context, {
    "/api/v2/traces/5b8efff798038103d269b633813fc60c": text(
      "trace exceeds max size (max bytes: 5000000)",
      422,
    ),
  });
  const error = await refusal(source.trace(long, never));
  assert.equal(error.code, "tooLarge");
  assert.match(error.message, /\(422\): trace exceeds max size \(max bytes: 5000000\)$/);
});

test("a proxy that makes JSON of the answer does not stand in the way, nor does an answer of no trace", async (context) => {
  const span = {
    traceId: "W47/95gDgQPSabYzgT/GDA==",
    spanId: "7uGbfsPBsXQ=",
    name: "GET /",
    kind: "SPAN_KIND_SERVER",
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000250000000",
  };
  const trace = { resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: [span] }] }] };
  const { source } = await scripted(context, {
    [`/api/v2/traces/${long}`]: json({ trace, metrics: {} }),
    [`/api/v2/traces/${padded("1")}`]: json({ trace: {}, metrics: {} }),
  });
  assert.equal((await source.trace(long, never)).trace.traceId, long);
  assert.equal((await refusal(source.trace("1", never))).code, "notFound");
});

test("below a path, everything is below it", async (context) => {
  const server = await fakeTempo(traces, { base: "/obs/tempo" });
  const source = connect(context, server, { url: `${server.url}/obs/tempo/` });
  assert.match(await source.test(never), /: 2 services$/);
  assert.equal((await source.search(anything, never)).summaries.length, 3);
  assert.equal((await source.trace("1", never)).trace.traceId, padded("1"));
});

test("a tenant is sent, and a missing one asked for", async (context) => {
  const server = await fakeTempo(traces, { tenants: ["team-1"] });
  const mine = connect(context, server, { tenant: "team-1" });
  assert.equal((await mine.search(anything, never)).summaries.length, 3);
  const others = connect(context, server, { tenant: "team-2" });
  assert.equal((await others.search(anything, never)).summaries.length, 0);
  const error = await refusal(connect(context, server).services(never));
  assert.deepEqual([error.code, error.action], ["tenant", "editConnection"]);
  assert.match(error.message, /serves several tenants\. Set the tenant of the connection to one of them\.$/);
});

test("Grafana Cloud's user and token go as basic authentication", async (context) => {
  const server = await fakeTempo(traces, { base: "/tempo" });
  const more = { url: `${server.url}/tempo`, auth: "basic", user: "12345" } as const;
  await connect(context, server, more, { secret: async () => "glc_abc" }).services(never);
  const basic = Buffer.from("12345:glc_abc").toString("base64");
  assert.equal(server.asked[0].headers.authorization, `Basic ${basic}`);
});

test("through Grafana's data-source proxy all goes to the proxy, and the page of a trace is Explore", async (context) => {
  const base = "/grafana/api/datasources/proxy/uid/abc-1";
  const server = await fakeTempo(traces, { base });
  const headers = { "X-Grafana-Org-Id": "2" };
  const source = connect(context, server, { url: server.url + base, headers });
  assert.equal((await source.trace(long, never)).trace.traceId, long);
  assert.equal(server.asked[0].headers["x-grafana-org-id"], "2");
  const link = new URL(source.link(long) ?? "");
  assert.equal(link.origin + link.pathname, `${server.url}/grafana/explore`);
  assert.equal(link.searchParams.get("orgId"), "2");
  const [pane] = Object.values(JSON.parse(link.searchParams.get("panes") ?? "")) as { queries: object[] }[];
  const datasource = { type: "tempo", uid: "abc-1" };
  assert.deepEqual(pane.queries, [{ refId: "A", datasource, queryType: "traceql", query: long }]);
});

test("a Tempo has no page of its own, nor one behind a proxy that names no data source", async (context) => {
  const [server, source] = await fake(context);
  assert.equal(source.link(long), undefined);
  for (const path of ["/api/datasources/proxy/7", "/api/datasources/proxy/uid/%zz"]) {
    const other = connectTempo(connectionTo(server.url + path), fakeIo(), quick);
    assert.equal(other.link(long), undefined);
    other.dispose();
  }
});

test("a server without Tempo's paths is told to be none, not to lack a trace", async (context) => {
  const { source } = await scripted(context, {});
  for (const call of [source.services, (signal: AbortSignal) => source.trace(long, signal)]) {
    assert.match(
      (await refusal(call(never))).message,
      /“not found” to Tempo's API: the path in the URL may be wrong\.$/,
    );
  }
});

test("a web page in place of the API is said to be one", async (context) => {
  const server = await faultyServer(html());
  const source = connect(context, server);
  for (const call of [source.services, (signal: AbortSignal) => source.trace(long, signal)]) {
    assert.match((await refusal(call(never))).message, /answered with a web page\.$/);
  }
});
