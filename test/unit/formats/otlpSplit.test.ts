import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { UserError } from "../../../src/base/userError.ts";
import { splitLogs, splitTraces } from "../../../src/formats/otlpSplit.ts";
import { logsData, tracesData } from "../../../src/formats/otlpWriteSchema.ts";
import { random } from "../../bench/generateSpans.ts";
import { anyMessage, joined, protobufSink, protobufText } from "./otlpMessages.ts";
import {
  attribute,
  attributesAt,
  type Fields,
  message,
  nested,
  request,
  span,
  text,
  traceOf,
} from "./protobufMessages.ts";

const requests = anyMessage(tracesData);
const runs = { numRuns: 300 };

/** A span of trace `trace`, whose ID is that byte sixteen times. */
function spanOf(trace: number, id: number, more: Fields = () => {}): Fields {
  return (out) => {
    out.writeBytesField(1, new Uint8Array(16).fill(trace));
    out.writeBytesField(2, new Uint8Array(8).fill(id));
    out.writeFixed64Field(7, 1_700_000_000_000_000_000);
    more(out);
  };
}

const many =
  (count: number, fields: Fields): Fields =>
  (out) => {
    for (let i = 0; i < count; i++) fields(out);
  };

/** What became of bytes: how many spans were accepted, or the error a sender gets. */
function outcome(bytes: Uint8Array): number | UserError {
  try {
    const { parts, accepted } = splitTraces(bytes);
    assert.equal(protobufSink(joined(parts.map((part) => part.bytes))).length, accepted);
    return accepted;
  } catch (error) {
    assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
    assert.equal(error.code, "malformed");
    return error;
  }
}

describe("splitting a request by trace", () => {
  it("keeps all that it says: its parts one after another read as the whole does", () => {
    fc.assert(
      fc.property(requests, (bytes) => {
        const { parts, rejected, message: said } = splitTraces(bytes);
        if (rejected > 0) return;
        assert.equal(said, "");
        // The reader of files refuses a request without spans, and one that begins with an empty message; here they are fine.
        if (parts.length === 0 || bytes[1] === 0) return;
        assert.deepEqual(protobufText(joined(parts.map((part) => part.bytes))), protobufText(bytes));
      }),
      runs,
    );
  });

  it("gives each part the spans of its trace and no other", () => {
    fc.assert(
      fc.property(requests, (bytes) => {
        for (const { traceId, count, bytes: own } of splitTraces(bytes).parts) {
          const sink = protobufSink(own);
          assert.deepEqual([sink.traceIds, sink.length], [[traceId], count]);
        }
      }),
      runs,
    );
  });

  it("keeps fields that are not known, around spans and in them", () => {
    const unknown: Fields = (out) => out.writeStringField(900, "from the future");
    const bytes = message((out) =>
      nested(out, 1, (resourceSpans) => {
        unknown(resourceSpans);
        nested(resourceSpans, 2, (scopeSpans) => {
          unknown(scopeSpans);
          nested(scopeSpans, 2, spanOf(1, 1, unknown));
          nested(scopeSpans, 2, spanOf(2, 2, unknown));
        });
      }),
    );
    const { parts } = splitTraces(bytes);
    assert.equal(parts.length, 2);
    for (const part of parts) {
      assert.equal(Buffer.from(part.bytes).toString("latin1").split("from the future").length, 4);
    }
  });

  it("passes a request of one trace on without copying it", () => {
    const bytes = request(span(1), span(2));
    assert.equal(splitTraces(bytes).parts[0].bytes, bytes);
  });

  it("takes nothing for an empty request and for empty envelopes", () => {
    const empty: readonly Uint8Array[] = [
      new Uint8Array(0),
      message((out) => nested(out, 1, () => {})),
      request(),
    ];
    for (const bytes of empty) {
      assert.deepEqual(splitTraces(bytes), {
        parts: [],
        accepted: 0,
        rejected: 0,
        withoutTrace: 0,
        message: "",
      });
    }
  });
});

describe("a span that cannot be kept", () => {
  const idOf =
    (field: number, ...bytes: number[]): Fields =>
    (out) =>
      out.writeBytesField(field, Uint8Array.from(bytes));
  const cases: readonly [what: string, more: Fields, said: RegExp][] = [
    ["a trace ID of zeros", idOf(1, ...new Array(16).fill(0)), /1 without a valid trace ID/],
    ["a trace ID of 8 bytes", idOf(1, 1, 2, 3, 4, 5, 6, 7, 8), /1 without a valid trace ID/],
    ["an empty trace ID", idOf(1), /1 without a valid trace ID/],
    ["a span ID of zeros", idOf(2, ...new Array(8).fill(0)), /1 without a valid span ID/],
    ["an empty span ID", idOf(2), /1 without a valid span ID/],
    ["a span ID of 16 bytes", idOf(2, ...new Array(16).fill(1)), /1 without a valid span ID/],
    [
      "a parent ID of 65 bytes",
      idOf(4, ...new Array(65).fill(1)),
      /1 with a parent or link ID of more than 64/,
    ],
    [
      "a link's ID of 65 bytes",
      (out) => nested(out, 13, idOf(1, ...new Array(65).fill(1))),
      /1 with a parent or link/,
    ],
    ["the time of a log record", (out) => out.writeFixed64Field(1, 5), /1 which are log records or metrics/],
  ];
  for (const [what, more, said] of cases) {
    it(`is rejected and counted, and the good ones are kept: ${what}`, () => {
      const split = splitTraces(request(span(1), span(2, more), span(3)));
      assert.deepEqual([split.accepted, split.rejected], [2, 1]);
      assert.match(split.message, /^1 of 3 spans were rejected: /);
      assert.match(split.message, said);
      assert.equal(protobufSink(split.parts[0].bytes).length, 2);
    });
  }
});

describe("bytes that are not OTLP", () => {
  const deep = (levels: number): Fields =>
    levels === 0 ? text("bottom") : (out) => nested(out, 5, (list) => nested(list, 1, deep(levels - 1)));
  const cases: readonly [what: string, bytes: Uint8Array, said: RegExp][] = [
    ["a length beyond the end", Uint8Array.of(0x0a, 0x7f), /at byte 1, a length runs past the end/],
    ["a group", Uint8Array.of(0x0b, 0x0c), /wire type 3/],
    ["a field with number 0", Uint8Array.of(0x02, 0x00), /number 0/],
    ["a tag that is written too long", Uint8Array.of(0x8a, 0x00, 0x00), /wrong number/],
    ["a number that does not end", new Uint8Array(12).fill(0xff), /more than 10 bytes/],
    [
      "a value nested 101 levels deep",
      request(span(1, (out) => attribute(out, 9, "deep", deep(101)))),
      /deeper than 100/,
    ],
    ["JSON", Buffer.from('{"resourceSpans":[]}'), /^This is not OTLP protobuf/],
  ];
  for (const [what, bytes, said] of cases) {
    it(`are refused with the place where they go wrong: ${what}`, () => {
      const result = outcome(bytes);
      assert.ok(result instanceof UserError);
      assert.match(result.message, said);
    });
  }

  it("cut at any byte are refused, or are fewer spans: never an accident", () => {
    fc.assert(
      fc.property(requests, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, share) => {
        outcome(bytes.subarray(0, Math.floor(bytes.length * share)));
      }),
      runs,
    );
    const whole = request(
      span(1, (out) => attribute(out, 9, "key", text("value"))),
      span(2),
    );
    for (let length = 0; length < whole.length; length++) outcome(whole.subarray(0, length));
  });

  it("with any bytes changed are refused, or every span that is accepted can be read", () => {
    fc.assert(
      fc.property(requests, fc.integer(), (bytes, seed) => {
        const next = random(seed);
        const changed = Uint8Array.from(bytes);
        for (let i = 0; i < 3 && bytes.length > 0; i++) {
          changed[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
        }
        outcome(changed);
      }),
      runs,
    );
  });
});

describe("what is too large", () => {
  const kib64 = 1 << 16;

  it("is a text over 64 KB: it ends with how long it was, and is no error", () => {
    const split = splitTraces(
      request(span(1, (out) => attribute(out, 9, "big", text("x".repeat(10 << 20))))),
    );
    assert.deepEqual([split.accepted, split.rejected], [1, 0]);
    assert.equal(split.message, "Values over 64 KB were truncated: 1.");
    const [big] = attributesAt(traceOf(split.parts[0].bytes), 0);
    assert.equal(big, `big: string ${"x".repeat(kib64)}…(truncated, ${10 << 20} bytes)`);
  });

  it("is cut between characters", () => {
    const split = splitTraces(
      request(span(1, (out) => attribute(out, 9, "big", text(`x${"日".repeat(kib64)}`)))),
    );
    const [big] = attributesAt(traceOf(split.parts[0].bytes), 0);
    assert.match(big, /^big: string x日+…\(truncated, 196609 bytes\)$/);
    assert.doesNotMatch(big, /\uFFFD/);
  });

  it("leaves a text of exactly 64 KB as it is", () => {
    const bytes = request(span(1, (out) => attribute(out, 9, "fits", text("x".repeat(kib64)))));
    assert.deepEqual([splitTraces(bytes).message, splitTraces(bytes).parts[0].bytes], ["", bytes]);
  });

  it("is an array over 64 KB: it keeps what fits, and an element that says that there was more", () => {
    const list: Fields = (out) =>
      nested(
        out,
        5,
        many(100, (array) => nested(array, 1, text("x".repeat(1000)))),
      );
    const split = splitTraces(request(span(1, (out) => attribute(out, 9, "list", list))));
    const [shown] = attributesAt(traceOf(split.parts[0].bytes), 0);
    const values = JSON.parse(shown.slice("list: array ".length)) as string[];
    assert.equal(values.length, 66);
    assert.equal(values[65], "…(truncated, 100600 bytes)");
  });

  it("is what has too many attributes, events or links: the rest is added to what was dropped", () => {
    const cases: readonly [most: number, fields: Fields, key: string][] = [
      [1_000, (out) => attribute(out, 9, "k", text("v")), "otel.dropped_attributes_count"],
      [
        2_000,
        (out) => nested(out, 11, (event) => event.writeStringField(2, "e")),
        "otel.dropped_events_count",
      ],
      [1_000, (out) => nested(out, 13, () => {}), "otel.dropped_links_count"],
    ];
    for (const [most, fields, key] of cases) {
      const split = splitTraces(
        request(
          span(1, (out) => {
            out.writeVarintField(10, 3);
            many(most + 7, fields)(out);
          }),
        ),
      );
      assert.match(split.message, /^7 \w+ beyond \d+ of one owner were left out\.$/);
      const dropped = key.includes("attributes") ? 10 : 7;
      assert.ok(attributesAt(traceOf(split.parts[0].bytes), 0).includes(`${key}: int ${dropped}`), key);
    }
  });

  it("is a resource's attribute too, in the part of every trace", () => {
    const bytes = message((out) =>
      nested(out, 1, (resourceSpans) => {
        nested(resourceSpans, 1, (resource) => attribute(resource, 1, "big", text("x".repeat(kib64 * 2))));
        nested(resourceSpans, 2, (scopeSpans) => {
          nested(scopeSpans, 2, spanOf(1, 1));
          nested(scopeSpans, 2, spanOf(2, 2));
        });
      }),
    );
    const { parts, message: said } = splitTraces(bytes);
    assert.equal(said, "Values over 64 KB were truncated: 1.");
    for (const part of parts) assert.ok(part.bytes.length < kib64 + 200);
  });

  it("is a request whose traces would each repeat a large resource", () => {
    const bytes = message((out) =>
      nested(out, 1, (resourceSpans) => {
        nested(
          resourceSpans,
          1,
          many(900, (resource) => attribute(resource, 1, "k", text("x".repeat(3000)))),
        );
        nested(resourceSpans, 2, (scopeSpans) => {
          for (let trace = 1; trace < 100; trace++) nested(scopeSpans, 2, spanOf(trace, 1));
        });
      }),
    );
    assert.throws(() => splitTraces(bytes), { name: "UserError", code: "tooLarge" });
  });
});

describe("a request that has been cut", () => {
  it("leaves nothing behind, however many empty messages it had", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    // What is garbage goes a moment after it was found to be.
    const held = async () => {
      for (let i = 0; i < 5; i++) {
        collect();
        await pause(10);
      }
      return process.memoryUsage().arrayBuffers;
    };
    const bytes = Buffer.alloc(4 << 20);
    for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x0a;
    const before = await held();
    splitTraces(bytes);
    const more = (await held()) - before;
    // The places of two million messages took 40 MB.
    assert.ok(more < 8 << 20, `${more} bytes are held`);
  });
});

describe("splitting log records", () => {
  const record =
    (trace: readonly number[], body: string): Fields =>
    (out) => {
      nested(out, 5, text(body));
      if (trace.length > 0) out.writeBytesField(9, Uint8Array.from(trace));
    };
  const ones = new Array(16).fill(1);
  const logs = (...records: Fields[]): Uint8Array =>
    message((out) =>
      nested(out, 1, (resourceLogs) =>
        nested(resourceLogs, 2, (scopeLogs) => {
          for (const fields of records) nested(scopeLogs, 2, fields);
        }),
      ),
    );

  it("keeps those of a trace, and counts those of none and those with a wrong trace ID", () => {
    const split = splitLogs(
      logs(
        record(ones, "kept"),
        record([], "none"),
        record(new Array(16).fill(0), "zero"),
        record([1, 2], "bad"),
      ),
    );
    assert.deepEqual([split.accepted, split.withoutTrace, split.rejected], [1, 2, 1]);
    assert.match(split.message, /^1 of 4 log records were rejected/);
    assert.equal(split.parts[0].traceId, "01".repeat(16));
    assert.ok(Buffer.from(split.parts[0].bytes).includes("kept"));
    assert.ok(!Buffer.from(split.parts[0].bytes).includes("none"));
  });

  it("truncates a body over 64 KB", () => {
    const split = splitLogs(logs(record(ones, "x".repeat(200_000))));
    assert.match(Buffer.from(split.parts[0].bytes).toString(), /…\(truncated, 200000 bytes\)/);
  });

  it("refuses what is no LogsData, and never has an accident", () => {
    fc.assert(
      fc.property(anyMessage(logsData), fc.nat(), (bytes, cut) => {
        splitLogs(bytes);
        try {
          splitLogs(bytes.subarray(0, cut % (bytes.length + 1)));
        } catch (error) {
          assert.ok(error instanceof UserError);
        }
      }),
      runs,
    );
  });
});
