import assert from "node:assert/strict";
import { after, suite, type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Connection, Decode, TraceQuery, TraceSource } from "../../src/backends/backend.ts";
import { backendOf, backends } from "../../src/backends/index.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import {
  cut,
  type FaultyServer,
  faultyServer,
  html,
  json,
  redirect,
  reset,
  type Script,
  silence,
  stall,
  text,
} from "../support/faultyServer.ts";
import { fakeDatadog } from "../unit/backends/fakeDatadog.ts";
import { fakeJaeger } from "../unit/backends/fakeJaeger.ts";
import { connectionTo, fakeIo, never, refusal } from "../unit/backends/fakes.ts";
import { fakeTempo } from "../unit/backends/fakeTempo.ts";
import { fakeZipkin } from "../unit/backends/fakeZipkin.ts";

const decoder = createDecoder(new URL("../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());

const ids = ["5b8efff798038103d269b633813fc60c", "463ac35c9f6413ad", "1"];

const traces = ids.map((id) => ({ id, service: "shop" }));

interface Healthy {
  /** Three traces of the service "shop", with ids of 32, 16 and 1 digits. */
  readonly start: () => Promise<FaultyServer>;
  /** What it makes of the operation "GET /a". */
  readonly operation: string;
  readonly hasTenants: boolean;
  /** Whether it has a web page of its own. */
  readonly hasPage: boolean;
}

/** What a kind answers with when it is well. */
const healthy = new Map<string, Healthy>([
  [
    "jaeger",
    { start: () => fakeJaeger("2.20", traces), operation: "GET /a", hasTenants: true, hasPage: true },
  ],
  ["datadog", { start: () => fakeDatadog(traces), operation: "GET /a", hasTenants: false, hasPage: false }],
  ["tempo", { start: () => fakeTempo(traces), operation: "GET /a", hasTenants: true, hasPage: false }],
  ["zipkin", { start: () => fakeZipkin(traces), operation: "get /a", hasTenants: false, hasPage: true }],
]);

const query: TraceQuery = {
  service: "shop",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 1_700_000_000_000,
  toMs: 1_700_003_600_000,
  limit: 20,
};

const calls: readonly (readonly [string, (source: TraceSource, signal: AbortSignal) => Promise<unknown>])[] =
  [
    ["test", (source, signal) => source.test(signal)],
    ["services", (source, signal) => source.services(signal)],
    ["operations", (source, signal) => source.operations("shop", signal)],
    ["search", (source, signal) => source.search(query, signal)],
    ["trace", (source, signal) => source.trace(ids[0], signal)],
  ];

const faults: readonly (readonly [string, Script])[] = [
  ["resets every connection", reset],
  ["cuts its answers off", cut(JSON.stringify({ data: "x".repeat(500) }), 100)],
  ["answers with web pages", html()],
  ["answers with web pages that call themselves JSON", text("<html></html>", 200, "application/json")],
  ["answers with text", text("hello")],
  ["answers with other JSON", json({ hello: ["there"] })],
  ["answers with garbage that is packed", (response) => response.end(gzipSync("garbage"))],
  ["redirects to another origin", redirect("http://169.254.169.254/latest/meta-data")],
  ["redirects in circles", (response, asked) => redirect(asked.path)(response, asked, 0)],
  ["wants a password", text("who are you?", 401)],
  ["forbids it", text("not you", 403)],
  ["fails", text("out of memory", 500)],
  ["asks to wait for an hour", (response) => response.writeHead(503, { "retry-after": "3600" }).end()],
  ["lacks every path", text("404 page not found", 404)],
];

function connect(
  context: TestContext,
  kind: string,
  server: FaultyServer,
  more: Partial<Connection> = {},
  secret?: string,
  decode: Decode = decoder.decode,
): { source: TraceSource; lines: string[] } {
  const backend = backendOf(kind);
  assert.ok(backend);
  const io = fakeIo(secret, decode);
  const source = backend.connect(connectionTo(server.url, { kind, ...more }), io);
  context.after(async () => {
    source.dispose();
    await server.close();
  });
  return { source, lines: io.lines };
}

test("kinds are told apart, and one that is not in the list is undefined", () => {
  assert.equal(new Set(backends.map((backend) => backend.kind)).size, backends.length);
  assert.equal(backendOf("__proto__"), undefined);
});

for (const { kind, label } of backends) {
  // Several at a time: most of them wait for a second try.
  suite(label, { concurrency: 8 }, () => contract(kind, label));
}

function contract(kind: string, label: string): void {
  const found = healthy.get(kind);

  test(`has a healthy server to be tested with`, () => assert.ok(found));
  if (found === undefined) return;
  const { start: well, operation, hasTenants, hasPage } = found;

  test(`connecting sends nothing`, async (context) => {
    const server = await well();
    connect(context, kind, server);
    await new Promise(setImmediate);
    assert.equal(server.asked.length, 0);
  });

  test(`says what answered, its services and operations`, async (context) => {
    const { source } = connect(context, kind, await well());
    assert.match(await source.test(never), new RegExp(`^${label} .*at http://127\\.0\\.0\\.1:`));
    assert.deepEqual(await source.services(never), ["shop"]);
    assert.ok((await source.operations("shop", never)).includes(operation));
  });

  test(`every trace that a search finds opens by its id, which is 32 lower-case hex digits`, async (context) => {
    const { source } = connect(context, kind, await well());
    const { summaries } = await source.search(query, never);
    assert.deepEqual(
      summaries.map((summary) => summary.traceId).sort(),
      ids.map((id) => id.padStart(32, "0")).sort(),
    );
    for (const summary of summaries) {
      assert.equal(summary.rootService, "shop");
      assert.equal(summary.rootName, operation);
      const found = await source.trace(summary.traceId, never);
      assert.equal(found.trace.traceId, summary.traceId);
      assert.equal(found.trace.length, 1);
      assert.deepEqual(found.summary, summary);
    }
  });

  for (const id of [ids[0], ids[0].toUpperCase(), ids[1], ids[1].padStart(32, "0"), "1", "0001"]) {
    test(`the id ${id} opens its trace`, async (context) => {
      const { source } = connect(context, kind, await well());
      assert.equal((await source.trace(id, never)).trace.traceId, id.toLowerCase().padStart(32, "0"));
    });
  }

  test(`a trace that is not there is "notFound"`, async (context) => {
    const { source } = connect(context, kind, await well());
    assert.equal((await refusal(source.trace("f".repeat(32), never))).code, "notFound");
  });

  test(`the page of a trace, where there is one, is on the same server`, async (context) => {
    const server = await well();
    const link = connect(context, kind, server).source.link(ids[0]);
    if (!hasPage) assert.equal(link, undefined);
    else assert.ok(link?.startsWith(server.url) && link.includes(ids[0]));
  });

  test(`ten equal questions at a time are asked at most four at a time`, async (context) => {
    const server = await well();
    const { source } = connect(context, kind, server);
    await Promise.all(Array.from({ length: 10 }, () => source.services(never)));
    assert.ok(server.widest <= 4);
    assert.ok(server.asked.length < 10);
  });

  test(`token and tenant (where it has tenants) are sent to it, and appear in no line of the log`, async (context) => {
    const server = await well();
    const more = { auth: "bearer", tenant: "team-1" } as const;
    const { source, lines } = connect(context, kind, server, more, "SECRET-MARKER-3");
    await source.services(never);
    assert.equal(server.asked[0].headers.authorization, "Bearer SECRET-MARKER-3");
    assert.equal(Object.values(server.asked[0].headers).includes("team-1"), hasTenants);
    assert.doesNotMatch(lines.join("\n"), /SECRET-MARKER/);
  });

  for (const [name, call] of calls) {
    test(`${name} on a server that is down asks whether it runs`, async (context) => {
      const server = await faultyServer(silence);
      await server.close();
      const { source } = connect(context, kind, server);
      assert.match((await refusal(call(source, never))).message, /refused the connection\. Is it running\?$/);
    });

    for (const [fault, script] of faults) {
      test(`${name} on a server that ${fault} says so to a person, and does not insist`, async (context) => {
        const server = await faultyServer(script);
        const { source } = connect(context, kind, server, { auth: "bearer" }, "SECRET-MARKER-4");
        const error = await refusal(call(source, never));
        assert.ok(error.message.startsWith(`${label} at ${server.url} `), error.message);
        assert.doesNotMatch(error.message, /SECRET-MARKER/);
        assert.notEqual(error.action, undefined);
        assert.ok(server.asked.length <= 8);
      });
    }

    for (const [when, script] of [
      ["before it answers", silence],
      ["in the middle of its answer", stall],
    ] as const) {
      test(`aborting ${name} ${when} reaches the socket`, async (context) => {
        const server = await faultyServer(script);
        const { source } = connect(context, kind, server);
        const controller = new AbortController();
        const answer = call(source, controller.signal);
        await server.whenAsked(1);
        controller.abort(new Error("no longer wanted"));
        await assert.rejects(answer, /no longer wanted/);
        await server.whenAborted(1);
      });
    }

    test(`${name} with a missing token asks for one and sends nothing`, async (context) => {
      const server = await well();
      const { source } = connect(context, kind, server, { auth: "bearer" });
      assert.equal((await refusal(call(source, never))).action, "enterSecret");
      assert.equal(server.asked.length, 0);
    });
  }

  test(`aborting while a trace is being decoded ends it`, async (context) => {
    const controller = new AbortController();
    const slow: Decode = async (body, _, signal) => {
      for await (const _chunk of body) controller.abort(new Error("closed the tab"));
      signal.throwIfAborted();
      throw new Error("The signal was not handed on.");
    };
    const { source } = connect(context, kind, await well(), {}, undefined, slow);
    await assert.rejects(source.trace(ids[0], controller.signal), /closed the tab/);
  });

  test(`works again when the server is back`, async (context) => {
    let isUp = false;
    const real = await well();
    const server = await faultyServer((response, asked, index) => {
      if (!isUp) reset(response, asked, index);
      else response.writeHead(307, { location: "/" }).end();
    });
    context.after(() => real.close());
    const { source } = connect(context, kind, server);
    assert.equal((await refusal(source.services(never))).code, "reset");
    isUp = true;
    assert.equal((await refusal(source.services(never))).code, "redirect");
  });
}

test("Jaeger: errors that come beside traces are said, and the traces shown", async (context) => {
  const span = {
    spanID: "00f067aa0ba902b7",
    operationName: "GET /a",
    startTime: 1,
    duration: 2,
    processID: "p",
  };
  const data = [{ traceID: ids[0], spans: [span], processes: { p: { serviceName: "shop" } } }];
  const errors = [{ code: 500, msg: "one shard is down" }];
  const server = await faultyServer((response, asked, index) => {
    const answer = asked.path.startsWith("/api/v3/") ? html() : json({ data, errors });
    answer(response, asked, index);
  });
  const { source } = connect(context, "jaeger", server);
  const found = await source.search(query, never);
  assert.equal(found.summaries.length, 1);
  assert.match(found.notes.join(), /one shard is down/);
  const opened = await source.trace(ids[0], never);
  assert.match(opened.notes?.join() ?? "", /one shard is down/);
});
