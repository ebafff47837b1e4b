import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { headOf } from "../../../src/formats/head.ts";
import { zipkinJson } from "../../../src/formats/zipkinJson.ts";
import { zipkinV1Json } from "../../../src/formats/zipkinV1Json.ts";
import { type ReadSpan, read } from "./jsonReading.ts";

function one(members: string): ReadSpan {
  const { spans } = read(zipkinJson, `[{"traceId":"a","id":"b"${members === "" ? "" : `,${members}`}}]`);
  assert.equal(spans.length, 1);
  return spans[0];
}

describe("Zipkin JSON", () => {
  test("reads every part of a span", () => {
    const [only] = read(
      zipkinJson,
      `[{"traceId":"5b8efff798038103d269b633813fc60c","parentId":"eee19b7ec3c1b173","id":"eee19b7ec3c1b174","kind":"CLIENT","name":"get",
        "timestamp":1541485537488973,"duration":2033,"shared":false,"debug":true,
        "localEndpoint":{"serviceName":"shop","ipv4":"172.23.250.16","port":80},
        "remoteEndpoint":{"serviceName":"app_db","ipv6":"::1","port":5432},
        "annotations":[{"timestamp":1541485537488974,"value":"ws"}],"tags":{"sql.query":"select 1","__proto__":"p"}}]`,
    ).spans;
    assert.deepEqual(only, {
      trace: "5b8efff798038103d269b633813fc60c",
      id: "eee19b7ec3c1b174",
      parent: "eee19b7ec3c1b173",
      name: "get",
      kind: 3,
      status: 0,
      message: "",
      flags: 0,
      start: 1541485537488973000n,
      end: 1541485537491006000n,
      traits: "partial",
      attributes: [
        ["peer.service", "string", "app_db"],
        ["network.peer.address", "string", "::1"],
        ["network.peer.port", "int", "5432"],
        ["sql.query", "string", "select 1"],
        ["__proto__", "string", "p"],
      ],
      events: [{ name: "ws", time: 1541485537488974000n, attributes: [] }],
      links: [],
      resource: [
        ["service.name", "string", "shop"],
        ["host.ip", "string", "172.23.250.16"],
        ["server.port", "int", "80"],
      ],
      scope: { name: "", version: "", attributes: [] },
      warnings: [],
    });
  });

  const span = '{"traceId":"a","id":"b"}';
  for (const [what, text, count] of [
    ["a list of spans", `[${span},${span}]`, 2],
    ["a list of traces", `[[${span},${span}],[${span}],[]]`, 3],
    ["a span a line", `${span}\n${span}`, 2],
    ["an empty list", "[]", 0],
  ] as const) {
    test(`reads ${what}`, () => assert.equal(read(zipkinJson, text).spans.length, count));
  }

  test("marks the server half of a shared span", () => {
    assert.equal(one('"shared":true,"kind":"SERVER"').traits, "shared partial");
  });

  test("reads a span without endpoint, time or name", () => {
    const read = one("");
    assert.deepEqual([read.resource, read.start, read.end, read.name, read.kind], [[], 0n, 0n, "", 0]);
  });

  for (const [tags, status, message, kept] of [
    ['"error":"boom"', 2, "boom", ["error"]],
    ['"error":""', 2, "", ["error"]],
    ['"error":"true"', 2, "", ["error"]],
    ['"otel.status_code":"ERROR","error":"declined"', 2, "declined", []],
    ['"error":"declined","otel.status_code":"ERROR","x":"y"', 2, "declined", ["x"]],
    ['"otel.status_code":"OK"', 1, "", []],
    ['"otel.scope.name":"n","otel.library.name":"n","otel.scope.version":"1"', 0, "", []],
  ] as const) {
    test(`gives the tags ${tags} back to the span`, () => {
      const read = one(`"tags":{${tags}}`);
      assert.deepEqual(
        [read.status, read.message, read.attributes.map(([key]) => key)],
        [status, message, kept],
      );
    });
  }

  test("gives equal endpoints one resource", () => {
    const { spans } = read(
      zipkinJson,
      `[${[1, 2].map((id) => `{"traceId":"a","id":"${id}","localEndpoint":{"serviceName":"s"}}`).join(",")}]`,
    );
    assert.deepEqual(
      spans.map(({ resource }) => resource),
      [[["service.name", "string", "s"]], [["service.name", "string", "s"]]],
    );
  });

  for (const [text, name] of [
    [`[${span}]`, "v2"],
    ['[{"traceId":"a","id":"b","tags":{"endpoint":"x"},"annotations":[{"value":"v"}]}]', "v2"],
    ['[{"traceId":"a","id":"b","annotations":[{"value":"cs","endpoint":{}}]}]', "v1"],
    ['[{"traceId":"a","id":"b","binaryAnnotations":[]}]', "v1"],
    ['[{"trace_id":1,"id":2}]', "v1"],
    ['{"data":[{"traceID":"a","spans":[]}]}', "neither"],
  ] as const) {
    test(`recognises ${text} as ${name}`, () => {
      const head = headOf(new TextEncoder().encode(text), true);
      const accepted = zipkinV1Json.accepts(head) ? "v1" : zipkinJson.accepts(head) ? "v2" : "neither";
      assert.equal(accepted, name);
      assert.ok(!(zipkinV1Json.accepts(head) && zipkinJson.accepts(head)));
    });
  }
});
