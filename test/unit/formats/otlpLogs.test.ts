import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { UserError } from "../../../src/base/userError.ts";
import { readLogs } from "../../../src/formats/otlpLogs.ts";
import { logsFromJson } from "../../../src/formats/otlpWriteProtobuf.ts";
import { logsData } from "../../../src/formats/otlpWriteSchema.ts";
import type { LogRecord } from "../../../src/model/logRecord.ts";
import { anyMessage } from "./otlpMessages.ts";

const epoch = 1_700_000_000_000_000_000n;

/** LogsData of one service with these records. */
function logsOf(...logRecords: object[]): Uint8Array {
  const attributes = [{ key: "service.name", value: { stringValue: "shop" } }];
  const resourceLogs = [{ resource: { attributes }, scopeLogs: [{ scope: { name: "logger" }, logRecords }] }];
  return logsFromJson(Buffer.from(JSON.stringify({ resourceLogs })));
}

function read(...records: object[]): readonly LogRecord[] {
  return readLogs(logsOf(...records), epoch).records;
}

describe("a log record", () => {
  it("has its time, severity, body, service, scope and span", () => {
    const [record] = read({
      timeUnixNano: "1700000000250000001",
      severityNumber: 13,
      severityText: "WARN",
      body: { stringValue: "stock is low" },
      traceId: "5b8efff798038103d269b633813fc60c",
      spanId: "eee19b7ec3c1b174",
      attributes: [
        { key: "code.line.number", value: { intValue: "42" } },
        { key: "twice", value: { stringValue: "a" } },
        { key: "twice", value: { boolValue: true } },
      ],
    });
    assert.deepEqual(record, {
      time: 250_000_001,
      severity: 13,
      severityText: "WARN",
      body: "stock is low",
      service: "shop",
      scope: "logger",
      spanId: "eee19b7ec3c1b174",
      attributes: [
        ["code.line.number", "42"],
        ["twice", "a"],
        ["twice", "true"],
      ],
    });
  });

  const bodies: readonly [what: string, body: object, text: string][] = [
    ["text", { stringValue: "naïve 日本語" }, "naïve 日本語"],
    ["a number", { intValue: "9223372036854775807" }, "9223372036854775807"],
    ["a map", { kvlistValue: { values: [{ key: "a", value: { doubleValue: 0.5 } }] } }, '{"a":0.5}'],
    ["a list", { arrayValue: { values: [{ stringValue: "x" }, {}] } }, '["x",null]'],
    ["nothing", {}, ""],
  ];
  for (const [what, body, text] of bodies) {
    it(`has its body as text: ${what}`, () => {
      assert.equal(read({ body })[0].body, text);
    });
  }

  it("has the time it was observed when it has none of its own", () => {
    const observedTimeUnixNano = String(epoch + 5n);
    assert.deepEqual(
      [
        read({ observedTimeUnixNano })[0].time,
        read({ observedTimeUnixNano, timeUnixNano: String(epoch + 3n) })[0].time,
      ],
      [5, 3],
    );
  });

  it("has its event's name among its attributes", () => {
    assert.deepEqual(read({ eventName: "cart.emptied" })[0].attributes, [["event.name", "cart.emptied"]]);
  });

  it("belongs to the trace only when it names no span", () => {
    assert.deepEqual(
      [read({ spanId: "" })[0].spanId, read({ spanId: "0000000000000000" })[0].spanId],
      ["", ""],
    );
  });
});

describe("log records of a trace", () => {
  const at = (ms: number) => ({
    timeUnixNano: String(epoch + BigInt(ms) * 1_000_000n),
    body: { stringValue: `${ms}` },
  });

  it("are sorted by time", () => {
    assert.deepEqual(
      read(at(30), at(10), at(20)).map(({ body }) => body),
      ["10", "20", "30"],
    );
  });

  it("are the earliest of too many, and it is said how many are missing", () => {
    const { records, omitted } = readLogs(logsOf(at(30), at(10), at(20), at(40)), epoch, 2);
    assert.deepEqual([records.map(({ body }) => body), omitted], [["10", "20"], 2]);
  });

  it("are read from parts one after another", () => {
    const both = Buffer.concat([logsOf(at(2)), logsOf(at(1))]);
    assert.deepEqual(
      readLogs(both, epoch).records.map(({ body }) => body),
      ["1", "2"],
    );
  });

  it("never are an accident, whatever the bytes", () => {
    fc.assert(
      fc.property(anyMessage(logsData), fc.nat(), (bytes, cut) => {
        readLogs(bytes, epoch);
        try {
          readLogs(bytes.subarray(0, cut % (bytes.length + 1)), epoch);
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      }),
    );
  });
});
