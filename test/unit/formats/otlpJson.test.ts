import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import { headOf } from "../../../src/formats/head.ts";
import { otlpJson } from "../../../src/formats/otlpJson.ts";
import { type ReadAttribute, type ReadSpan, read } from "./jsonReading.ts";

const trace = "5b8efff798038103d269b633813fc60c";

function document(...spans: string[]): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join(",")}]}]}]}`;
}

function span(members = "", id = "1"): string {
  return `{"traceId":"${trace}","spanId":"${id}"${members === "" ? "" : `,${members}`}}`;
}

function one(members: string): ReadSpan {
  const { spans } = read(otlpJson, document(span(members)));
  assert.equal(spans.length, 1);
  return spans[0];
}

function attribute(value: string): ReadAttribute {
  return one(`"attributes":[{"key":"k","value":${value}}]`).attributes[0];
}

describe("OTLP JSON", () => {
  test("reads every part of a span", () => {
    const { spans } = read(
      otlpJson,
      `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}],"droppedAttributesCount":2},
        "scopeSpans":[{"scope":{"name":"lib","version":"1.2","attributes":[{"key":"s","value":{"boolValue":true}}]},
        "spans":[{"traceId":"${trace}","spanId":"EEE19B7EC3C1B174","parentSpanId":"eee19b7ec3c1b173","name":"GET /","kind":2,"flags":257,
          "startTimeUnixNano":"1748442169307227417","endTimeUnixNano":1748442169308466003,"traceState":"a=b",
          "attributes":[{"key":"http.method","value":{"stringValue":"GET"}}],"droppedAttributesCount":1,"droppedEventsCount":"3",
          "events":[{"timeUnixNano":"1748442169307227418","name":"exception","attributes":[{"key":"e","value":{"intValue":"1"}}]}],
          "links":[{"traceId":"W47/95gDgQPSabYzgT/GDA==","spanId":"7uGbfsPBsXQ=","attributes":[{"key":"l","value":{"doubleValue":0.5}}]}],
          "status":{"code":2,"message":"no"}}],"schemaUrl":"x"}]}]}`,
    );
    assert.deepEqual(spans, [
      {
        trace,
        id: "eee19b7ec3c1b174",
        parent: "eee19b7ec3c1b173",
        name: "GET /",
        kind: 2,
        status: 2,
        message: "no",
        flags: 257,
        start: 1748442169307227417n,
        end: 1748442169308466003n,
        traits: "",
        attributes: [
          ["http.method", "string", "GET"],
          ["w3c.tracestate", "string", "a=b"],
          ["otel.dropped_attributes_count", "int", "1"],
          ["otel.dropped_events_count", "int", "3"],
        ],
        events: [{ name: "exception", time: 1748442169307227418n, attributes: [["e", "int", "1"]] }],
        links: [{ trace, span: "eee19b7ec3c1b174", attributes: [["l", "double", "0.5"]] }],
        resource: [
          ["service.name", "string", "shop"],
          ["otel.dropped_attributes_count", "int", "2"],
        ],
        scope: { name: "lib", version: "1.2", attributes: [["s", "bool", "true"]] },
        warnings: [],
      },
    ]);
  });

  test("gives the same span in snake_case, with enum names, base64 ids and the old names of scopes", () => {
    const camel = read(
      otlpJson,
      `{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"b"}}]},"scopeSpans":[{"scope":{"name":"n"},"spans":[
        {"traceId":"${trace}","spanId":"eee19b7ec3c1b174","kind":3,"startTimeUnixNano":"5","status":{"code":1}}]}]}]}`,
    );
    const snake = read(
      otlpJson,
      `{"resource_spans":[{"resource":{"attributes":[{"key":"a","value":{"string_value":"b"}}]},"instrumentation_library_spans":[{"instrumentation_library":{"name":"n"},"spans":[
        {"trace_id":"W47/95gDgQPSabYzgT/GDA==","span_id":"7uGbfsPBsXQ=","kind":"SPAN_KIND_CLIENT","start_time_unix_nano":5,"status":{"code":"STATUS_CODE_OK"}}]}]}]}`,
    );
    assert.deepEqual(snake, camel);
  });

  const spans = span();
  for (const [what, text, count] of [
    ["Tempo's batches", document(spans).replace("resourceSpans", "batches"), 1],
    ["Tempo's v2 answer", `{"trace":${document(spans)},"metrics":{}}`, 1],
    ["Jaeger's v3 answer", `{"result":${document(spans)}}`, 1],
    ["a list of documents", `[${document(spans)},${document(spans)}]`, 2],
    ["documents on one line", `${document(spans)}${document(spans)}`, 2],
    [
      "JSON Lines with CRLF, blank lines and a byte order mark",
      `\ufeff${document(spans)}\r\n\r\n${document(spans)}\r\n`,
      2,
    ],
    [
      "pretty-printed documents behind each other",
      JSON.stringify(JSON.parse(document(spans)), null, 2).repeat(3),
      3,
    ],
    [
      "members that are null",
      `{"resourceSpans":[null,{"resource":null,"scopeSpans":null}],"resourceLogs":null}`,
      0,
    ],
    ["spans that are no objects", document("1", '"x"', "null", "[]", spans), 1],
  ] as const) {
    test(`reads ${what}`, () => assert.equal(read(otlpJson, text).spans.length, count));
  }

  test("keeps a resource and a scope that come after their spans", () => {
    const [only] = read(
      otlpJson,
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans}],"scope":{"version":"1","name":"n"}}],"resource":{"attributes":[{"value":{"stringValue":"v"},"key":"late"}]}}]}`,
    ).spans;
    assert.deepEqual(only.resource, [["late", "string", "v"]]);
    assert.deepEqual(only.scope, { name: "n", version: "1", attributes: [] });
  });

  for (const [value, type, text] of [
    ['{"stringValue":"x"}', "string", "x"],
    ['{"stringValue":""}', "string", ""],
    ['{"boolValue":false}', "bool", "false"],
    ['{"boolValue":"true"}', "bool", "true"],
    ['{"intValue":9223372036854775807}', "int", "9223372036854775807"],
    ['{"intValue":"-9223372036854775808"}', "int", "-9223372036854775808"],
    ['{"intValue":"007"}', "int", "7"],
    ['{"intValue":4.2e1}', "int", "42"],
    ['{"intValue":-0}', "int", "0"],
    ['{"intValue":"many"}', "string", "many"],
    ['{"doubleValue":72.5}', "double", "72.5"],
    ['{"doubleValue":1.0}', "double", "1"],
    ['{"doubleValue":-0}', "double", "-0"],
    ['{"doubleValue":0.0000001}', "double", "1e-7"],
    ['{"doubleValue":0.000001}', "double", "0.000001"],
    ['{"doubleValue":123456789012345680000}', "double", "123456789012345680000"],
    ['{"doubleValue":1e21}', "double", "1e+21"],
    ['{"doubleValue":0.1000}', "double", "0.1"],
    ['{"doubleValue":"NaN"}', "double", "NaN"],
    ['{"doubleValue":"-Infinity"}', "double", "-Infinity"],
    ['{"bytesValue":"3q2+7w=="}', "bytes", "3q2+7w=="],
    ["{}", "empty", ""],
    ["null", "empty", ""],
    ["7", "empty", ""],
    ['{"arrayValue":{}}', "array", "[]"],
    ['{"arrayValue":{"values":[]}}', "array", "[]"],
    ['{"kvlistValue":{"values":[]}}', "map", "{}"],
    [
      '{"arrayValue":{"values":[{"stringValue":"a\\"\\n<"},{"intValue":"9007199254740993"},{"doubleValue":1.50},{"boolValue":true},{},null,{"bytesValue":"AA=="},{"doubleValue":"NaN"}]}}',
      "array",
      '["a\\"\\n<",9007199254740993,1.5,true,null,null,"AA==","NaN"]',
    ],
    [
      '{"kvlistValue":{"values":[{"key":"a","value":{"stringValue":"1"}},{"key":"a","value":{"intValue":2}},{"value":{"boolValue":true},"key":"b"},{"key":"c"},{"value":{"intValue":1}}]}}',
      "map",
      '{"a":"1","a":2,"b":true,"c":null,"":1}',
    ],
    [
      '{"kvlistValue":{"values":[{"value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"value":{"intValue":1},"key":"x"}]}}]}},"key":"deep"}]}}',
      "map",
      '{"deep":[{"x":1}]}',
    ],
    ['{"arrayValue":{"values":[{"intValue":"<b>"}]}}', "array", '["<b>"]'],
  ]) {
    test(`reads the value ${value} as ${type} ${text}`, () =>
      assert.deepEqual(attribute(value), ["k", type, text]));
  }

  test("cuts a value that is nested more than 64 levels deep, and says so on the span", () => {
    const value = `${'{"arrayValue":{"values":['.repeat(2000)}{"intValue":1}${"]}}".repeat(2000)}`;
    const read = one(`"attributes":[{"key":"k","value":${value}},{"key":"next","value":{"intValue":1}}]`);
    assert.equal(read.attributes[0][2], `${"[".repeat(64)}"…"${"]".repeat(64)}`);
    assert.deepEqual(read.attributes[1], ["next", "int", "1"]);
    assert.match(read.warnings[0], /nested deeper than 64 levels/);
  });

  test("keeps repeated keys, empty keys and missing keys, in order", () => {
    const { attributes } = one(
      `"attributes":[{"key":"a","value":{"intValue":1}},{"key":"a","value":{"intValue":2}},{"key":"","value":{"intValue":3}},{"value":{"intValue":4}},{"key":"__proto__","value":{"intValue":5}}]`,
    );
    assert.deepEqual(
      attributes.map(([key, , value]) => `${key}=${value}`),
      ["a=1", "a=2", "=3", "=4", "__proto__=5"],
    );
  });

  test("shows Jaeger's warnings as warnings and hides its other marks", () => {
    const { attributes, warnings } = one(
      `"attributes":[{"key":"@jaeger@warnings","value":{"arrayValue":{"values":[{"stringValue":"clock \\"skew\\""},{"stringValue":"two"}]}}},{"key":"@jaeger@format","value":{"stringValue":"x"}},{"key":"kept","value":{"intValue":1}}]`,
    );
    assert.deepEqual(warnings, ['clock "skew"', "two"]);
    assert.deepEqual(attributes, [["kept", "int", "1"]]);
  });

  for (const [time, traits, start] of [
    ['"NaN"', "badTime", 0n],
    ["-5", "badTime", 0n],
    ["1e400", "badTime", 0n],
    ['"18446744073709551615"', "", 18446744073709551615n],
    ["0", "", 0n],
    ["null", "", 0n],
  ] as const) {
    test(`takes a start of ${time} for ${traits === "" ? start : "no time"}`, () => {
      const read = one(`"startTimeUnixNano":${time}`);
      assert.deepEqual([read.traits, read.start], [traits, start]);
    });
  }

  test("keeps ids that are neither hex nor base64 as they are", () => {
    const { spans } = read(otlpJson, document(`{"traceId":"xxxxx","spanId":"xxxxx","parentSpanId":"yy"}`));
    assert.deepEqual([spans[0].trace, spans[0].id, spans[0].parent], ["xxxxx", "xxxxx", "yy"]);
  });

  test("leaves out spans without a trace ID and counts them", () => {
    const { spans, notes } = read(
      otlpJson,
      document('{"traceId":"","spanId":"1"}', '{"spanId":"2"}', span()),
    );
    assert.equal(spans.length, 1);
    assert.deepEqual(notes, ["2 spans without a trace ID were left out"]);
  });

  test("counts log records and metrics, in a document of their own or in one with spans", () => {
    const logs = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{}},{"body":{}}]}]}]}';
    const metrics = '{"resource_metrics":[{"scope_metrics":[{"metrics":[{"name":"m"}]}]}]}';
    const { spans, notes } = read(otlpJson, `${logs}\n${document(span())}\n${metrics}\n${logs}`);
    assert.equal(spans.length, 1);
    assert.deepEqual(notes, ["4 log records were skipped", "metrics were skipped"]);
  });

  test("passes on what Tempo says of a trace that it cut", () => {
    const { notes } = read(
      otlpJson,
      `{"trace":${document(span())},"status":"PARTIAL","message":"trace exceeds maximum size"}`,
    );
    assert.deepEqual(notes, ["Tempo sent only part of the trace: trace exceeds maximum size"]);
  });

  test("keeps the whole spans of a torn last line", () => {
    const torn = document(span('"name":"whole"', "2"), span('"name":"torn"', "3")).slice(0, -20);
    const { spans, notes } = read(otlpJson, `${document(span())}\n${torn}`);
    assert.deepEqual(
      spans.map(({ id }) => id),
      ["0000000000000001", "0000000000000002"],
    );
    assert.match(notes[0], /^The last line is incomplete/);
  });

  for (const [what, bad] of [
    ["is no JSON", "not json"],
    ["ends in the middle", document(span()).slice(0, -15)],
    ["ends inside a string", document(span()).slice(0, 60)],
    ["has a comma too many", '{"resourceSpans":[,]}'],
    ["is nested too deep", `{"x":${"[".repeat(3000)}${"]".repeat(3000)}}`],
  ]) {
    test(`skips a line that ${what} and names its byte`, () => {
      const good = document(span());
      const { spans, notes } = read(otlpJson, `${good}\n${bad}\n${document(span("", "9"))}\n`);
      assert.equal(spans.at(-1)?.id, "0000000000000009");
      assert.equal(spans[0].id, "0000000000000001");
      assert.equal(notes.length, 1);
      assert.ok(notes[0].startsWith(`The line at byte ${good.length + 1} is damaged`), notes[0]);
    });
  }

  for (const [what, text, expected] of [
    ["is cut", document(span(), span()).slice(0, 130), /ends too early, at byte 130/],
    ["is wrong", document("{]"), /not valid JSON at byte \d+: expected a member name in quotes, found "\]"/],
    ["is empty", "  \n", /empty/],
    ["is a page", "<html></html>", /not valid JSON at byte 0/],
    ["is null", "null", /not valid JSON at byte 0: expected { or \[/],
    ["is only damaged lines", "text\n{text\n[1\n", /not valid JSON at byte 0/],
    ["is UTF-16", Buffer.from("\ufeff{}", "utf16le"), /UTF-16 text \(little-endian\)/],
    ["is UTF-16 without a mark", Buffer.from('{"a":1}', "utf16le"), /UTF-16/],
    [
      "is a Tempo search answer",
      '{"traces":[{"traceID":"1"}]}',
      /Tempo search answer: it lists traces but has no spans/,
    ],
  ] as const) {
    test(`refuses a document that ${what}`, () => {
      assert.throws(
        () => read(otlpJson, text),
        (error) => error instanceof UserError && expected.test(error.message),
      );
    });
  }

  for (const [text, accepted] of [
    [document(span()), true],
    ['{"batches":[]}', true],
    ['{"resource_logs":[]}', true],
    ['{"trace":{}}', true],
    ['{"result":{"resourceSpans":[]}}', true],
    ['{"traces":[{"traceID":"1","rootServiceName":"a"}]}', true],
    ['{"result":1}', false],
    ['{"data":[]}', false],
    ['[{"traceId":"1","id":"2"}]', false],
    ["resourceSpans", false],
  ] as const) {
    test(`${accepted ? "accepts" : "does not accept"} ${text.slice(0, 40)}`, () => {
      assert.equal(otlpJson.accepts(headOf(new TextEncoder().encode(text), true)), accepted);
    });
  }
});
