import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import { headOf } from "../../../src/formats/head.ts";
import { jaegerJson } from "../../../src/formats/jaegerJson.ts";
import { type ReadSpan, read } from "./jsonReading.ts";

const processes =
  '"processes":{"p1":{"serviceName":"shop","tags":[{"key":"host.name","type":"string","value":"h"}]}}';

function answer(...spans: string[]): string {
  return `{"data":[{"traceID":"a","spans":[${spans.join(",")}],${processes},"warnings":null}],"total":0,"errors":null}`;
}

function span(members = ""): string {
  return `{"traceID":"a","spanID":"b","processID":"p1"${members === "" ? "" : `,${members}`}}`;
}

function one(members: string): ReadSpan {
  const { spans } = read(jaegerJson, answer(span(members)));
  assert.equal(spans.length, 1);
  return spans[0];
}

function tags(list: string): ReadSpan {
  return one(`"tags":[${list}]`);
}

describe("Jaeger JSON", () => {
  test("reads every part of a span, whose process comes after it", () => {
    const [only] = read(
      jaegerJson,
      answer(
        `{"traceID":"5b8efff798038103d269b633813fc60c","spanID":"eee19b7ec3c1b174","flags":1,"operationName":"GET /",
          "references":[{"refType":"CHILD_OF","traceID":"5b8efff798038103d269b633813fc60c","spanID":"eee19b7ec3c1b173"}],
          "startTime":1705071460147265,"duration":17263,"tags":[{"key":"n","type":"int64","value":42}],
          "logs":[{"timestamp":1705071460147281,"fields":[{"key":"a","type":"bool","value":true},{"key":"event","type":"string","value":"message"}]}],
          "processID":"p1","warnings":["skewed"]}`,
      ),
    ).spans;
    assert.deepEqual(only, {
      trace: "5b8efff798038103d269b633813fc60c",
      id: "eee19b7ec3c1b174",
      parent: "eee19b7ec3c1b173",
      name: "GET /",
      kind: 0,
      status: 0,
      message: "",
      flags: 1,
      start: 1705071460147265000n,
      end: 1705071460164528000n,
      traits: "",
      attributes: [["n", "int", "42"]],
      events: [{ name: "message", time: 1705071460147281000n, attributes: [["a", "bool", "true"]] }],
      links: [],
      resource: [
        ["service.name", "string", "shop"],
        ["host.name", "string", "h"],
      ],
      scope: { name: "", version: "", attributes: [] },
      warnings: ["skewed"],
    });
  });

  const trace = `{"traceID":"a","spans":[${span()},${span()}],${processes}}`;
  for (const [what, text, count] of [
    ["a single trace", trace, 2],
    ["a trace that begins with its processes", `{${processes},"traceID":"a","spans":[${span()}]}`, 1],
    ["a list of traces", `[${trace},${trace}]`, 4],
    ["an answer whose data is one trace", `{"data":${trace}}`, 2],
    ["an answer without traces", '{"data":[],"errors":null}', 0],
    ["a list of bare spans", `[${span()},${span()}]`, 2],
    ["a bare span a line", `${span()}\n${span()}\n`, 2],
    ["traces without a list of spans", '{"data":[{"traceID":"a","spans":null,"processes":null}]}', 0],
    ["spans that have the trace's ID only", '{"traceID":"a","spans":[{"spanID":"1"}]}', 1],
  ] as const) {
    test(`reads ${what}`, () => assert.equal(read(jaegerJson, text).spans.length, count));
  }

  for (const [tag, type, value] of [
    ['"type":"string","value":"v"', "string", "v"],
    ['"type":"bool","value":true', "bool", "true"],
    ['"type":"bool","value":"true"', "bool", "true"],
    ['"type":"int64","value":9007199254740993', "int", "9007199254740993"],
    ['"type":"int64","value":"-9223372036854775808"', "int", "-9223372036854775808"],
    ['"type":"float64","value":1.0', "double", "1"],
    ['"type":"float64","value":"NaN"', "double", "NaN"],
    ['"type":"binary","value":"AAAwOQ=="', "bytes", "AAAwOQ=="],
    ['"value":"AA==","type":"binary"', "bytes", "AA=="],
    ['"value":7', "int", "7"],
    ['"value":7.5', "double", "7.5"],
    ['"type":"string","value":null', "empty", ""],
    ['"type":"string"', "empty", ""],
    ['"type":"string","value":{ "a" : [1, {"b":"\\u00e9"}] }', "map", '{"a":[1,{"b":"é"}]}'],
    ['"vType":"INT64","vInt64":"5"', "int", "5"],
    ['"vType":"STRING","vStr":"s"', "string", "s"],
    ['"vType":"BINARY","vBinary":"AA=="', "bytes", "AA=="],
    ['"vFloat64":2.5', "double", "2.5"],
    ['"vBool":true', "bool", "true"],
  ]) {
    test(`reads the tag {${tag}} as ${type} ${value}`, () => {
      assert.deepEqual(tags(`{"key":"k",${tag}}`).attributes, [["k", type, value]]);
    });
  }

  test("reads tags that are members of an object, with a dot for each @", () => {
    const read = one('"tag":{"http@status":200,"__proto__":"x","span@kind":"client"}');
    assert.deepEqual(read.attributes, [
      ["http.status", "int", "200"],
      ["__proto__", "string", "x"],
    ]);
    assert.equal(read.kind, 3);
  });

  test("gives kind, status and scope back to the span that OpenTelemetry took them from", () => {
    const read =
      tags(`{"key":"otel.library.name","type":"string","value":"lib"},{"key":"otel.scope.version","type":"string","value":"1"},
      {"key":"span.kind","type":"string","value":"server"},{"key":"error","type":"bool","value":true},
      {"key":"otel.status_description","type":"string","value":"no"},{"key":"left","type":"bool","value":true},
      {"key":"otel.status_code","type":"string","value":"ERROR"}`);
    assert.deepEqual([read.kind, read.status, read.message], [2, 2, "no"]);
    assert.deepEqual(read.scope, { name: "lib", version: "1", attributes: [] });
    assert.deepEqual(read.attributes, [["left", "bool", "true"]]);
  });

  for (const [what, list, status, kept] of [
    ["an error alone", '{"key":"error","type":"bool","value":true}', 2, 1],
    ["an error as text", '{"key":"error","type":"bool","value":"true"}', 2, 1],
    ["error false", '{"key":"error","type":"bool","value":false}', 0, 1],
    ["a status of OK", '{"key":"otel.status_code","type":"string","value":"OK"}', 1, 0],
    [
      "an error beside OK",
      '{"key":"error","type":"bool","value":true},{"key":"otel.status_code","type":"string","value":"OK"}',
      1,
      1,
    ],
    ["an unknown kind", '{"key":"span.kind","type":"string","value":"odd"}', 0, 1],
  ] as const) {
    test(`takes ${what} for status ${status} and keeps ${kept} attributes`, () => {
      const read = tags(list);
      assert.deepEqual([read.status, read.attributes.length], [status, kept]);
    });
  }

  const here = '"traceID":"a"';
  for (const [what, members, parent, links] of [
    [
      "the first reference of its own trace",
      `"references":[{"refType":"FOLLOWS_FROM",${here},"spanID":"1"},{"refType":"CHILD_OF",${here},"spanID":"2"}]`,
      "1",
      ["a:2 child_of"],
    ],
    [
      "one behind a reference to another trace",
      `"references":[{"refType":"FOLLOWS_FROM","traceID":"f","spanID":"9"},{"refType":"CHILD_OF",${here},"spanID":"2"}]`,
      "2",
      ["f:9 "],
    ],
    ["a reference without a trace", `"references":[{"refType":"CHILD_OF","spanID":"2"}]`, "2", []],
    [
      "parentSpanID when no reference is of its trace",
      `"references":[{"refType":"CHILD_OF","traceID":"f","spanID":"2"}],"parentSpanID":"7"`,
      "7",
      ["f:2 child_of"],
    ],
    [
      "none when a reference names no span",
      `"references":[{"refType":"CHILD_OF",${here},"spanID":""}]`,
      "",
      [],
    ],
    ["none when there are none", `"references":null`, "", []],
  ] as const) {
    test(`takes for its parent ${what}`, () => {
      const read = one(members);
      assert.equal(read.parent.replace(/^0+/, ""), parent);
      assert.deepEqual(
        read.links.map(
          (link) =>
            `${link.trace.replace(/^0+/, "")}:${link.span.replace(/^0+/, "")} ${link.attributes[0]?.[2] ?? ""}`,
        ),
        links,
      );
    });
  }

  for (const [what, fields, name, left] of [
    ["its event", '{"key":"message","value":"m"},{"key":"event","value":"e"}', "e", ["message"]],
    ["an event that is a number", '{"key":"event","type":"int64","value":123}', "123", []],
    [
      "its message",
      '{"key":"a","value":1},{"key":"message","value":"m\\n"},{"key":"b","value":2}',
      "m\n",
      ["a", "b"],
    ],
    ["nothing", '{"key":"x","value":"y"}', "log", ["x"]],
  ] as const) {
    test(`names a log by ${what}`, () => {
      const [event] = one(`"logs":[{"timestamp":1,"fields":[${fields}]}]`).events;
      assert.deepEqual([event.name, event.attributes.map(([key]) => key)], [name, left]);
    });
  }

  for (const [what, members, start, end, traits] of [
    [
      "µs beyond 2^53",
      '"startTime":9007199254740993,"duration":2',
      9007199254740993000n,
      9007199254740995000n,
      "",
    ],
    ["a duration before its start", '"duration":5,"startTime":10', 10000n, 15000n, ""],
    ["a negative duration", '"startTime":10,"duration":-5', 10000n, 5000n, ""],
    [
      "RFC 3339 and Go's duration",
      '"startTime":"2017-01-26T16:46:31.639875001-05:00","duration":"22938000ns"',
      1485467191639875001n,
      1485467191662813001n,
      "",
    ],
    [
      "a protobuf duration",
      '"startTime":"1970-01-01T00:00:01Z","duration":"0.5s"',
      1000000000n,
      1500000000n,
      "",
    ],
    ["a duration that is none", '"startTime":10,"duration":"invalid"', 10000n, 10000n, "badTime"],
    ["no times", '"x":1', 0n, 0n, ""],
  ] as const) {
    test(`reads ${what}`, () => {
      const read = one(members);
      assert.deepEqual([read.start, read.end, read.traits], [start, end, traits]);
    });
  }

  test("gives one process ID of two traces two resources, and equal written processes one", () => {
    const of = (service: string): string =>
      `{"traceID":"a","spans":[${span()}],"processes":{"p1":{"serviceName":"${service}"}}}`;
    assert.deepEqual(
      read(jaegerJson, `{"data":[${of("one")},${of("two")}]}`).spans.map(({ resource }) => resource[0][2]),
      ["one", "two"],
    );
    const written = '{"traceID":"a","spanID":"b","processID":"","process":{"serviceName":"s","tags":[]}}';
    assert.deepEqual(
      read(jaegerJson, `[${written},${written}]`).spans.map(({ resource }) => resource),
      [[["service.name", "string", "s"]], [["service.name", "string", "s"]]],
    );
  });

  test("treats __proto__ as a name like any other", () => {
    const [only] = read(
      jaegerJson,
      '{"data":[{"traceID":"__proto__","spans":[{"traceID":"__proto__","spanID":"constructor","processID":"__proto__"}],"processes":{"__proto__":{"serviceName":"proto-svc"}}}]}',
    ).spans;
    assert.deepEqual([only.trace, only.id, only.resource[0][2]], ["__proto__", "constructor", "proto-svc"]);
  });

  test("passes on the errors of an answer and the warnings of a trace", () => {
    const { notes } = read(
      jaegerJson,
      '{"data":[{"traceID":"a","spans":[],"warnings":["odd"]}],"errors":[{"code":404,"msg":"trace not found"}]}',
    );
    assert.deepEqual(notes, ["odd", "Jaeger reports: trace not found"]);
  });

  test("refuses a list with a comma too many, naming the byte", () => {
    assert.throws(
      () => read(jaegerJson, '[{"traceID":"a","spanID":"b"},\n]\n'),
      (error) => error instanceof UserError && /byte 31: expected a value, found "\]"/.test(error.message),
    );
  });

  for (const [text, accepted] of [
    [answer(span()), true],
    ['{"data":[]}', true],
    ['{"data":null,"errors":[{"code":404,"msg":"x"}]}', true],
    [trace, true],
    [`[${span()}]`, true],
    ['{"traceId":"AA==","spanId":"AA==","operationName":"x"}', true],
    ['{"data":[{"id":1}]}', false],
    ['[{"traceId":"1","id":"2"}]', false],
    ['{"resourceSpans":[]}', false],
  ] as const) {
    test(`${accepted ? "accepts" : "does not accept"} ${text.slice(0, 50)}`, () => {
      assert.equal(jaegerJson.accepts(headOf(new TextEncoder().encode(text), true)), accepted);
    });
  }
});
