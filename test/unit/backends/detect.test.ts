import assert from "node:assert/strict";
import { test } from "node:test";
import type { Backend } from "../../../src/backends/backend.ts";
import { detectLocal, detectUrl } from "../../../src/backends/detect.ts";
import type { DetectedUrl } from "../../../src/backends/detectedUrl.ts";
import { detectGrafana } from "../../../src/backends/detectGrafana.ts";
import { jaeger } from "../../../src/backends/jaeger.ts";
import { tempo } from "../../../src/backends/tempo.ts";
import { faultyServer, html, json, paths, silence } from "../../support/faultyServer.ts";
import { fakeJaeger } from "./fakeJaeger.ts";
import { connectionTo, fakeIo, never, refusal } from "./fakes.ts";
import { fakeTempo } from "./fakeTempo.ts";

const id = "5b8efff798038103d269b633813fc60c";

const pasted: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ["http://localhost:16686", "http://localhost:16686", "jaeger"],
  ["localhost:16686", "http://localhost:16686", "jaeger"],
  ["[::1]:16686/", "http://[::1]:16686", "jaeger"],
  [`http://localhost:16686/trace/${id}?uiFind=x`, "http://localhost:16686", "jaeger"],
  ["http://localhost:16686/search?service=shop&limit=20", "http://localhost:16686", "jaeger"],
  [
    "https://me:secret@ops.example.com/tools/jaeger/search#x",
    "https://ops.example.com/tools/jaeger",
    "jaeger",
  ],
  ["https://ops.example.com/jaeger/api/v3/services", "https://ops.example.com/jaeger", "jaeger"],
  ["https://ops.example.com/jaeger/", "https://ops.example.com/jaeger", undefined],
  [`http://localhost:9411/zipkin/traces/${id}`, "http://localhost:9411", "zipkin"],
  ["localhost:9411", "http://localhost:9411", "zipkin"],
  ["http://ops.example.com/zipkin/", "http://ops.example.com", "zipkin"],
  ["https://ops.example.com/tools/zipkin/?serviceName=shop", "https://ops.example.com/tools", "zipkin"],
  ["https://ops.example.com/zipkin/dependency", "https://ops.example.com", "zipkin"],
  ["https://ops.example.com/api/v2/services", "https://ops.example.com", "zipkin"],
  ["https://ops.example.com/api/v2/traces?limit=5", "https://ops.example.com", "zipkin"],
  [`https://ops.example.com/zipkin/api/v2/trace/${id}`, "https://ops.example.com", "zipkin"],
  ["localhost:3200", "http://localhost:3200", "tempo"],
  [`http://localhost:3200/api/traces/${id}`, "http://localhost:3200", "tempo"],
  [`https://ops.example.com/obs/api/v2/traces/${id}`, "https://ops.example.com/obs", "tempo"],
  ["https://ops.example.com/tempo/api/search?q=%7B%7D", "https://ops.example.com/tempo", "tempo"],
  [
    "https://ops.example.com/api/v2/search/tag/resource.service.name/values",
    "https://ops.example.com",
    "tempo",
  ],
  ["https://ops.example.com/t/api/metrics/query_range?q=%7B%7D", "https://ops.example.com/t", "tempo"],
  ["https://ops.example.com/t/api/echo", "https://ops.example.com/t", "tempo"],
  ["https://ops.example.com/t/api/status/buildinfo", "https://ops.example.com/t", "tempo"],
  [`https://ops.example.com/tempo/api/traces/${id}`, "https://ops.example.com/tempo", "tempo"],
  [`http://tempo:80/api/traces/${id}`, "http://tempo", "tempo"],
  [
    "https://tempo-prod-04-prod-us-east-0.grafana.net/tempo",
    "https://tempo-prod-04-prod-us-east-0.grafana.net/tempo",
    "tempo",
  ],
  ["https://tempo.example.com/", "https://tempo.example.com", "tempo"],
  ["https://example.com/temporary", "https://example.com/temporary", undefined],
  [`https://app.datadoghq.com/apm/trace/${id}`, "https://api.datadoghq.com", "datadog"],
  ["https://us3.datadoghq.com/apm/traces?query=x", "https://api.us3.datadoghq.com", "datadog"],
  ["shop.datadoghq.eu", "https://api.datadoghq.eu", "datadog"],
  ["https://datadoghq.com.example.com/", "https://datadoghq.com.example.com", undefined],
  ["https://notdatadoghq.com/", "https://notdatadoghq.com", undefined],
  ["", undefined, undefined],
  ["not a url", undefined, undefined],
  ["file:///etc/passwd", undefined, undefined],
];

for (const [text, url, kind] of pasted) {
  test(`"${text}" leads to ${url ?? "nothing"}`, () => {
    assert.deepEqual(detectUrl(text), url === undefined ? undefined : { url, kind });
  });
}

const proxy = "https://g.example.com/api/datasources/proxy/uid/abc";
const panes = (datasource: unknown) =>
  encodeURIComponent(
    JSON.stringify({ x1: { datasource: "abc", queries: [{ refId: "A", query: id, datasource }] } }),
  );
const left = encodeURIComponent(
  JSON.stringify({
    datasource: "Traces",
    queries: [{ query: id, datasource: { type: "jaeger", uid: "abc" } }],
  }),
);
const org = { "X-Grafana-Org-Id": "3" };

const grafanas: readonly (readonly [string, string, DetectedUrl])[] = [
  [
    "a trace in Explore",
    `https://g.example.com/explore?schemaVersion=1&panes=${panes({ type: "tempo", uid: "abc" })}&orgId=3`,
    { url: proxy, kind: "tempo", headers: org },
  ],
  [
    "Explore below a path",
    `https://g.example.com/grafana/explore?panes=${panes({ type: "zipkin", uid: "abc" })}`,
    { url: "https://g.example.com/grafana/api/datasources/proxy/uid/abc", kind: "zipkin" },
  ],
  [
    "Explore of before Grafana 10",
    `https://g.example.com/explore?left=${left}`,
    { url: proxy, kind: "jaeger" },
  ],
  [
    "Explore of other data",
    `https://g.example.com/explore?panes=${panes({ type: "loki", uid: "logs" })}`,
    { url: "https://g.example.com", kind: undefined, grafana: { uid: "logs" } },
  ],
  [
    "Explore with a data source that is no uid",
    `https://g.example.com/explore?panes=${panes({ type: "tempo", uid: "../../admin" })}`,
    { url: "https://g.example.com", kind: undefined, grafana: { uid: "abc" } },
  ],
  [
    "Explore with garbage",
    "https://g.example.com/explore?panes=%7B",
    { url: "https://g.example.com", kind: undefined, grafana: {} },
  ],
  [
    "the traces app",
    "https://g.example.com/a/grafana-exploretraces-app/explore?var-ds=abc&from=now-1h",
    { url: proxy, kind: "tempo" },
  ],
  [
    "a data source's page",
    "https://g.example.com/connections/datasources/edit/abc?orgId=3",
    { url: "https://g.example.com", kind: undefined, headers: org, grafana: { uid: "abc" } },
  ],
  [
    "a data source's page of before Grafana 10",
    "https://g.example.com/datasources/edit/abc/",
    { url: "https://g.example.com", kind: undefined, grafana: { uid: "abc" } },
  ],
  ["a proxy's URL", `${proxy}/api/search?q=x`, { url: proxy, kind: "tempo" }],
  ["a proxy's URL of a Jaeger", `${proxy}/api/services`, { url: proxy, kind: "jaeger" }],
  ["a bare proxy's URL", proxy, { url: proxy, kind: undefined }],
  [
    "a dashboard",
    "https://g.example.com/d/xyz/shop?orgId=3",
    { url: "https://g.example.com", kind: undefined, headers: org, grafana: {} },
  ],
  [
    "a Grafana on its port",
    "http://localhost:3000",
    { url: "http://localhost:3000", kind: undefined, grafana: {} },
  ],
  [
    "a stack of Grafana Cloud",
    "https://team.grafana.net/",
    { url: "https://team.grafana.net", kind: undefined, grafana: {} },
  ],
];

for (const [what, text, expected] of grafanas) {
  test(`${what} of a Grafana leads to ${expected.kind ?? "a choice"}`, () => {
    assert.deepEqual(detectUrl(text), expected);
  });
}

const sources = [
  { name: "Traces", type: "tempo", uid: "t1" },
  { name: "Logs", type: "loki", uid: "l1" },
  { name: "Old traces", type: "jaeger", uid: "j 1" },
];

test("a Grafana's data sources of traces are offered by name, with the URLs of their proxies", async (context) => {
  const server = await faultyServer(paths({ "/g/api/datasources": json(sources) }));
  context.after(() => server.close());
  const url = `${server.url}/g`;
  const connection = connectionTo(url, { auth: "bearer", headers: org });
  const found = await detectGrafana(connection, fakeIo("token"), never);
  assert.deepEqual(found, [
    { name: "Old traces", kind: "jaeger", uid: "j 1", url: `${url}/api/datasources/proxy/uid/j%201` },
    { name: "Traces", kind: "tempo", uid: "t1", url: `${url}/api/datasources/proxy/uid/t1` },
  ]);
  assert.equal(server.asked[0].headers.authorization, "Bearer token");
  assert.equal(server.asked[0].headers["x-grafana-org-id"], "3");
  const one = await detectGrafana(connection, fakeIo("token"), never, "t1");
  assert.deepEqual(
    one.map(({ uid }) => uid),
    ["t1"],
  );
  assert.equal((await detectGrafana(connection, fakeIo("token"), never, "l1")).length, 2);
});

for (const [what, script, code] of [
  ["wants a token", json({ message: "Unauthorized" }, 401), "unauthorized"],
  [
    "does not let a token read its data sources",
    json({ message: "Permissions needed: datasources:read" }, 403),
    "unauthorized",
  ],
  ["is something else", json({ status: "ok" }), "notJson"],
] as const) {
  test(`a Grafana that ${what} says so`, async (context) => {
    const server = await faultyServer(script);
    context.after(() => server.close());
    const error = await refusal(detectGrafana(connectionTo(server.url), fakeIo(), never));
    assert.equal(error.code, code);
    assert.ok(error.message.startsWith(`Grafana at ${server.url} `));
  });
}

function onPort(url: string): Backend {
  return { ...jaeger, localPorts: [Number(new URL(url).port)] };
}

test("a Jaeger on its local port is found once, with what it says", async () => {
  await using server = await fakeJaeger("2.20", [{ id, service: "shop" }]);
  const found = await detectLocal(never, fakeIo(), [onPort(server.url)]);
  assert.equal(found.length, 1);
  assert.equal(found[0].kind, "jaeger");
  assert.equal(new URL(found[0].url).port, new URL(server.url).port);
  assert.match(found[0].says, /API v3, 1 service$/);
});

test("a Tempo on its local port is found by what it says of itself", async () => {
  await using server = await fakeTempo([{ id, service: "shop" }]);
  const port = Number(new URL(server.url).port);
  const found = await detectLocal(never, fakeIo(), [{ ...tempo, localPorts: [port] }]);
  assert.equal(found.length, 1);
  assert.equal(found[0].kind, "tempo");
  assert.match(found[0].says, /^Grafana Tempo 3\.0\.1 at /);
});

test("a local server that keeps traces by tenant is found, and says so", async () => {
  await using server = await fakeTempo([{ id, service: "shop" }], { tenants: ["team-1"] });
  const port = Number(new URL(server.url).port);
  const [found] = await detectLocal(never, fakeIo(), [{ ...tempo, localPorts: [port] }]);
  assert.match(found.says, /serves several tenants/);
});

test("what is no Jaeger is not found, nor is nothing", async () => {
  await using server = await faultyServer(html());
  const closed = await faultyServer(silence);
  await closed.close();
  assert.deepEqual(await detectLocal(never, fakeIo(), [onPort(server.url), onPort(closed.url)]), []);
});

test("looking around ends with the signal's reason", async () => {
  await using server = await faultyServer(silence);
  const controller = new AbortController();
  const found = detectLocal(controller.signal, fakeIo(), [onPort(server.url)]);
  await server.whenAsked(1);
  controller.abort(new Error("never mind"));
  await assert.rejects(found, /never mind/);
});
