import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { UserError } from "../../../src/base/userError.ts";
import type { Format } from "../../../src/formats/format.ts";
import { goStdoutJson } from "../../../src/formats/goStdoutJson.ts";
import { jaegerJson } from "../../../src/formats/jaegerJson.ts";
import { otlpJson } from "../../../src/formats/otlpJson.ts";
import { zipkinJson } from "../../../src/formats/zipkinJson.ts";
import { zipkinV1Json } from "../../../src/formats/zipkinV1Json.ts";
import { read } from "./jsonReading.ts";

const otlpSpan = `{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"a\\u00e9\\ud83d\\ude00","kind":"SPAN_KIND_SERVER",
  "startTimeUnixNano":"1748442169307227417","endTimeUnixNano":1748442169308466003,"attributes":[{"key":"k","value":{"stringValue":"v\\n"}},
  {"value":{"arrayValue":{"values":[{"intValue":1},{"kvlistValue":{"values":[{"value":{"boolValue":true},"key":"x"}]}}]}},"key":"late"}],
  "events":[{"timeUnixNano":"5","name":"e","attributes":[]}],"links":[{"traceId":"aa","spanId":"bb"}],"status":{"code":2,"message":"bad"},"unknown":{"a":[1,"]"]}}`;

const samples: readonly (readonly [format: Format, text: string])[] = [
  [
    otlpJson,
    `\ufeff{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"scope":{"name":"n"},"spans":[${otlpSpan},${otlpSpan}]}]}]}\r\n{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{"body":{"stringValue":"x"}}]}]}]}\n{"batches":[{"scopeSpans":[{"spans":[${otlpSpan.replaceAll("\n", "")}]}]}]}`,
  ],
  [
    jaegerJson,
    `{"data":[{"traceID":"a","spans":[{"traceID":"a","spanID":"b","operationName":"op","references":[{"refType":"CHILD_OF","traceID":"a","spanID":"c"}],"startTime":1705071460147265,"duration":5,
    "tags":[{"key":"span.kind","type":"string","value":"client"},{"key":"error","type":"bool","value":true},{"key":"otel.status_code","type":"string","value":"ERROR"},{"value":1.50,"type":"float64","key":"f"}],
    "logs":[{"timestamp":7,"fields":[{"key":"message","type":"string","value":"hi\\t"}]}],"processID":"p\\u0031","warnings":["w"]},{"spanID":"d","process":{"serviceName":"x"}}],"processes":{"p1":{"serviceName":"s","tags":[{"key":"a","type":"int64","value":"9"}]}}}],"errors":[{"msg":"partly","code":1}]}`,
  ],
  [
    zipkinJson,
    `[[{"traceId":"a","id":"b","name":"n","kind":"CLIENT","timestamp":1541485537488973,"duration":7,"localEndpoint":{"serviceName":"s","ipv4":"1.2.3.4"},"remoteEndpoint":{"port":1},"annotations":[{"timestamp":1,"value":"x"}],"tags":{"error":"e","otel.status_code":"ERROR","k":"v"}}],[{"traceId":"a","id":"b","shared":true}]]`,
  ],
  [
    zipkinV1Json,
    `[{"trace_id":2505404965370368069,"id":1,"name":"n","annotations":[{"timestamp":1,"value":"cs","host":{"service_name":"a"}},{"timestamp":2,"value":"sr","host":{"service_name":"b"}},{"timestamp":3,"value":"odd","host":{"service_name":"a"}}],"binary_annotations":[{"key":"k","value":"AQ==","annotation_type":"BOOL","host":{"service_name":"b"}}]}]`,
  ],
  [
    goStdoutJson,
    `{"Name":"n","SpanContext":{"TraceID":"ab","SpanID":"cd"},"Parent":{"SpanID":"ef"},"StartTime":"2024-01-12T14:57:40.147265775Z","Attributes":[{"Key":"k","Value":{"Type":"STRING","Value":"v"}}],"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"s"}}]}
{"Name":"n","SpanContext":{"TraceID":"ab","SpanID":"ce"},"Status":{"Code":2}}`,
  ],
];

for (const [format, text] of samples) {
  const bytes = new TextEncoder().encode(text);
  const whole = read(format, bytes);

  describe(`${format.name} in chunks`, () => {
    test("is the same whatever the size of the chunks", () => {
      for (const size of [1, 2, 3, 5, 7, 16, 33, 64, 200]) assert.deepEqual(read(format, bytes, size), whole);
    });

    test("is the same wherever it is cut", () => {
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
          assert.deepEqual(
            read(
              format,
              bytes,
              cuts.sort((a, b) => a - b),
            ),
            whole,
          );
        }),
        { numRuns: 60 },
      );
    });

    test("cut short at any byte, it is refused or says so, and keeps nothing that was not sent", () => {
      for (let length = 0; length < bytes.length; length++) {
        readOrRefused(format, bytes.subarray(0, length), (spans) => assert.ok(spans <= whole.spans.length));
      }
    });

    test("with bytes changed, it is read or refused", () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
          fc.integer({ min: 1, max: 200 }),
          (changes, size) => {
            const changed = bytes.slice();
            for (const [at, byte] of changes) changed[at] = byte;
            readOrRefused(format, changed, () => undefined, size);
          },
        ),
        { numRuns: 400 },
      );
    });

    test("with parts left out, repeated or swapped, it is read or refused", () => {
      const pieces = text.match(/[^,:{}[\]]+|./gs) ?? [];
      fc.assert(
        fc.property(
          fc.array(fc.nat(pieces.length - 1), { minLength: 1, maxLength: 5 }),
          fc.nat(2),
          (at, how) => {
            const list = [...pieces];
            for (const index of at) {
              if (how === 0) list[index] = "";
              else if (how === 1) list[index] += list[index];
              else list[index] = pieces[(index * 7 + 3) % pieces.length];
            }
            readOrRefused(format, new TextEncoder().encode(list.join("")), () => undefined);
          },
        ),
        { numRuns: 400 },
      );
    });

    test("random bytes are read or refused", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (random) =>
          readOrRefused(format, random, () => undefined),
        ),
        { numRuns: 200 },
      );
    });
  });
}

describe("A long value", () => {
  test("of 3 MB in chunks of 4 KB is read again a few times only", () => {
    const long = "x".repeat(3_000_000);
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","name":"${long}"}]}]}]}`;
    const began = performance.now();
    const { spans } = read(otlpJson, text, 4096);
    assert.equal(spans[0].name.length, long.length);
    // Read again at every chunk it would take minutes.
    assert.ok(performance.now() - began < 5000);
  });
});

function readOrRefused(
  format: Format,
  bytes: Uint8Array,
  good: (spans: number) => void,
  size?: number,
): void {
  try {
    good(read(format, bytes, size).spans.length);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
