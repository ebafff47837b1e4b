import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { createDecoding } from "../../../src/formats/decoding.ts";
import { splitTraces } from "../../../src/formats/otlpSplit.ts";
import { logsToJson, tracesToJson } from "../../../src/formats/otlpWriteJson.ts";
import { logsFromJson, tracesFromJson } from "../../../src/formats/otlpWriteProtobuf.ts";
import { logsData, tracesData } from "../../../src/formats/otlpWriteSchema.ts";
import { tracesFromSpans } from "../../../src/formats/otlpWriteSpans.ts";
import type { SpanSink } from "../../../src/model/spanSink.ts";
import { readable } from "../../contract/sharedFiles.ts";
import { sharedData, skipWithoutData } from "../../support/sharedData.ts";
import { vultureRequest } from "../../support/vultureTrace.ts";
import { anyMessage, joined, jsonText, protobufText, spansText } from "./otlpMessages.ts";

const runs = { numRuns: 300 };

/** Files of the shared data in a format, as bytes. */
function* filesOf(format: string): Generator<readonly [name: string, bytes: Uint8Array]> {
  for (const [folder, list] of Object.entries(readable[format])) {
    for (const item of list.trim().split(/\s+/)) {
      const name = item.slice(0, item.lastIndexOf(":"));
      const bytes = readFileSync(sharedData(folder, name));
      const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
      // One gzip file has garbage behind it, which other tests are about.
      if (!name.startsWith("z03")) yield [`${folder}/${name}`, isGzip ? gunzipSync(bytes) : bytes];
    }
  }
}

function sinkOf(bytes: Uint8Array): SpanSink {
  const decoding = createDecoding("file");
  decoding.write(bytes);
  return decoding.end().sink;
}

const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
const decoded = (value: object): unknown =>
  JSON.parse(Buffer.from(joined(tracesToJson(tracesFromJson(json(value))))).toString());

describe("OTLP JSON that is written as protobuf", () => {
  it("says the same, in every request of the shared data", (t) => {
    if (skipWithoutData(t)) return;
    let count = 0;
    for (const [name, bytes] of filesOf("OTLP JSON")) {
      // One request is one object of resource spans: neither lines of them nor the answers of backends.
      if (/jsonl$|pulumi|apiv3|otel-go/.test(name)) continue;
      count++;
      assert.deepEqual(protobufText(tracesFromJson(bytes)), spansText(sinkOf(bytes)), name);
    }
    assert.ok(count > 50, `${count} files`);
  });

  const span = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" };
  const spanWith = (more: object): object => ({
    resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...more }] }] }],
  });
  const valued = (value: unknown): object => spanWith({ attributes: [{ key: "k", value }] });

  const lax: readonly [what: string, given: object, strict: object][] = [
    [
      "snake_case and the names before 0.19",
      {
        resource_spans: [
          {
            instrumentation_library_spans: [
              {
                instrumentation_library: { name: "lib" },
                spans: [{ trace_id: span.traceId, span_id: span.spanId }],
              },
            ],
          },
        ],
      },
      { resourceSpans: [{ scopeSpans: [{ scope: { name: "lib" }, spans: [span] }] }] },
    ],
    ["upper-case IDs", spanWith({ traceId: span.traceId.toUpperCase() }), spanWith({})],
    [
      "IDs in base64",
      spanWith({ traceId: "W47/95gDgQPSabYzgT/GDA==", spanId: "7uGbfsPBsXQ=" }),
      spanWith({}),
    ],
    [
      "an enum by its name",
      spanWith({ kind: "SPAN_KIND_SERVER", status: { code: "ERROR" } }),
      spanWith({ kind: 2, status: { code: 2 } }),
    ],
    ["numbers as text", spanWith({ kind: "2", flags: "257" }), spanWith({ kind: 2, flags: 257 })],
    ["a bare int64", valued({ intValue: 42 }), valued({ intValue: "42" })],
    ["a boolean as text", valued({ boolValue: "true" }), valued({ boolValue: true })],
    ["a double as text", valued({ doubleValue: "0.5" }), valued({ doubleValue: 0.5 })],
    ["null for what is not given", spanWith({ name: null, attributes: null, status: null }), spanWith({})],
    ["what is not known", spanWith({ fromTheFuture: [{ a: {} }] }), spanWith({})],
  ];
  for (const [what, given, strict] of lax) {
    it(`may be written in other ways: ${what}`, () => {
      assert.deepEqual(decoded(given), decoded(strict));
    });
  }

  it("keeps what the model of spans has no place for", () => {
    const exact = {
      resourceSpans: [
        {
          resource: { attributes: [], entityRefs: [{ type: "service", idKeys: ["service.name", "a"] }] },
          scopeSpans: [
            {
              scope: { name: "s" },
              spans: [
                {
                  ...span,
                  traceState: "a=1",
                  attributes: [
                    {
                      key: "n",
                      value: { arrayValue: { values: [{ intValue: "1" }, { doubleValue: 1 }, {}] } },
                    },
                  ],
                  links: [{ ...span, flags: 769 }],
                  droppedEventsCount: 2,
                },
              ],
              schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
            },
          ],
          schemaUrl: "https://opentelemetry.io/schemas/1.36.0",
        },
      ],
    };
    const { resource, ...rest } = (decoded(exact) as typeof exact).resourceSpans[0];
    assert.deepEqual(resource.entityRefs, exact.resourceSpans[0].resource.entityRefs);
    assert.deepEqual(rest.scopeSpans, exact.resourceSpans[0].scopeSpans);
  });

  it("keeps 64-bit numbers and times to the last digit", () => {
    const exact = spanWith({
      startTimeUnixNano: "1748442169307227417",
      attributes: [
        { key: "largest", value: { intValue: "9223372036854775807" } },
        { key: "smallest", value: { intValue: "-9223372036854775808" } },
      ],
    });
    assert.deepEqual(decoded(exact), exact);
    const bare = Buffer.from(JSON.stringify(exact).replaceAll(/"(-?\d{19})"/g, "$1"));
    assert.deepEqual(protobufText(tracesFromJson(bare)), protobufText(tracesFromJson(json(exact))));
  });

  it("gives an ID that is none a wrong length, so that its span is rejected and the others are not", () => {
    for (const traceId of ["xxxxx", "zzzzzzzzzzzzzzzz", "", "0".repeat(32), "00".repeat(17), null, 5]) {
      const request = json({ resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, traceId }] }] }] });
      const { accepted, rejected } = splitTraces(tracesFromJson(request));
      assert.deepEqual([accepted, rejected], [1, 1], String(traceId));
    }
  });

  it("cuts a value that is nested deeper than 64 levels, however deep", () => {
    let value: object = { stringValue: "bottom" };
    for (let i = 0; i < 200; i++) value = { arrayValue: { values: [value] } };
    const { accepted } = splitTraces(tracesFromJson(json(valued(value))));
    assert.equal(accepted, 1);
  });

  it("has keys such as __proto__ like any other", () => {
    const keys = ["__proto__", "constructor", "toString"];
    const given = spanWith({ attributes: keys.map((key) => ({ key, value: { stringValue: "x" } })) });
    assert.deepEqual(decoded(given), given);
  });

  it("is refused when it is not one JSON object, with the place where it goes wrong", () => {
    const bad: readonly [string, RegExp][] = [
      ["", /byte 0/],
      ["[]", /byte 0/],
      ['{"resourceSpans":[', /byte 18/],
      ['{"resourceSpans":[]}{}', /byte 20/],
      ['{"resourceSpans":[]} x', /byte 21/],
      ["\u0000", /byte 0/],
      [`{"a":${"[".repeat(100_000)}`, /levels deep/],
      ['{"resourceSpans":5}', /byte 17: expected \[, found "5"/],
      ['{"resourceSpans":{"scopeSpans":[]}}', /byte 17: expected \[/],
      ['{"resourceSpans":""}', /byte 17: expected \[/],
      ['{"resourceSpans":["x"]}', /byte 18: expected \{/],
      ['{"resourceSpans":[{"scopeSpans":[null]}]}', /byte 33: expected \{/],
      ['{"resourceSpans":[{"scopeSpans":[{"spans":{"traceId":"a1"}}]}]}', /byte 42: expected \[/],
      ['{"resourceLogs":[]}', /request of log records: it has to be sent to \/v1\/logs/],
      ['{"resource_metrics":[]}', /request of metrics: it has to be sent to \/v1\/metrics/],
    ];
    for (const [text, said] of bad) {
      assert.throws(
        () => tracesFromJson(Buffer.from(text)),
        (error: Error & { code?: string }) => {
          assert.match(error.message, said, JSON.stringify(text.slice(0, 30)));
          return error.code === "malformed";
        },
      );
    }
    assert.throws(() => logsFromJson(Buffer.from('{"resourceSpans":[]}')), /request of spans/);
    assert.throws(() => logsFromJson(Buffer.from('{"resourceLogs":[{"scopeLogs":0}]}')), /expected \[/);
  });

  it("may have null for an empty list, fields that nobody knows, and another kind of records beside its own", () => {
    for (const text of [
      "{}",
      '{"resourceSpans":null}',
      '{"resourceSpans":[{"scopeSpans":[{"spans":null}]}]}',
      '{"fromTheFuture":[{"spans":5}]}',
      '{"resourceLogs":[{}],"resourceSpans":[]}',
    ]) {
      assert.deepEqual(splitTraces(tracesFromJson(Buffer.from(text))).parts, [], text);
    }
  });

  it("has spans that are no objects rejected and counted, and the others kept", () => {
    for (const none of ["5", "null", '"x"', "[]"]) {
      const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[${none},${JSON.stringify(span)}]}]}]}`;
      const { accepted, rejected } = splitTraces(tracesFromJson(Buffer.from(text)));
      assert.deepEqual([accepted, rejected], [1, 1], none);
    }
  });
});

describe("spans of any format that are written as protobuf", () => {
  for (const format of [
    "Zipkin JSON",
    "Zipkin JSON v1",
    "Jaeger JSON",
    "OTLP JSON",
    "OTLP protobuf",
    "Go stdout trace JSON",
  ]) {
    it(`say the same, in every file of the shared data: ${format}`, (t) => {
      if (skipWithoutData(t)) return;
      for (const [name, bytes] of filesOf(format)) {
        const sink = sinkOf(bytes);
        // Some have IDs that no OTLP can say, one a trace ID of text.
        if (sink.textIds.size + sink.parentTexts.size > 0 || sink.traceIds.some((id) => /[^0-9a-f]/.test(id)))
          continue;
        assert.deepEqual(spansText(sinkOf(tracesFromSpans(sink))), spansText(sink), name);
      }
    });
  }
});

describe("a trace that is exported as a line of OTLP JSON", () => {
  it("reads back identical, whatever it holds", () => {
    fc.assert(
      fc.property(anyMessage(tracesData), (bytes) => {
        for (const part of splitTraces(bytes).parts) {
          assert.deepEqual(jsonText(joined(tracesToJson(part.bytes))), protobufText(part.bytes));
        }
      }),
      runs,
    );
  });

  it("reads back identical, in every file of the shared data", (t) => {
    if (skipWithoutData(t)) return;
    for (const [name, bytes] of filesOf("OTLP protobuf")) {
      if (name.includes("b03")) continue;
      const bare = bytes[0] === 0 ? bytes.subarray(5) : bytes;
      assert.deepEqual(jsonText(joined(tracesToJson(bare))), spansText(sinkOf(bytes)), name);
    }
    for (const [name, bytes] of filesOf("OTLP JSON")) {
      if (/jsonl$|pulumi|apiv3|otel-go/.test(name)) continue;
      assert.deepEqual(jsonText(joined(tracesToJson(tracesFromJson(bytes)))), spansText(sinkOf(bytes)), name);
    }
  });

  it("is, byte for byte, what it was imported from", () => {
    const line = joined(tracesToJson(tracesFromJson(json(vultureRequest(1_700_000_000_000)))));
    assert.equal(
      Buffer.from(joined(tracesToJson(tracesFromJson(line)))).toString(),
      Buffer.from(line).toString(),
    );
    assert.deepEqual(jsonText(line), spansText(sinkOf(json(vultureRequest(1_700_000_000_000)))));
  });

  it("is one line, and comes in pieces", () => {
    const spans = Array.from({ length: 4_000 }, (_, i) => ({
      traceId: "5b8efff798038103d269b633813fc60c",
      spanId: (i + 1).toString(16).padStart(16, "0"),
      name: "a\nb \u2028 c".repeat(20),
    }));
    const pieces = [...tracesToJson(tracesFromJson(json({ resourceSpans: [{ scopeSpans: [{ spans }] }] })))];
    assert.ok(pieces.length > 2 && pieces.every((piece) => piece.length < 300_000));
    const text = Buffer.from(joined(pieces)).toString();
    assert.equal(text.indexOf("\n"), text.length - 1);
    assert.equal(JSON.parse(text).resourceSpans[0].scopeSpans[0].spans.length, 4_000);
  });

  it("has text that is not UTF-8 with U+FFFD in its place", () => {
    const bytes = Buffer.concat([...tracesToJson(Buffer.from("0a081a06687474ff703a", "hex"))]);
    assert.equal(JSON.parse(bytes.toString()).resourceSpans[0].schemaUrl, "htt\uFFFDp:");
  });
});

describe("log records", () => {
  it("are the same in JSON and in protobuf", () => {
    fc.assert(
      fc.property(anyMessage(logsData), (bytes) => {
        const once = joined(logsToJson(bytes));
        const again = joined(logsToJson(logsFromJson(once)));
        assert.equal(Buffer.from(again).toString(), Buffer.from(once).toString());
      }),
      runs,
    );
  });

  it("may name their severity", () => {
    const request = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: "SEVERITY_NUMBER_WARN2" }] }] }],
    };
    const line = Buffer.from(joined(logsToJson(logsFromJson(json(request))))).toString();
    assert.match(line, /"severityNumber":14/);
  });
});
