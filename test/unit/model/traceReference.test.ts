import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTraceReferences, traceIdForms } from "../../../src/model/traceReference.ts";

const id = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const half = "463ac35c9f6413ad";
const padded = `0000000000000000${half}`;
const decimalHex = "0000000000000000739a4c4f1e3d8c9c";

interface Case {
  readonly text: string;
  readonly ids: readonly string[];
  readonly form: string;
  readonly spanId?: string;
}

const cases: readonly Case[] = [
  // Ids alone.
  { text: id, ids: [id], form: "trace ID" },
  { text: id.toUpperCase(), ids: [id], form: "trace ID" },
  { text: half, ids: [padded], form: "64-bit trace ID" },
  { text: `0x${half}`, ids: [padded], form: "hex trace ID" },
  { text: `"${id}",`, ids: [id], form: "trace ID" },
  { text: "0af76519-16cd-43dd-8448-eb211c80319c", ids: [id], form: "trace ID with dashes" },
  {
    text: "f7651916cd43dd8448eb211c80319c",
    ids: ["00f7651916cd43dd8448eb211c80319c"],
    form: "short trace ID",
  },
  { text: "9f6413ad", ids: ["0000000000000000000000009f6413ad"], form: "short trace ID" },
  { text: "8330054363468631196", ids: [decimalHex], form: "decimal trace ID" },
  { text: "18446744073709551615", ids: [`${"0".repeat(16)}${"f".repeat(16)}`], form: "decimal trace ID" },
  { text: "340282366920938463463374607431768211455", ids: ["f".repeat(32)], form: "decimal trace ID" },
  { text: "W47/95gDgQPSabYzgT/GDA==", ids: ["5b8efff798038103d269b633813fc60c"], form: "base64 trace ID" },
  { text: "W47_95gDgQPSabYzgT_GDA", ids: ["5b8efff798038103d269b633813fc60c"], form: "base64 trace ID" },
  { text: "7uGbfsPBsXQ=", ids: ["0000000000000000eee19b7ec3c1b174"], form: "base64 trace ID" },
  { text: "AAAAAAAAAAAAAAAAAAAAAQ==", ids: ["00000000000000000000000000000001"], form: "base64 trace ID" },
  // Propagation headers.
  { text: `traceparent: 00-${id}-${span}-01`, ids: [id], form: "traceparent", spanId: span },
  { text: `00-${id}-${span}-00`, ids: [id], form: "traceparent", spanId: span },
  { text: `cc-${id}-${span}-01-what-comes-later`, ids: [id], form: "traceparent", spanId: span },
  { text: `b3: ${half}-a2fb4a1d1a96d312-d`, ids: [padded], form: "b3", spanId: "a2fb4a1d1a96d312" },
  { text: `${id}-${span}-1-05e3ac9a4f6e3b90`, ids: [id], form: "b3", spanId: span },
  {
    text: `X-B3-TraceId: ${id}\nX-B3-SpanId: ${span}\nX-B3-Sampled: 1`,
    ids: [id],
    form: "log field",
    spanId: span,
  },
  {
    text: "uber-trace-id: 4bf92f3577b34da6%3A1%3A0%3A1",
    ids: ["00000000000000004bf92f3577b34da6"],
    form: "uber-trace-id",
    spanId: "0000000000000001",
  },
  {
    text: "4bf92f3577b34da6:1:0:1",
    ids: ["00000000000000004bf92f3577b34da6"],
    form: "uber-trace-id",
    spanId: "0000000000000001",
  },
  {
    text: "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    ids: ["5759e988bd862e3fe1be46a994272793"],
    form: "X-Amzn-Trace-Id",
    spanId: "53995c3f42cd8ad8",
  },
  {
    text: "projects/p-1/traces/06796866738c859f2f19b7cfb3214824",
    ids: ["06796866738c859f2f19b7cfb3214824"],
    form: "Cloud Trace name",
  },
  {
    text: `X-Cloud-Trace-Context: ${id}/123;o=1`,
    ids: [id],
    form: "X-Cloud-Trace-Context",
    spanId: "000000000000007b",
  },
  {
    text: "sentry-trace: 771a43a4192642f0b136d5159a501700-1c3b5e5f6a7b8c9d-1",
    ids: ["771a43a4192642f0b136d5159a501700"],
    form: "sentry-trace",
    spanId: "1c3b5e5f6a7b8c9d",
  },
  {
    text: "x-datadog-trace-id: 8330054363468631196\nx-datadog-parent-id: 123\nx-datadog-tags: _dd.p.tid=66c4e3e900000000",
    ids: ["66c4e3e900000000739a4c4f1e3d8c9c"],
    form: "Datadog trace ID",
    spanId: "000000000000007b",
  },
  {
    text: "https://app.datadoghq.eu/apm/trace/66c4e3e900000000739a4c4f1e3d8c9c?spanID=8330054363468631196&timeHint=1",
    ids: ["66c4e3e900000000739a4c4f1e3d8c9c"],
    form: "Datadog link",
    spanId: "739a4c4f1e3d8c9c",
  },
  {
    text: "https://us3.datadoghq.com/apm/trace/8330054363468631196?spanID=123",
    ids: [decimalHex],
    form: "Datadog link",
    spanId: "000000000000007b",
  },
  // Logs.
  {
    text: `{"level":"info","trace_id":"${id}","span_id":"${span}"}`,
    ids: [id],
    form: "log field",
    spanId: span,
  },
  { text: `12:00 INFO order 12345678 traceId=${half} done`, ids: [padded], form: "log field" },
  { text: `otelTraceID=${id} otelSpanID=${span}`, ids: [id], form: "log field", spanId: span },
  {
    text: "dd.trace_id=8330054363468631196 dd.span_id=123",
    ids: [decimalHex],
    form: "Datadog trace ID",
    spanId: "000000000000007b",
  },
  {
    text: '{"dd":{"trace_id":"66c4e3e900000000739a4c4f1e3d8c9c"}}',
    ids: ["66c4e3e900000000739a4c4f1e3d8c9c"],
    form: "log field",
  },
  { text: '{"dd":{"trace_id":"8330054363468631196"}}', ids: [decimalHex], form: "log field" },
  { text: `INFO [app,${id},${span}] slow`, ids: [id], form: "log field", spanId: span },
  { text: `[${id}-${span}]`, ids: [id], form: "log field", spanId: span },
  { text: `ff-${id}-${"0".repeat(16)}-01`, ids: [id], form: "32 hex digits" },
  { text: `saw ${id} again`, ids: [id], form: "32 hex digits" },
  // Several at once.
  {
    text: `${id}\n5b8efff798038103d269b633813fc60c, ${half}`,
    ids: [id, "5b8efff798038103d269b633813fc60c", padded],
    form: "trace ID",
  },
  { text: `${id} ${id.toUpperCase()}`, ids: [id], form: "trace ID" },
  {
    text: `trace_id=${id} trace_id=5b8efff798038103d269b633813fc60c span_id=${span}`,
    ids: [id, "5b8efff798038103d269b633813fc60c"],
    form: "log field",
  },
];

for (const { text, ids, form, spanId } of cases) {
  test(`"${text.replaceAll("\n", " ⏎ ")}" is read as ${form}`, () => {
    const found = parseTraceReferences(text);
    assert.deepEqual(
      found.map((reference) => reference.traceId),
      ids,
    );
    assert.equal(found[0].form, form);
    assert.equal(found[0].spanId, spanId);
  });
}

const none: readonly string[] = [
  "",
  "   \n",
  "the checkout is slow",
  "0".repeat(32),
  "0000000000000000",
  "0",
  "abc",
  "b3: 0",
  `traceparent 00-${"0".repeat(32)}-${span}-01`,
  "340282366920938463463374607431768211456",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "id 0af76519-16cd-43dd-8448-eb211c80319c of a user",
  "hello-world",
  "https://example.com/",
  `https://example.com/commit/${"ab".repeat(20)}`,
];

for (const text of none) {
  test(`"${text}" names no trace`, () => {
    assert.deepEqual(parseTraceReferences(text), []);
  });
}

test("16 decimal digits are both a 64-bit hex id and a decimal one, each marked as ambiguous", () => {
  assert.deepEqual(parseTraceReferences("1234567890123456"), [
    { traceId: "00000000000000001234567890123456", form: "64-bit trace ID", ambiguous: true },
    { traceId: "0000000000000000000462d53c8abac0", form: "decimal trace ID", ambiguous: true },
  ]);
});

test("an id beside a word is not one unless it has 32 digits", () => {
  assert.deepEqual(parseTraceReferences(`order ${half} shipped`), []);
});

test("a checksum beside a trace field is not a second trace", () => {
  const found = parseTraceReferences(`trace_id=${id} md5 d41d8cd98f00b204e9800998ecf8427e`);
  assert.deepEqual(
    found.map((reference) => reference.traceId),
    [id],
  );
});

const left = encodeURIComponent(
  JSON.stringify({
    datasource: "tempo",
    queries: [{ refId: "A", queryType: "traceId", query: id }],
    range: { from: "now-1h" },
  }),
);
const oldLeft = encodeURIComponent(JSON.stringify(["now-1h", "now", "Tempo", { query: id }]));
const panes = encodeURIComponent(
  JSON.stringify({
    abc: {
      datasource: "uid1",
      queries: [{ refId: "A", datasource: { type: "tempo", uid: "uid1" }, queryType: "traceql", query: id }],
      panelsState: { trace: { spanId: span } },
    },
  }),
);

const links: readonly { text: string; origin?: string; kind?: string; spanId?: string }[] = [
  { text: `http://localhost:16686/trace/${id}`, origin: "http://localhost:16686", kind: "jaeger" },
  {
    text: `http://localhost:16686/trace/${id}?uiFind=${span}`,
    origin: "http://localhost:16686",
    kind: "jaeger",
    spanId: span,
  },
  {
    text: `https://ops.example.com/tools/jaeger/trace/${id.toUpperCase()}/`,
    origin: "https://ops.example.com/tools/jaeger",
    kind: "jaeger",
  },
  {
    text: `https://me:secret@ops.example.com/trace/${id}#x`,
    origin: "https://ops.example.com",
    kind: "jaeger",
  },
  { text: `http://localhost:16686/api/v3/traces/${id}`, origin: "http://localhost:16686", kind: "jaeger" },
  {
    text: `http://localhost:16686/api/traces/${id}?raw=true`,
    origin: "http://localhost:16686",
    kind: "jaeger",
  },
  { text: `http://tempo:3200/api/traces/${id}`, origin: "http://tempo:3200", kind: "tempo" },
  { text: `http://tempo/base/api/v2/traces/${id}`, origin: "http://tempo/base", kind: "tempo" },
  { text: `http://localhost:9411/zipkin/traces/${id}`, origin: "http://localhost:9411", kind: "zipkin" },
  { text: `http://localhost:9411/api/v2/trace/${id}`, origin: "http://localhost:9411", kind: "zipkin" },
  {
    text: `https://g.example.com/explore?orgId=1&left=${left}`,
    origin: "https://g.example.com",
    kind: "grafana",
  },
  { text: `https://g.example.com/explore?left=${oldLeft}`, origin: "https://g.example.com", kind: "grafana" },
  {
    text: `https://g.example.com/grafana/explore?schemaVersion=1&panes=${panes}&orgId=1`,
    origin: "https://g.example.com/grafana",
    kind: "grafana",
    spanId: span,
  },
  {
    text: `https://g.example.com/a/grafana-exploretraces-app/explore?traceId=${id}&spanId=${span}`,
    origin: "https://g.example.com",
    kind: "grafana",
    spanId: span,
  },
  { text: `https://ui.example.com/team/datasets/x/trace?trace_id=${id}`, origin: "https://ui.example.com" },
  { text: `vscode://traceline.traceline/trace/${id}?connection=local&span=${span}`, spanId: span },
];

for (const { text, origin, kind, spanId } of links) {
  test(`the link ${text.slice(0, 80)} leads to ${kind ?? "a trace"}`, () => {
    const [found, ...more] = parseTraceReferences(text);
    assert.equal(found.traceId, id);
    assert.equal(found.origin, origin);
    assert.equal(found.kind, kind);
    assert.equal(found.spanId, spanId);
    assert.deepEqual(more, []);
  });
}

test("a Jaeger comparison names both traces", () => {
  const found = parseTraceReferences(`http://localhost:16686/trace/${id}...${half}?cohort=${id}`);
  assert.deepEqual(
    found.map((reference) => reference.traceId),
    [id, padded],
  );
});

test("links are found in a log line and in lists", () => {
  const other = "5b8efff798038103d269b633813fc60c";
  const inLog = parseTraceReferences(
    `{"url":"http://j:16686/trace/${id}","next":"http://j:16686/trace/${other}"}`,
  );
  assert.deepEqual(
    inLog.map((reference) => [reference.traceId, reference.origin]),
    [
      [id, "http://j:16686"],
      [other, "http://j:16686"],
    ],
  );
  assert.equal(parseTraceReferences(`http://j/trace/${id},http://j/trace/${other}`).length, 2);
});

test("very long text is read in time that grows with its length only", () => {
  assert.deepEqual(parseTraceReferences("[trace_id=".repeat(20_000)), []);
  assert.deepEqual(parseTraceReferences("[".repeat(200_000)), []);
  assert.deepEqual(parseTraceReferences("a".repeat(200_000)), []);
});

test("an id is asked for in its 64-bit form too when its high half is zero", () => {
  assert.deepEqual(traceIdForms(id), [id]);
  assert.deepEqual(traceIdForms(padded), [padded, half]);
  assert.deepEqual(traceIdForms("1"), ["00000000000000000000000000000001", "0000000000000001"]);
});
