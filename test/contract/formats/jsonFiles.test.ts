import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { UserError } from "../../../src/base/userError.ts";
import type { Format } from "../../../src/formats/format.ts";
import { goStdoutJson } from "../../../src/formats/goStdoutJson.ts";
import { headOf } from "../../../src/formats/head.ts";
import { jaegerJson } from "../../../src/formats/jaegerJson.ts";
import { otlpJson } from "../../../src/formats/otlpJson.ts";
import { zipkinJson } from "../../../src/formats/zipkinJson.ts";
import { zipkinV1Json } from "../../../src/formats/zipkinV1Json.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { Kind } from "../../../src/model/trace.ts";
import { sharedData, skipWithoutData } from "../../support/sharedData.ts";
import { decode, type ReadSpan, spansOf } from "../../unit/formats/jsonReading.ts";

const formats = [otlpJson, jaegerJson, zipkinJson, zipkinV1Json, goStdoutJson];

function bytesOf(path: string): Uint8Array {
  const bytes = readFileSync(sharedData(path));
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** The one format that accepts the file. */
function formatOf(bytes: Uint8Array): Format {
  const accepting = formats.filter((format) => format.accepts(headOf(bytes, true)));
  assert.deepEqual(
    accepting.map(({ name }) => name).length,
    1,
    `accepted by ${accepting.map(({ name }) => name).join(" and ") || "none"}`,
  );
  return accepting[0];
}

function spansIn(path: string): ReadSpan[] {
  const bytes = bytesOf(path);
  return spansOf(decode(formatOf(bytes), bytes));
}

/** Every file of a folder, with the format and the number of spans that it has. */
const counts: Readonly<Record<string, readonly (readonly [file: string, format: Format, spans: number])[]>> =
  {
    buildx: [
      ["bktraces.json", goStdoutJson, 73],
      ["otlp.json", goStdoutJson, 73],
      ["jaeger.json", jaegerJson, 73],
    ],
    duo: [["hotrod-traces.json", jaegerJson, 51]],
    savant: [["data.json", jaegerJson, 36]],
    "generated-otel-js/json": [
      ["001-_v1_traces.otlp.json", otlpJson, 31],
      ["002-_v1_traces.otlp.json", otlpJson, 44],
    ],
    "generated-otel-js/vitest": [
      ["001-_v1_traces.otlp.json", otlpJson, 38],
      ["002-_v1_traces.otlp.json", otlpJson, 25],
      ["003-_v1_traces.otlp.json", otlpJson, 20],
    ],
    "generated-otel-js/zipkin": [
      ["001-_api_v2_spans.zipkin.json", zipkinJson, 31],
      ["002-_api_v2_spans.zipkin.json", zipkinJson, 47],
    ],
    jaeger: [
      ["apiv3-FindTraces.json", otlpJson, 1],
      ["domain_01.json", jaegerJson, 1],
      ["domain_02.json", jaegerJson, 2],
      ["domain_03.json", jaegerJson, 2],
      ["es-domain_01.json", jaegerJson, 1],
      ["es_01.json", jaegerJson, 1],
      ["mem-otel_traces_01.json", otlpJson, 4],
      ["trace_success.json", jaegerJson, 2],
      ["trace_wrong_format.json", jaegerJson, 1],
      ["trace_invalid_json.json", jaegerJson, 1],
    ],
    "jaeger-ui": [
      ["oltp2jaeger-multi-out.json", jaegerJson, 4],
      ["otlp2jaeger-in-error.json", otlpJson, 1],
      ["testTrace.json", jaegerJson, 4],
      ["spanAmongEachOtherGroupedAndSpans.json", jaegerJson, 17],
    ],
    "jaeger-skills": [
      ["n_plus_one_positive.json", otlpJson, 16],
      ["n_plus_one_near_miss.json", otlpJson, 12],
      ["sibling_errors.json", otlpJson, 6],
    ],
    kiali: [["responseTrace.json", otlpJson, 8]],
    "otel-go-instrumentation": [
      ["autosdk-traces.json", otlpJson, 3],
      ["databasesql-traces.json", otlpJson, 18],
      ["grpc-traces.json", otlpJson, 7],
    ],
    "otel-proto": [["trace.json", otlpJson, 1]],
    "otel-rust": [["serialized_traces.json", otlpJson, 2]],
    pixi: [["otlp_sample.json", otlpJson, 1]],
    pulumi: [["traces.json", otlpJson, 39]],
    tempo: [["tempopb-trace.json", otlpJson, 1]],
    telegraf: [
      ["brave-tracer-example.json", zipkinV1Json, 3],
      ["cli_microservice.json", zipkinV1Json, 5],
      ["distributed_trace_sample.json", zipkinV1Json, 1],
      ["threespans.json", zipkinV1Json, 3],
    ],
    zipkin: [
      ["ascend.json", zipkinJson, 8],
      ["envoy.json", zipkinJson, 1],
      ["malformed-kong.json", zipkinJson, 7],
      ["messaging-kafka.json", zipkinJson, 28],
      ["messaging.json", zipkinJson, 4],
      ["simple-db-p6.json", zipkinJson, 5],
      ["skew.json", zipkinJson, 4],
      ["yelp.json", zipkinJson, 16],
    ],
    "hostile-public": [
      ["jaeger-proto-processid.json", jaegerJson, 1],
      ["zipkin-issue1623-annotations.v1.json", zipkinV1Json, 1],
      ["zipkin-pr1447-script-everywhere.v1.json", zipkinV1Json, 1],
    ],
    "hostile/files": [
      ["f02-jsonl-torn-last-line.otlp.jsonl", otlpJson, 5],
      ["f03-bom-crlf.otlp.jsonl", otlpJson, 3],
      ["f05-invalid-utf8.otlp.json", otlpJson, 1],
      ["f11-deep-anyvalue.otlp.json", otlpJson, 1],
      ["t08-chain-10000.otlp.json", otlpJson, 10000],
      ["t09-fanout-20000.otlp.json", otlpJson, 20000],
      ["t13-nan-infinity-times.json", otlpJson, 3],
      ["t17-snake-case-base64.json", otlpJson, 1],
      ["p02-jaeger-proto-process.json", jaegerJson, 1],
      ["p03-zipkin-proto-tags.json", zipkinJson, 1],
    ],
  };

describe("Trace files in JSON", () => {
  for (const [folder, files] of Object.entries(counts)) {
    for (const [file, format, count] of files) {
      test(`${folder}/${file} is ${format.name} with ${count} spans`, (t) => {
        if (skipWithoutData(t)) return;
        const bytes = bytesOf(`${folder}/${file}`);
        assert.equal(formatOf(bytes), format);
        const sink = decode(format, bytes, 1000);
        assert.equal(sink.length, count);
        const rows = sink.traceIds
          .map((_, i) => buildTrace(sink, i).length)
          .reduce((sum, length) => sum + length, 0);
        assert.ok(rows > 0 && rows <= count);
      });
    }
  }

  test("every hostile file is read, or refused with a message", (t) => {
    if (skipWithoutData(t)) return;
    for (const file of readdirSync(sharedData("hostile/files"))) {
      if (!/\.jsonl?$/.test(file) || file === "EXPECTED.json") continue;
      const bytes = bytesOf(`hostile/files/${file}`);
      const format = formats.find(({ accepts }) => accepts(headOf(bytes, true)));
      if (format === undefined) continue;
      try {
        const sink = decode(format, bytes, 4096);
        assert.ok(sink.length > 0, file);
        for (let i = 0; i < sink.traceIds.length; i++) assert.ok(buildTrace(sink, i).length > 0, file);
      } catch (error) {
        assert.ok(error instanceof UserError, `${file}: ${error}`);
        assert.ok(/^f(01|10)/.test(file), `${file}: ${error.message}`);
      }
    }
  });

  for (const [path, expected] of [
    ["hostile/files/f01-truncated.otlp.json", /ends too early, at byte 10425/],
    ["hostile/files/f10-deep-json.json", /nested more than 1000 levels deep/],
    ["jaeger/trace_scan_error.json", /at byte \d+: expected a value, found "\]"/],
    ["kiali/response.json", /Tempo search answer/],
    ["kiali/responseAmbient.json", /Tempo search answer/],
  ] as const) {
    test(`${path} is refused: ${expected.source}`, (t) => {
      if (skipWithoutData(t)) return;
      assert.throws(
        () => spansIn(path),
        (error) => error instanceof UserError && expected.test(error.message),
      );
    });
  }

  test("bare-number times and values are exact", (t) => {
    if (skipWithoutData(t)) return;
    const [span] = spansIn("hostile/files/t14-numeric-nanos-precision.otlp.json");
    assert.equal(span.end - span.start, 1238586n);
    assert.equal(span.start, 1748442169307227417n);
    assert.deepEqual(span.attributes, [["big", "int", "9223372036854775807"]]);
  });

  test("every form of one id is the same trace, and a span without one is left out", (t) => {
    if (skipWithoutData(t)) return;
    const bytes = bytesOf("hostile/files/t18-id-forms.otlp.json");
    const sink = decode(otlpJson, bytes);
    assert.deepEqual(sink.traceIds, ["5b8efff798038103d269b633813fc60c", "00000000000000000269b633813fc60c"]);
    assert.deepEqual([...sink.notes], [["spans without a trace ID were left out", 1]]);
  });

  test("a lone surrogate is U+FFFD", (t) => {
    if (skipWithoutData(t)) return;
    const text = JSON.stringify(spansIn("hostile/files/x03-bidi-control.otlp.json"), (_, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    assert.ok(text.includes("\ufffd"));
    assert.ok(!/[\ud800-\udbff](?![\udc00-\udfff])/.test(text));
  });
});

/** What a span is whichever way it came; Jaeger's times are µs. */
function facts(span: ReadSpan): unknown {
  const { start, end, resource, events, ...rest } = span;
  return {
    ...rest,
    flags: 0,
    // Older exporters write no kind for an internal span.
    kind: span.kind === Kind.internal ? Kind.unspecified : span.kind,
    start: start / 1000n,
    // A duration in µs is cut off by itself, so the end may be 1 µs away.
    duration: (end - start) / 1000n,
    events: events.map((event) => ({ ...event, time: event.time / 1000n })),
    resource: [...resource].sort(),
  };
}

function factsOf(path: string): unknown[] {
  return spansIn(path)
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(facts);
}

describe("One trace in two formats", () => {
  for (const [one, other] of [
    ["jaeger/otlp2jaeger-in.json", "jaeger/otlp2jaeger-out.json"],
    ["jaeger-ui/otlp2jaeger-in.json", "jaeger-ui/otlp2jaeger-out.json"],
    ["jaeger-ui/otlp2jaeger-multi-in-combined.json", "jaeger-ui/oltp2jaeger-multi-out.json"],
    ["buildx/otlp.json", "buildx/jaeger.json"],
    ["buildx/bktraces.json", "buildx/jaeger.json"],
  ]) {
    test(`${one} and ${other} are equal`, (t) => {
      if (skipWithoutData(t)) return;
      assert.deepEqual(factsOf(one), factsOf(other));
    });
  }
});
