import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { traceMentions } from "../../../src/model/traceMentions.ts";

const id = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const half = "463ac35c9f6413ad";
const padded = `0000000000000000${half}`;
const datadog = "0000000000000000739a4c4f1e3d8c9c";

/** A line, the text of the mention, its trace, and its span. */
type Case = readonly [line: string, mention: string, traceId: string, spanId?: string];

const said: readonly Case[] = [
  [`traceparent: 00-${id}-${span}-01`, id, id, span],
  [`"trace_id":"${id}"`, id, id],
  [`{"level":30,"trace_id":"${id}","span_id":"${span}","msg":"x"}`, id, id, span],
  [`"traceId": "${id.toUpperCase()}"`, id.toUpperCase(), id],
  [`traceId=${half}`, half, padded],
  [`otelTraceID=${id} otelSpanID=${span}`, id, id, span],
  ["dd.trace_id=8330054363468631196 dd.span_id=123", "8330054363468631196", datadog, "000000000000007b"],
  [
    '{"dd":{"trace_id":"66c4e3e900000000739a4c4f1e3d8c9c"}}',
    "66c4e3e900000000739a4c4f1e3d8c9c",
    "66c4e3e900000000739a4c4f1e3d8c9c",
  ],
  [`b3: ${half}-a2fb4a1d1a96d312-d`, half, padded, "a2fb4a1d1a96d312"],
  [`X-B3-TraceId: ${half}`, half, padded],
  [
    "uber-trace-id: 4bf92f3577b34da6%3A1%3A0%3A1",
    "4bf92f3577b34da6",
    "00000000000000004bf92f3577b34da6",
    "0000000000000001",
  ],
  [
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
    "1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
    "5759e988bd862e3fe1be46a994272793",
    "53995c3f42cd8ad8",
  ],
  [
    "projects/p-1/traces/06796866738c859f2f19b7cfb3214824",
    "06796866738c859f2f19b7cfb3214824",
    "06796866738c859f2f19b7cfb3214824",
  ],
  [`X-Cloud-Trace-Context: ${id}/123;o=1`, id, id, "000000000000007b"],
  [
    "sentry-trace: 771a43a4192642f0b136d5159a501700-1c3b5e5f6a7b8c9d-1",
    "771a43a4192642f0b136d5159a501700",
    "771a43a4192642f0b136d5159a501700",
    "1c3b5e5f6a7b8c9d",
  ],
  [`INFO [app,${id},${span}] slow`, id, id, span],
  [`\u001b[32minfo\u001b[0m [${id}-${span}] done`, id, id, span],
  [`[trace_id=${id} span_id=${span} resource.service.name=shop trace_sampled=True]`, id, id, span],
];

/** These are traces only when one of that id is known. */
const unsaid: readonly Case[] = [
  [`saw ${id} again`, id, id],
  [
    "md5 d41d8cd98f00b204e9800998ecf8427e",
    "d41d8cd98f00b204e9800998ecf8427e",
    "d41d8cd98f00b204e9800998ecf8427e",
  ],
  [`${half}-${span}`, half, padded, span],
  [`/assets/${id}/12`, id, id, "000000000000000c"],
  [`see http://localhost:16686/trace/${id}.`, `http://localhost:16686/trace/${id}`, id],
  [`(http://localhost:9411/zipkin/traces/${half})`, `http://localhost:9411/zipkin/traces/${half}`, padded],
  [`GET http://tempo:3200/api/traces/${id} 200`, `http://tempo:3200/api/traces/${id}`, id],
];

for (const [title, cases, isSaid] of [
  ["a text that says that it is a trace", said, true],
  ["a text that may be a trace", unsaid, false],
] as const) {
  describe(title, () => {
    for (const [line, text, traceId, spanId] of cases) {
      test(line, () => {
        const mentions = traceMentions(line);
        assert.equal(mentions.length, 1, JSON.stringify(mentions));
        const [{ start, end, references }] = mentions;
        assert.equal(line.slice(start, end), text);
        assert.equal(references[0].traceId, traceId);
        assert.equal(references[0].spanId, spanId);
        assert.equal(mentions[0].isSaid, isSaid);
      });
    }
  });
}

describe("no trace is mentioned in", () => {
  for (const line of [
    "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    "0af76519-16cd-43dd-8448-eb211c80319c",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    `traceparent 00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    "trace_id=00000000000000000000000000000000 span_id=0000000000000000",
    "Traceback (most recent call last):",
    "stack trace id: none",
    "12345678901234567890123456789012345678901234567890",
    "https://example.com/page?version=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    `x${id}`,
    `app-${id}.js`,
    "0x7ffd5c3b2a10 at 0x00007ffd5c3b2a10",
    "",
  ]) {
    test(JSON.stringify(line), () => assert.deepEqual(traceMentions(line), []));
  }
});

test("several mentions in a line are all found, in their order", () => {
  const line = `${id} trace_id=${half} then http://localhost:16686/trace/5b8efff798038103d269b633813fc60c`;
  assert.deepEqual(
    traceMentions(line).map(({ references, isSaid }) => [references[0].traceId, isSaid]),
    [
      [id, false],
      [padded, true],
      ["5b8efff798038103d269b633813fc60c", false],
    ],
  );
});

test("sixteen decimal digits may be either: both are told, hex first", () => {
  const [mention] = traceMentions("trace_id=1234567890123456");
  assert.deepEqual(
    mention.references.map(({ traceId }) => traceId),
    ["00000000000000001234567890123456", "000000000000000000000462d53c8abac0".slice(-32)],
  );
});

test("a long line of hostile text takes no longer than its length", () => {
  const pieces = [
    "trace_id=",
    "0af7651916cd43dd",
    "[",
    "projects/",
    "http://a/",
    "dd.trace_id=1 _dd.p.tid=",
    "1-0af76519-",
    "a/grafana-",
    "-",
  ];
  for (const piece of pieces) {
    const line = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const started = performance.now();
    traceMentions(line);
    assert.ok(performance.now() - started < 500, piece);
  }
});
