import assert from "node:assert/strict";
import { test } from "node:test";
import type { Decode, SearchResult } from "../../../src/backends/backend.ts";
import { connectJaeger } from "../../../src/backends/jaeger.ts";
import { UserError } from "../../../src/base/userError.ts";
import { type FaultyServer, faultyServer, html, json, paths, text } from "../../support/faultyServer.ts";
import { fakeJaeger, type JaegerVersion, jaegerVersions } from "./fakeJaeger.ts";
import { connectionTo, fakeIo, never, parseWhole, quick, refusal } from "./fakes.ts";
import { connect, decoder, fake, long, shop, short, traces } from "./jaegerSources.ts";

function pathsOf(server: FaultyServer): string[] {
  return server.asked.map((asked) => asked.path);
}

const called: Record<JaegerVersion, string> = {
  "1.60": "1.x",
  "2.13": "before 2.16",
  "2.17": "2.16 to 2.18",
  "2.20": "2.19 or 2.20",
  "2.21": "newer than 2.20",
};

for (const version of jaegerVersions) {
  const form = version === "1.60" ? "internal API" : "API v3";

  test(`Jaeger ${version} is recognised by its behaviour and says what answered`, async (context) => {
    const [server, source] = await fake(context, version);
    assert.equal(
      await source.test(never),
      `Jaeger at ${server.url}, ${called[version]}, ${form}, 2 services`,
    );
  });

  test(`Jaeger ${version} answers services and operations, sorted, each once`, async (context) => {
    const [, source] = await fake(context, version);
    assert.deepEqual(await source.services(never), ["pricing", "shop"]);
    assert.deepEqual(await source.operations("shop", never), ["GET /a", "GET /b"]);
    assert.deepEqual(await source.operations("nobody", never), []);
  });

  test(`Jaeger ${version} answers the operations of one span kind`, async (context) => {
    const [, source] = await fake(context, version);
    assert.deepEqual(await source.operations("shop", never, "client"), ["GET /a"]);
    assert.deepEqual(await source.operations("shop", never, "server"), ["GET /a", "GET /b"]);
    assert.deepEqual(await source.operations("shop", never, "producer"), []);
  });

  test(`Jaeger ${version} finds only traces with errors where that is asked`, async (context) => {
    const source = connect(context, await fakeJaeger(version, traces), decoder.decode);
    for (const query of [
      { ...shop, errorsOnly: true },
      { ...shop, tags: new Map([["error", "true"]]) },
    ]) {
      const found = await source.search(query, never);
      assert.deepEqual(idsOf(found), [long]);
      assert.equal(/does not search for errors/.test(found.notes.join()), version === "2.13");
    }
    assert.deepEqual(
      idsOf(await source.search({ ...shop, service: "pricing", errorsOnly: true }, never)),
      [],
    );
  });

  test(`Jaeger ${version} answers which services call which, none of them itself`, async (context) => {
    const [server, source] = await fake(context, version);
    const range = { fromMs: 1_700_000_000_000, toMs: 1_700_003_600_000 };
    assert.deepEqual(await source.dependencies?.(range, never), [
      { parent: "shop", child: "pricing", calls: 3, errors: undefined },
    ]);
    assert.deepEqual(Object.fromEntries(server.asked[0].query), {
      endTs: "1700003600000",
      lookback: "3600000",
    });
  });

  test(`Jaeger ${version} with nothing in it answers empty lists`, async (context) => {
    const [, source] = await fake(context, version, []);
    assert.deepEqual(await source.services(never), []);
    assert.deepEqual((await source.search(shop, never)).summaries, []);
  });

  test(`Jaeger ${version} finds traces, and opens each that it finds`, async (context) => {
    const [, source] = await fake(context, version);
    const found = await source.search(shop, never);
    assert.deepEqual(found.summaries.map((summary) => summary.traceId).sort(), [
      short.padStart(32, "0"),
      long,
    ]);
    assert.equal(found.limited, false);
    for (const summary of found.summaries) {
      assert.equal((await source.trace(summary.traceId, never)).trace.traceId, summary.traceId);
    }
  });

  test(`Jaeger ${version} finds by tag, whether its v3 heeds tags or not`, async (context) => {
    const [, source] = await fake(context, version);
    const tags = new Map([["http.status_code", "500"]]);
    const found = await source.search({ ...shop, tags }, never);
    assert.deepEqual(
      found.summaries.map((summary) => summary.traceId),
      [long],
    );
    await source.search({ ...shop, tags }, never);
  });

  test(`Jaeger ${version} says that there may be more when the limit is reached`, async (context) => {
    const [, source] = await fake(context, version);
    assert.equal((await source.search({ ...shop, limit: 1 }, never)).limited, true);
  });

  test(`Jaeger ${version} rejects with "notFound" for a trace it does not have`, async (context) => {
    const [, source] = await fake(context, version);
    const error = await refusal(source.trace("2", never));
    assert.equal(error.code, "notFound");
    assert.match(error.message, /^Jaeger at http:.* does not have the trace 2\.$/);
  });
}

function idsOf({ summaries }: SearchResult): readonly string[] {
  return summaries.map((summary) => summary.traceId);
}

for (const version of ["1.60", "2.17", "2.21"] as const) {
  test(`Jaeger ${version} finds by span kind, as by a tag`, async (context) => {
    const [, source] = await fake(context, version);
    const found = await source.search({ ...shop, spanKind: "server" }, never);
    assert.deepEqual([idsOf(found), found.notes], [[long], []]);
  });
}

test("a store that does not find by span kind is searched by the operations of that kind, which is said", async (context) => {
  const [server, source] = await fake(context, "2.13");
  const found = await source.search({ ...shop, spanKind: "client" }, never);
  assert.deepEqual(idsOf(found).toSorted(), [short.padStart(32, "0"), long]);
  assert.match(
    found.notes.join(),
    /does not search by span kind: .* the operations of the kind client, by name/,
  );
  const before = server.asked.length;
  await source.search({ ...shop, spanKind: "client" }, never);
  assert.deepEqual(pathsOf(server).slice(before), ["/api/v3/operations", "/api/v3/traces"]);
  const none = await source.search({ ...shop, spanKind: "client", operation: "GET /b" }, never);
  assert.deepEqual(idsOf(none), []);
});

test("which API a server has is asked once", async (context) => {
  const [server, source] = await fake(context, "1.60");
  await source.services(never);
  await source.services(never);
  await source.operations("shop", never);
  await source.trace(long, never);
  assert.deepEqual(pathsOf(server), [
    "/api/v3/services",
    "/api/services",
    "/api/services",
    "/api/operations",
    `/api/traces/${long}`,
  ]);
});

test("that a server lacks the internal search is asked once", async (context) => {
  const [server, source] = await fake(context, "2.21");
  const query = { ...shop, tags: new Map([["a", "b"]]) };
  await source.search(query, never);
  await source.search(query, never);
  assert.deepEqual(pathsOf(server), ["/api/v3/services", "/api/traces", "/api/v3/traces", "/api/v3/traces"]);
});

test("a server that is replaced by a newer one is recognised anew", async (context) => {
  let isNew = false;
  const server = await faultyServer((response, asked, index) => {
    const script = isNew
      ? paths({ "/api/v3/services": json({ services: ["new"] }) })
      : paths({ "/api/services": json({ data: ["old"] }) }, html());
    script(response, asked, index);
  });
  const source = connect(context, server);
  assert.deepEqual(await source.services(never), ["old"]);
  isNew = true;
  assert.deepEqual(await source.services(never), ["new"]);
});

test("the v3 query has its times in RFC 3339, its durations Go's, by the names of every version", async (context) => {
  const [server, source] = await fake(context, "2.21");
  await source.search(
    {
      ...shop,
      operation: "GET /a?b=c d",
      minDurationNs: 1_500_000,
      maxDurationNs: 2e9,
      tags: new Map([['k"', "v\\"]]),
    },
    never,
  );
  assert.deepEqual(Object.fromEntries(server.asked[2].query), {
    "query.service_name": "shop",
    "query.serviceName": "shop",
    "query.start_time_min": "2023-11-14T22:13:20.000Z",
    "query.startTimeMin": "2023-11-14T22:13:20.000Z",
    "query.start_time_max": "2023-11-14T23:13:20.000Z",
    "query.startTimeMax": "2023-11-14T23:13:20.000Z",
    "query.num_traces": "20",
    "query.searchDepth": "20",
    "query.operation_name": "GET /a?b=c d",
    "query.operationName": "GET /a?b=c d",
    "query.duration_min": "1500000ns",
    "query.durationMin": "1500000ns",
    "query.duration_max": "2000000000ns",
    "query.durationMax": "2000000000ns",
    "query.attributes": '{"k\\"":"v\\\\"}',
  });
});

test("the internal query has its times in microseconds and its durations Go's", async (context) => {
  const [server, source] = await fake(context, "1.60");
  const tags = new Map([
    ["error", "true"],
    ["__proto__", "x:y"],
  ]);
  await source.search({ ...shop, operation: "GET /a", minDurationNs: 1000, maxDurationNs: 5, tags }, never);
  assert.deepEqual(Object.fromEntries(server.asked[2].query), {
    service: "shop",
    start: "1700000000000000",
    end: "1700003600000000",
    limit: "20",
    operation: "GET /a",
    minDuration: "1000ns",
    maxDuration: "5ns",
    tags: '{"error":"true","__proto__":"x:y"}',
  });
});

test("a search without a service is refused before anything is asked", async (context) => {
  const [server, source] = await fake(context, "2.20");
  assert.equal((await refusal(source.search({ ...shop, service: "" }, never))).code, "serviceNeeded");
  assert.equal(server.asked.length, 0);
});

test("a base path is kept in requests and links", async (context) => {
  const server = await fakeJaeger("2.20", traces, "/tools/jaeger");
  const source = connectJaeger(connectionTo(`${server.url}/tools/jaeger/`), fakeIo(), quick);
  context.after(async () => {
    source.dispose();
    await server.close();
  });
  assert.deepEqual(await source.services(never), ["pricing", "shop"]);
  assert.equal(source.link(long), `${server.url}/tools/jaeger/trace/${long}`);
});

test("a search too large to read falls back to summaries", async (context) => {
  const summaries = [
    {
      traceId: short,
      rootServiceName: "shop",
      rootOperationName: "GET /a",
      minStartTimeUnixNano: "1700000000000000001",
      maxEndTimeUnixNano: "1700000000250000001",
      spanCount: 3,
      services: [{ name: "shop", spanCount: 3 }],
    },
    { traceId: long, minStartTimeUnixNano: "1700000001000000000" },
    { traceId: "not hex" },
  ];
  const spans = Array.from({ length: 50 }, () => ({ traceId: long, spanId: "1" }));
  const server = await faultyServer(
    paths({
      "/api/v3/services": json({ services: ["shop"] }),
      "/api/v3/traces": json({ result: { resourceSpans: [{ scopeSpans: [{ spans }] }] } }),
      "/api/v3/trace-summaries": json({ summaries }),
    }),
  );
  const source = connect(context, server, undefined, { maxBytes: 1000 });
  const found = await source.search(shop, never);
  assert.deepEqual(
    found.summaries.map((summary) => summary.traceId),
    [long, short.padStart(32, "0")],
  );
  assert.deepEqual(found.summaries[1], {
    traceId: short.padStart(32, "0"),
    rootService: "shop",
    rootName: "GET /a",
    startMs: 1_700_000_000_000,
    durationNs: 250_000_000,
    spans: 3,
    errors: 0,
    services: [{ name: "shop", spans: 3 }],
  });
  assert.equal(found.notes.length, 1);
});

test("a search too large to read on a server without summaries says so", async (context) => {
  const server = await faultyServer(
    paths({ "/api/v3/services": json({}), "/api/v3/traces": json({ result: "x".repeat(2000) }) }),
  );
  const source = connect(context, server, undefined, { maxBytes: 1000 });
  assert.equal((await refusal(source.search(shop, never))).code, "tooLarge");
});

const strangers = [
  ["a web page everywhere", html(), /it answered with a web page/],
  ["JSON of its own", json({ status: "ok" }), /it answered with JSON of another kind/],
  ["404 everywhere", text("404 page not found", 404), /Is the path in the URL right\?/],
  ["plain text", text("hello"), /text that is not JSON/],
] as const;

for (const [what, script, message] of strangers) {
  test(`a server that answers ${what} is not a Jaeger`, async (context) => {
    const error = await refusal(connect(context, await faultyServer(script)).test(never));
    assert.match(error.message, message);
    assert.equal(error.action, "editConnection");
  });
}

test("a failing server is not taken for an older one", async (context) => {
  const server = await faultyServer(text("down", 500));
  assert.match((await refusal(connect(context, server).test(never))).message, /failed \(500\): down/);
  assert.deepEqual(pathsOf(server), ["/api/v3/services"]);
});

for (const [said, tenant, message] of [
  ["missing tenant header", "", /keeps its traces by tenant: set the tenant of this connection/],
  ["unknown tenant", "team-1", /does not know the tenant team-1/],
] as const) {
  test(`"${said}" asks for a tenant, not for a password`, async (context) => {
    const server = await faultyServer(text(`${said}\n`, 401));
    const source = connectJaeger(connectionTo(server.url, { tenant }), fakeIo(), quick);
    context.after(async () => {
      source.dispose();
      await server.close();
    });
    const error = await refusal(source.services(never));
    assert.match(error.message, message);
    assert.deepEqual([error.action, error.code], ["editConnection", "tenant"]);
  });
}

test("a search for more than a store keeps says to ask for less", async (context) => {
  const server = await faultyServer(
    paths({
      "/api/v3/services": json({}),
      "/api/v3/traces": json(
        { error: { httpCode: 500, message: "search depth must be greater than 0" } },
        500,
      ),
    }),
  );
  const error = await refusal(connect(context, server).search({ ...shop, limit: 5000 }, never));
  assert.match(error.message, /fewer traces than the 5000 that the search asks for/);
});

test("what a server without the internal dependencies knows of them is asked of v3", async (context) => {
  const server = await faultyServer(
    paths(
      {
        "/api/v3/dependencies": json({
          dependencies: [{ parent: "a", child: "b", callCount: "3", source: "traces" }],
        }),
      },
      text("404 page not found", 404),
    ),
  );
  const range = { fromMs: 1_700_000_000_000, toMs: 1_700_003_600_000 };
  assert.deepEqual(await connect(context, server).dependencies?.(range, never), [
    { parent: "a", child: "b", calls: 3, errors: undefined },
  ]);
  assert.equal(server.asked[1].query.get("startTime"), "2023-11-14T22:13:20.000Z");
});

test("a server that has no dependencies at all says so", async (context) => {
  const server = await faultyServer(html());
  const range = { fromMs: 1, toMs: 2 };
  const source = connect(context, server);
  assert.match(
    (await refusal(source.dependencies!(range, never))).message,
    /does not tell which services call which\.$/,
  );
});

test("an answer that only looks empty is the decoder's to judge", async (context) => {
  const server = await faultyServer(
    paths({ "/api/v3/services": json({}), "/api/v3/traces/1": json({ status: "ok" }) }),
  );
  const refuse: Decode = (_, request) =>
    Promise.reject(new UserError(`${request.label} does not hold traces.`));
  assert.match(
    (await refusal(connect(context, server, refuse).trace("1", never))).message,
    /does not hold traces/,
  );
});

test("a decoder's refusal reaches the caller", async (context) => {
  const server = await faultyServer(
    paths({ "/api/v3/services": json({}), "/api/v3/traces/1": text("this is no trace, but long enough") }),
  );
  const source = connect(context, server, parseWhole);
  assert.match((await refusal(source.trace("1", never))).message, /^Jaeger does not hold traces/);
});
