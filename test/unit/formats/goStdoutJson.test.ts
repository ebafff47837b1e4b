import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { goStdoutJson } from "../../../src/formats/goStdoutJson.ts";
import { type ReadSpan, read } from "./jsonReading.ts";

const context =
  '{"TraceID":"0555ce1903feb85770d102846273073b","SpanID":"f5f33ab2ca194d1b","TraceFlags":"01","TraceState":"a=b","Remote":false}';
const zero =
  '{"TraceID":"00000000000000000000000000000000","SpanID":"0000000000000000","TraceFlags":"00","TraceState":""}';

function one(members: string): ReadSpan {
  const { spans } = read(goStdoutJson, `{"Name":"op","SpanContext":${context},${members}}`);
  assert.equal(spans.length, 1);
  return spans[0];
}

describe("Go stdout trace JSON", () => {
  test("reads every part of a span", () => {
    const read = one(
      `"Parent":{"TraceID":"0555ce1903feb85770d102846273073b","SpanID":"c1b335eeeaf56405"},"SpanKind":3,
       "StartTime":"2024-01-12T14:57:40.147265775Z","EndTime":"2024-01-12T15:57:40.164529263+01:00",
       "Attributes":[{"Key":"n","Value":{"Type":"INT64","Value":9223372036854775807}},{"Key":"d","Value":{"Type":"FLOAT64","Value":5}},{"Key":"s","Value":{"Type":"STRINGSLICE","Value":["a", "b"]}}],
       "Events":[{"Name":"message","Attributes":[{"Key":"k","Value":{"Type":"BOOL","Value":true}}],"DroppedAttributeCount":1,"Time":"2024-01-12T14:57:40.147281524Z"}],
       "Links":[{"SpanContext":${context},"Attributes":null,"DroppedAttributeCount":0}],"Status":{"Code":"Error","Description":"no"},
       "DroppedAttributes":2,"DroppedEvents":0,"DroppedLinks":0,"ChildSpanCount":0,
       "Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"buildx"}}],"InstrumentationLibrary":{"Name":"lib","Version":"1","SchemaURL":""}`,
    );
    assert.deepEqual(read, {
      trace: "0555ce1903feb85770d102846273073b",
      id: "f5f33ab2ca194d1b",
      parent: "c1b335eeeaf56405",
      name: "op",
      kind: 3,
      status: 2,
      message: "no",
      flags: 1,
      start: 1705071460147265775n,
      end: 1705071460164529263n,
      traits: "",
      attributes: [
        ["n", "int", "9223372036854775807"],
        ["d", "double", "5"],
        ["s", "array", '["a","b"]'],
        ["w3c.tracestate", "string", "a=b"],
        ["otel.dropped_attributes_count", "int", "2"],
      ],
      events: [
        {
          name: "message",
          time: 1705071460147281524n,
          attributes: [
            ["k", "bool", "true"],
            ["otel.dropped_attributes_count", "int", "1"],
          ],
        },
      ],
      links: [
        {
          trace: "0555ce1903feb85770d102846273073b",
          span: "f5f33ab2ca194d1b",
          attributes: [["w3c.tracestate", "string", "a=b"]],
        },
      ],
      resource: [["service.name", "string", "buildx"]],
      scope: { name: "lib", version: "1", attributes: [] },
      warnings: [],
    });
  });

  for (const [code, status] of [
    ["0", 0],
    ["1", 2],
    ["2", 1],
    ['"Ok"', 1],
    ['"Error"', 2],
    ['"Unset"', 0],
  ] as const) {
    test(`takes Go's status ${code} for ${status}`, () =>
      assert.equal(one(`"Status":{"Code":${code}}`).status, status));
  }

  test("takes zero ids for no parent and Go's zero time for none given", () => {
    const read = one(`"Parent":${zero},"StartTime":"0001-01-01T00:00:00Z","EndTime":"soon"`);
    assert.deepEqual([read.parent, read.start, read.traits], ["", 0n, "badTime"]);
  });
});
