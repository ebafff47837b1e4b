import assert from "node:assert/strict";
import { test } from "node:test";
import { watchedForCut } from "../../../src/backends/jaegerCut.ts";
import { faultyServer, json, paths, text } from "../../support/faultyServer.ts";
import { fakeJaeger } from "./fakeJaeger.ts";
import { never, refusal } from "./fakes.ts";
import { connect, decoder, fake, long, shop, traces } from "./jaegerSources.ts";

for (const id of [long.toUpperCase(), ` ${long} `]) {
  test(`the id "${id}" is asked for in lower case`, async (context) => {
    const [server, source] = await fake(context, "2.20");
    assert.equal((await source.trace(id, never)).trace.traceId, long);
    assert.equal(server.asked[1].path, `/api/v3/traces/${long}`);
  });
}

test("what is no id stays within its path segment", async (context) => {
  const [server, source] = await fake(context, "2.20");
  await refusal(source.trace("../../x?y#z", never));
  assert.equal(server.asked[1].path, "/api/v3/traces/..%2F..%2Fx%3Fy%23z");
});

for (const body of [
  "{}",
  '{"data":[]}',
  '{"data":null,"errors":null}',
  '{"result":{}}',
  '{"result":{"resourceSpans":[]}}',
  "null",
  "[]",
  "",
]) {
  test(`a trace answered with 200 and ${body || "nothing"} is not found`, async (context) => {
    const server = await faultyServer(
      paths({ "/api/v3/services": json({}), "/api/v3/traces/1": text(body) }),
    );
    assert.equal((await refusal(connect(context, server).trace("1", never))).code, "notFound");
  });
}

test("a trace answered with another trace is not found", async (context) => {
  const span = { traceId: long, spanId: "1" };
  const body = { result: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] } };
  const server = await faultyServer(paths({ "/api/v3/services": json({}), "/api/v3/traces/1": json(body) }));
  assert.equal((await refusal(connect(context, server).trace("1", never))).code, "notFound");
});

test("a trace that a search found and the store no longer looks for is asked for with its time", async (context) => {
  const span = { traceId: long, spanId: "1" };
  const body = json({ result: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] } });
  const server = await faultyServer((response, asked, index) => {
    const hasTime = asked.query.has("start_time") && asked.query.has("endTime");
    const missing = asked.path.endsWith(long) && !hasTime;
    const script = missing ? text("{}", 404) : asked.path === "/api/v3/services" ? json({}) : body;
    script(response, asked, index);
  });
  const source = connect(context, server);
  assert.equal((await refusal(source.trace(long, never))).code, "notFound");
  await source.search(shop, never);
  assert.equal((await source.trace(long, never)).trace.traceId, long);
});

test("a trace that a search found and that is gone since is said to have been dropped", async (context) => {
  const given = [...traces];
  const server = await fakeJaeger("2.20", given);
  const source = connect(context, server);
  await source.search(shop, never);
  given.length = 0;
  const error = await refusal(source.trace(long, never));
  assert.equal(error.code, "notFound");
  assert.match(error.message, /any more: it was found by a search and has been dropped since\.$/);
});

test("errors beside the spans make a trace partial, and are told", async (context) => {
  const server = await fakeJaeger("1.60", [{ id: long, service: "shop" }]);
  const broken = await faultyServer(async (response, asked, index) => {
    const answer = await fetch(`${server.url}${asked.path}?${asked.query}`);
    const body = (await answer.text()).replace(
      '"errors":null',
      '"errors":[{"code":500,"msg":"shard 3 is down"}]',
    );
    text(body, answer.status, answer.headers.get("content-type") ?? "")(response, asked, index);
  });
  const source = connect(context, broken, decoder.decode);
  context.after(() => server.close());
  const { partial, notes } = await source.trace(long, never);
  assert.equal(partial, true);
  assert.deepEqual(notes, ["Jaeger reports: shard 3 is down"]);
});

for (const [form, attribute] of [
  ["v3", '{"key":"jaeger.warning","value":{"stringValue":"Trace truncated: only first 10 spans loaded"}}'],
  [
    "internal",
    '{"key":"jaeger.warning","type":"string","value":"Trace truncated: only first 10 spans loaded"}',
  ],
] as const) {
  test(`that Jaeger cut a trace is seen in the ${form} JSON, wherever its chunks end`, async () => {
    const bytes = Buffer.from(`${" ".repeat(300)}[${attribute},{"key":"a"}]${" ".repeat(300)}`);
    for (const size of [1, 7, 64, 300, 340, 420, 1000]) {
      const cut = { atSpans: "", error: "" };
      const out: Uint8Array[] = [];
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      };
      for await (const chunk of watchedForCut(chunks(), cut)) out.push(chunk);
      assert.equal(cut.atSpans, "10", `chunks of ${size} bytes`);
      assert.deepEqual(Buffer.concat(out), bytes);
    }
  });
}

test("a trace that Jaeger cut is partial, and how much there is of it is told", async (context) => {
  const attribute = {
    key: "jaeger.warning",
    value: { stringValue: "Trace truncated: only first 1 spans loaded" },
  };
  const span = { traceId: long, spanId: "00f067aa0ba902b7", name: "a", attributes: [attribute] };
  const server = await faultyServer(
    paths({
      "/api/v3/services": json({}),
      [`/api/v3/traces/${long}`]: json({ result: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] } }),
    }),
  );
  const { partial, notes } = await connect(context, server, decoder.decode).trace(long, never);
  assert.equal(partial, true);
  assert.match(notes?.join() ?? "", /sent the first 1 spans of this trace/);
});

test("an error that ends a v3 answer makes the trace partial, and is told", async (context) => {
  const span = { traceId: long, spanId: "00f067aa0ba902b7", name: "a" };
  const result = JSON.stringify({ result: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] } });
  const error = JSON.stringify({ error: { httpCode: 500, message: 'shard "3" is down' } });
  const server = await faultyServer(
    paths({ "/api/v3/services": json({}), [`/api/v3/traces/${long}`]: text(`${result}\n${error}\n`) }),
  );
  const { partial, notes } = await connect(context, server, decoder.decode).trace(long, never);
  assert.equal(partial, true);
  assert.deepEqual(notes, ['Jaeger stopped in the middle of this trace: shard "3" is down']);
});

test("a trace is asked for without Jaeger's repairs, since the model makes its own", async (context) => {
  for (const [version, name] of [
    ["1.60", "raw"],
    ["2.13", "raw_traces"],
    ["2.21", "rawTraces"],
  ] as const) {
    const [server, source] = await fake(context, version);
    const { partial } = await source.trace(long, never);
    assert.equal(server.asked.at(-1)?.query.get(name), "true");
    assert.equal(partial, false);
  }
});
