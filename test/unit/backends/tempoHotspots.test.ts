import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { TraceSource } from "../../../src/backends/backend.ts";
import { connectTempo } from "../../../src/backends/tempo.ts";
import type { Hotspot } from "../../../src/model/hotspot.ts";
import {
  type Asked,
  type FaultyServer,
  faultyServer,
  html,
  json,
  type Script,
  text,
} from "../../support/faultyServer.ts";
import { connectionTo, type FakeIo, fakeIo, never, quick, refusal } from "./fakes.ts";

const query = { fileTail: "src/cart.ts", fromMs: 1_700_000_000_000, toMs: 1_700_003_600_000 };

function connect(context: TestContext, server: FaultyServer, io: FakeIo = fakeIo()): TraceSource {
  const source = connectTempo(connectionTo(server.url, { kind: "tempo" }), io, quick);
  context.after(async () => {
    source.dispose();
    await server.close();
  });
  return source;
}

type Value = string | number;

function label(key: string, value: Value) {
  const kind = typeof value === "string" ? "stringValue" : key === "__bucket" ? "doubleValue" : "intValue";
  return { key, value: { [kind]: kind === "intValue" ? String(value) : value } };
}

function series(labels: Readonly<Record<string, Value>>, values: readonly (number | "NaN" | undefined)[]) {
  const samples = values.map((value, i) => ({ timestampMs: String(1_700_000_000_000 + i * 60_000), value }));
  return { labels: Object.entries(labels).map(([key, value]) => label(key, value)), samples };
}

const present = {
  "resource.service.name": "shop",
  "span.code.file.path": "/app/src/cart.ts",
  "span.code.line.number": 42,
  "span.code.function.name": "load",
};
const former = {
  "resource.service.name": "old",
  "span.code.filepath": "C:\\app\\src\\cart.ts",
  "span.code.lineno": "7",
  "span.code.function": "price",
};

/** Answers each query by its function, its generation of names and whether it is of errors. */
function metrics(answers: Readonly<Record<string, readonly object[]>>, whole: object = {}): Script {
  return (response, asked, index) => {
    const q = asked.query.get("q") ?? "";
    const isErrors = q.includes("&& status = error");
    const what = isErrors ? "errors" : (/\| (\w+)_over_time/.exec(q)?.[1] ?? "search");
    const found = answers[`${q.includes("code.file.path") ? "present" : "former"} ${what}`] ?? [];
    json(what === "search" ? { traces: found } : { series: found, metrics: {}, ...whole })(
      response,
      asked,
      index,
    );
  };
}

async function hotspotsOf(context: TestContext, script: Script): Promise<readonly Hotspot[]> {
  const found = await connect(context, await faultyServer(script)).hotspots?.(query, never);
  assert.ok(found);
  return found;
}

test("calls, errors, quantiles and slow calls of a line are put together from what Tempo answers", async (context) => {
  const bucket = (exponent: number) => ({ ...present, __bucket: 2 ** exponent / 1e9 });
  const attributes = [label("status", "error")];
  const span = (spanID: string, durationNanos: string) => ({
    spanID,
    startTimeUnixNano: "1700000012345000000",
    durationNanos,
    attributes,
  });
  const server = await faultyServer(
    metrics({
      "present count": [
        series({ ...present, name: "GET /cart" }, [60, 20]),
        series({ ...present, name: "GET /other" }, [undefined, 20]),
      ],
      "present errors": [series(present, [3, "NaN", 4])],
      "present histogram": [series(bucket(25), [50]), series(bucket(24), [10, 30]), series(bucket(30), [10])],
      "present search": [
        {
          traceID: "abc",
          durationMs: 900,
          spanSets: [{ spans: [span("1", "600000000"), span("2", "800000000")] }],
        },
        { traceID: "no hex", spanSets: [{ spans: [span("3", "1")] }] },
      ],
    }),
  );
  const found = (await connect(context, server).hotspots?.(query, never)) ?? [];
  assert.equal(found.length, 1);
  const [{ place, count, errors, sampled, times, calls }] = found;
  assert.deepEqual(place, {
    service: "shop",
    language: "",
    name: "GET /cart",
    file: "/app/src/cart.ts",
    line: 42,
    column: 0,
    function: "load",
    route: "",
  });
  assert.deepEqual([count, errors, sampled], [100, 7, false]);
  // 40 calls up to 2^24 ns, 50 up to 2^25, 10 up to 2^30.
  const rounded = [times?.p50, times?.p95, times?.p99].map((time) => Math.round(time ?? 0));
  assert.deepEqual(
    rounded,
    [24.19, 29.45, 29.85].map((exponent) => Math.round(2 ** exponent)),
  );
  assert.deepEqual(
    calls.map((call) => [
      call.traceId,
      call.spanId,
      call.duration,
      call.traceDuration,
      call.error,
      call.startMs,
    ]),
    [
      ["abc".padStart(32, "0"), "2", 8e8, 9e8, true, 1_700_000_012_345],
      ["abc".padStart(32, "0"), "1", 6e8, 9e8, true, 1_700_000_012_345],
    ],
  );
  const search = server.asked.find(({ path }) => path === "/api/search");
  assert.equal(
    search?.query.get("q"),
    '{ resource.service.name = "shop" && span.code.file.path = "/app/src/cart.ts" && ' +
      '(span.code.line.number = "42" || span.code.line.number = 42 || span.code.line.number = 42.0) && ' +
      'span.code.function.name = "load" && duration >= 536870912ns } | select(status)',
  );
});

test("hotspots come without slow calls where these cannot be searched", async (context) => {
  const found = await hotspotsOf(context, (response, asked, index) => {
    const count = metrics({ "present count": [series(present, [5])] });
    (asked.path === "/api/search" ? text("too many", 400) : count)(response, asked, index);
  });
  assert.deepEqual(
    found.map(({ count, calls }) => [count, calls]),
    [[5, []]],
  );
});

test("attributes of before semantic conventions 1.30 count as well, the function with its namespace", async (context) => {
  const found = await hotspotsOf(
    context,
    metrics({
      "former count": [series({ ...former, "span.code.namespace": "shop.Cart" }, [2])],
      "former histogram": [series({ ...former, __bucket: 2 ** 20 / 1e9 }, [2])],
    }),
  );
  assert.deepEqual(
    found.map(({ place, count, times }) => [
      place.file,
      place.line,
      place.function,
      place.name,
      count,
      times?.p99,
    ]),
    [["C:\\app\\src\\cart.ts", 7, "shop.Cart.price", "", 2, 2 ** 19.75]],
  );
});

test("spans that lack attributes, or all of them, are a place that says so much less", async (context) => {
  const found = await hotspotsOf(
    context,
    metrics({
      "present count": [
        series({ "span.code.file.path": "/app/src/cart.ts", name: "a" }, [1]),
        series({ "resource.service.name": "nil" }, [1]),
      ],
    }),
  );
  assert.deepEqual(
    found.map(({ place, times }) => [place.service, place.file, place.line, place.name, times?.p50]),
    [
      ["", "/app/src/cart.ts", 0, "a", 0],
      ["", "", 0, "", 0],
    ],
  );
});

test("a span that has both generations of names is counted once", async (context) => {
  const both = {
    ...former,
    "resource.service.name": "shop",
    "span.code.filepath": "/app/src/cart.ts",
    "span.code.lineno": "42",
  };
  const found = await hotspotsOf(
    context,
    metrics({
      "present count": [series(present, [3]), series({ ...present, "span.code.line.number": 9 }, [1])],
      "former count": [series(both, [2]), series({ ...both, "span.code.function": "other" }, [2])],
    }),
  );
  assert.deepEqual(
    found.map(({ place, count }) => [place.line, place.function, count]),
    [
      [9, "load", 1],
      [42, "price", 2],
      [42, "other", 2],
    ],
  );
});

test("a file without spans costs one query for each generation of names", async (context) => {
  const server = await faultyServer(metrics({}));
  assert.deepEqual(await connect(context, server).hotspots?.(query, never), []);
  assert.deepEqual(
    server.asked.map(({ path }) => path),
    Array(2).fill("/api/metrics/query_range"),
  );
  const asked: Asked = server.asked[0];
  assert.deepEqual(
    ["start", "end", "step"].map((name) => asked.query.get(name)),
    ["1700000040", "1700003640", "60s"],
  );
});

for (const [what, sinceMs, expected] of [
  ["a save of the same minute", 34_567, ["1700003566", "1700003600", "1s"]],
  ["a save some minutes ago", 400_001, ["1700003200", "1700003606", "7s"]],
  ["a save of this very second", 567, ["1700003600", "1700003601", "1s"]],
] as const) {
  test(`no step begins before ${what}`, async (context) => {
    const server = await faultyServer(metrics({}));
    const { toMs } = query;
    assert.deepEqual(
      await connect(context, server).hotspots?.({ ...query, fromMs: toMs - sinceMs }, never),
      [],
    );
    const asked = server.asked[0]?.query;
    assert.deepEqual(
      ["start", "end", "step"].map((name) => asked.get(name)),
      expected,
    );
    const [start, step] = ["start", "step"].map((name) => Number.parseInt(asked.get(name) ?? "", 10));
    assert.equal(start % step, 0);
    assert.ok(start * 1000 >= toMs - sinceMs);
  });
}

test("an answer that Tempo says is partial is a sample", async (context) => {
  const found = await hotspotsOf(
    context,
    metrics({ "present count": [series(present, [5])] }, { status: "PARTIAL", message: "too many series" }),
  );
  assert.equal(found[0].sampled, true);
});

for (const words of [
  "metrics query time range exceeds the maximum allowed duration of 3h0m0s",
  "range specified by start and end (24h0m0s) exceeds 3h0m0s. received start=1 end=2",
  "time range must be within last 3h20m0s",
]) {
  test(`a range that is refused with "${words.slice(0, 30)}…" is cut at its beginning, from then on`, async (context) => {
    const server = await faultyServer((response, asked, index) => {
      const [start, end] = ["start", "end"].map((name) => Number(asked.query.get(name)));
      (end - start > 3 * 3600 ? text(words, 400) : metrics({}))(response, asked, index);
    });
    const io = fakeIo();
    const source = connect(context, server, io);
    const day = { ...query, fromMs: query.toMs - 86_400_000 };
    assert.deepEqual(await source.hotspots?.(day, never), []);
    assert.deepEqual(await source.hotspots?.(day, never), []);
    assert.equal(server.asked.length, 6);
    assert.match(io.lines.join("\n"), /over 3 hours at most: latency by line is of the last 3 hours\./);
  });
}

const turnedOff: readonly (readonly [string, Script])[] = [
  ["lacks the path", text("404 page not found", 404)],
  [
    "does not keep what metrics are made of",
    text("error finding generators: localblocks processor not found", 500),
  ],
  ["does not know the function", text("compiling query: metrics aggregate not yet supported", 400)],
  ["finds an error in the query", text("invalid TraceQL query: parse error at line 1, col 9", 400)],
  ["has not got round to it", text("not implemented", 501)],
  ["answers with its web page", html()],
  ["answers with other JSON", json({ data: [] })],
];
for (const [what, script] of turnedOff) {
  test(`a server that ${what} is said not to compute latency by line`, async (context) => {
    const server = await faultyServer(script);
    const source = connect(context, server);
    const error = await refusal(source.hotspots?.(query, never) ?? Promise.resolve());
    assert.equal(error.code, "unsupported");
    assert.ok(error.message.startsWith(`Grafana Tempo at ${server.url} does not compute latency by line: `));
  });
}

test("a server that is down is not said to lack metrics", async (context) => {
  const server = await faultyServer(text("out of memory", 500));
  const error = await refusal(connect(context, server).hotspots?.(query, never) ?? Promise.resolve());
  assert.equal(error.code, "status");
});
