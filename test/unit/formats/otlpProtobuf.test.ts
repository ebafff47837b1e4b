import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import { attributesOf } from "../../../src/model/attributes.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { spanIdOf } from "../../../src/model/spanId.ts";
import {
  attribute,
  attributesAt,
  decoded,
  type Fields,
  message,
  nested,
  request,
  span,
  text,
  traceOf,
} from "./protobufMessages.ts";

/** One span as the official JavaScript exporter writes it. */
const exported = Buffer.from(
  "0ad4020a1e0a1a0a0c736572766963652e6e616d65120a0a08636865636b6f7574100012b1020a0b0a0464656d6f1203312e3012a1020a105b8efff798038103d269b633813fc60c1208eee19b7ec3c1b1742208eee19b7ec3c1b1732a09474554202f6361727430023900002a36fe9c97174180b21045fe9c97174a200a0e636f64652e66696c652e70617468120e0a0c2f6170702f636172742e74734a160a10636f64652e6c696e652e6e756d6265721202182a4a120a05726174696f120921000000000000e03f4a080a026f6b120210014a140a0474616773120c2a0a0a030a01610a030a016250005a310900e11f3cfe9c97171209657863657074696f6e1a190a0e657863657074696f6e2e7479706512070a054572726f72200060006a230a1000000000000000000000000000000001120800000000000000022800350001000070007a081204626f6f6d1802850101030000",
  "hex",
);

describe("a span in OTLP protobuf", () => {
  const trace = traceOf(exported);

  it("has its ids, name, kind, times and status", () => {
    assert.equal(trace.traceId, "5b8efff798038103d269b633813fc60c");
    assert.equal(spanIdOf(trace, 0), "eee19b7ec3c1b174");
    assert.equal(trace.labels.at(trace.name[0]), "GET /cart");
    assert.equal(trace.kind[0], 2);
    assert.equal(trace.epoch, 1_700_000_000_000_000_000n);
    assert.equal(trace.duration[0], 250_000_000);
    assert.equal(trace.status[0], 2);
    assert.equal(trace.texts.at(trace.message[0] - 1), "boom");
    assert.equal(trace.flags[0], 0x301);
  });

  it("has its attributes as exact text, explicit zero counts aside", () => {
    assert.deepEqual(attributesAt(trace, 0), [
      "code.file.path: string /app/cart.ts",
      "code.line.number: int 42",
      "ratio: double 0.5",
      "ok: bool true",
      'tags: array ["a","b"]',
    ]);
  });

  it("has its event, link, resource and scope", () => {
    assert.equal(trace.labels.at(trace.events.name[0]), "exception");
    assert.equal(trace.events.time[0], 100_000_000);
    assert.equal(attributesOf(trace.events.attributes, 0, trace.labels, trace.texts)[0].value, "Error");
    assert.equal(trace.texts.at(trace.links.traceId[0]), "00000000000000000000000000000001");
    assert.equal(trace.texts.at(trace.links.spanId[0]), "0000000000000002");
    assert.equal(trace.labels.at(trace.services[0]), "checkout");
    assert.equal(trace.labels.at(trace.scopes.name[trace.scope[0]]), "demo");
    assert.equal(trace.labels.at(trace.scopes.version[trace.scope[0]]), "1.0");
  });
});

describe("attribute values", () => {
  /** An int64 given by the bytes of its varint. */
  const int =
    (bytes: number[]): Fields =>
    (out) => {
      for (const byte of [0x18, ...bytes]) {
        out.writeVarint(0);
        out.buf[out.pos - 1] = byte;
      }
    };
  const deep = (levels: number): Fields =>
    levels === 0 ? text("bottom") : (out) => nested(out, 5, (list) => nested(list, 1, deep(levels - 1)));
  const cases: readonly [what: string, value: Fields, expected: string][] = [
    ["the smallest int64", int([128, 128, 128, 128, 128, 128, 128, 128, 128, 1]), "int -9223372036854775808"],
    ["the largest int64", int([255, 255, 255, 255, 255, 255, 255, 255, 127]), "int 9223372036854775807"],
    ["minus one", int([255, 255, 255, 255, 255, 255, 255, 255, 255, 1]), "int -1"],
    ["2^53 + 1", int([129, 128, 128, 128, 128, 128, 128, 16]), "int 9007199254740993"],
    ["2^40", (out) => out.writeVarintField(3, 2 ** 40), "int 1099511627776"],
    ["an int of zero", (out) => out.writeVarintField(3, 0), "int 0"],
    ["false", (out) => out.writeBooleanField(2, false), "bool false"],
    ["an empty string", text(""), "string "],
    ["NaN", (out) => out.writeDoubleField(4, Number.NaN), "double NaN"],
    ["minus zero", (out) => out.writeDoubleField(4, -0), "double -0"],
    ["a third", (out) => out.writeDoubleField(4, 1 / 3), "double 0.3333333333333333"],
    ["bytes", (out) => out.writeBytesField(7, Uint8Array.of(0, 255, 16, 1)), "bytes AP8QAQ=="],
    ["no value", () => {}, "empty "],
    [
      "a repeated value, of which the last counts",
      (out) => {
        text("a")(out);
        text("b")(out);
      },
      "string b",
    ],
    [
      "a map with a repeated key and a null",
      (out) =>
        nested(out, 6, (map) => {
          attribute(map, 1, "k", text('"'));
          attribute(map, 1, "k", () => {});
        }),
      'map {"k":"\\"","k":null}',
    ],
    ["an array 64 deep", deep(64), `array ${"[".repeat(64)}"bottom"${"]".repeat(64)}`],
    ["an array that is deeper", deep(65), `array ${"[".repeat(64)}"\u2026"${"]".repeat(64)}`],
  ];
  for (const [what, value, expected] of cases) {
    it(`keep ${what}`, () => {
      const trace = traceOf(request(span(1, (out) => attribute(out, 9, "v", value))));
      assert.deepEqual(attributesAt(trace, 0), [`v: ${expected}`]);
    });
  }

  it("that are cut leave a warning on their span", () => {
    const sink = decoded(request(span(1, (out) => attribute(out, 9, "v", deep(300)))));
    assert.match(sink.spanWarnings.get(0)![0], /nested deeper than 64 levels/);
  });

  it("are kept for every repetition of a key, __proto__ among them", () => {
    const trace = traceOf(
      request(
        span(1, (out) => {
          attribute(out, 9, "__proto__", text("a"));
          attribute(out, 9, "__proto__", text("b"));
        }),
      ),
    );
    assert.deepEqual(attributesAt(trace, 0), ["__proto__: string a", "__proto__: string b"]);
    assert.equal(Object.getOwnPropertyNames(Object.prototype).includes("a"), false);
  });
});

describe("what a reader must put up with", () => {
  it("unknown fields of every wire type, multi-byte field numbers among them", () => {
    const unknown: Fields = (out) => {
      out.writeVarintField(900, 2 ** 50);
      out.writeFixed64Field(901, 1);
      out.writeStringField(902, "x".repeat(300));
      out.writeFixed32Field(903, 1);
    };
    const bytes = message((out) => {
      unknown(out);
      nested(out, 1, (resourceSpans) => {
        unknown(resourceSpans);
        nested(resourceSpans, 2, (scopeSpans) => {
          unknown(scopeSpans);
          nested(scopeSpans, 2, span(7, unknown));
        });
      });
    });
    assert.equal(decoded(message((out) => nested(out, 1, () => {}))).length, 0);
    assert.equal(decoded(bytes.slice(0)).length, 1);
  });

  it("a scalar that comes twice: the last counts", () => {
    const trace = traceOf(
      request(
        span(1, (out) => {
          out.writeStringField(5, "renamed");
          out.writeVarintField(6, 3);
          out.writeVarintField(6, 4);
        }),
      ),
    );
    assert.equal(trace.labels.at(trace.name[0]), "renamed");
    assert.equal(trace.kind[0], 4);
  });

  it("a resource and a scope that come behind the spans, and in two parts", () => {
    const bytes = message((out) =>
      nested(out, 1, (resourceSpans) => {
        nested(resourceSpans, 2, (scopeSpans) => {
          nested(scopeSpans, 2, span(1));
          nested(scopeSpans, 1, (scope) => scope.writeStringField(1, "late"));
          nested(scopeSpans, 1, (scope) => scope.writeStringField(2, "2.0"));
        });
        nested(resourceSpans, 1, (resource) => attribute(resource, 1, "host.name", text("a")));
        nested(resourceSpans, 1, (resource) => attribute(resource, 1, "service.name", text("late shop")));
      }),
    );
    const trace = traceOf(bytes);
    assert.equal(trace.labels.at(trace.services[0]), "late shop");
    assert.equal(trace.labels.at(trace.scopes.name[trace.scope[0]]), "late");
    assert.equal(trace.labels.at(trace.scopes.version[trace.scope[0]]), "2.0");
    assert.deepEqual(
      attributesOf(trace.resourceAttributes, trace.resource[0], trace.labels, trace.texts).map(
        ({ key }) => key,
      ),
      ["host.name", "service.name"],
    );
  });

  it("spans in field 1000, as OTLP 0.15 to 0.18 wrote them", () => {
    const bytes = message((out) =>
      nested(out, 1, (resourceSpans) => nested(resourceSpans, 1000, (old) => nested(old, 2, span(1)))),
    );
    assert.equal(decoded(bytes).length, 1);
  });

  it("trace state and counts of what was dropped, as attributes behind the others", () => {
    const trace = traceOf(
      request(
        span(1, (out) => {
          out.writeStringField(3, "vendor=1");
          out.writeVarintField(10, 4);
          out.writeVarintField(12, 5);
          out.writeVarintField(14, 6);
          attribute(out, 9, "a", text("b"));
        }),
      ),
    );
    assert.deepEqual(attributesAt(trace, 0), [
      "a: string b",
      "w3c.tracestate: string vendor=1",
      "otel.dropped_attributes_count: int 4",
      "otel.dropped_events_count: int 5",
      "otel.dropped_links_count: int 6",
    ]);
  });

  it("text that is not UTF-8: the span is marked", () => {
    const bytes = request(
      span(1, (out) => nested(out, 9, (pair) => pair.writeBytesField(1, Uint8Array.of(0xc3, 0x28)))),
    );
    assert.deepEqual(decoded(bytes).malformedSpans, [0]);
  });

  it("one span that is broken inside: the others are kept, and it is counted", () => {
    const broken: Fields = (out) => out.writeBytesField(9, Uint8Array.of(0x0a, 0x7f, 0x41));
    const sink = decoded(request(span(1), span(2, broken), span(3)));
    assert.equal(sink.length, 2);
    assert.equal(sink.notes.get("spans that could not be read were left out"), 1);
  });

  it("short and long ids", () => {
    const trace = traceOf(
      request((out) => {
        out.writeBytesField(1, Uint8Array.of(1, 2));
        out.writeBytesField(
          2,
          Uint8Array.from({ length: 12 }, (_, i) => i),
        );
        out.writeFixed64Field(7, 1_700_000_000_000_000_000);
      }),
    );
    assert.equal(trace.traceId, "00000000000000000000000000000102");
    assert.equal(spanIdOf(trace, 0), "000102030405060708090a0b");
  });
});

describe("the forms of a file", () => {
  const one = request(span(1), span(2));
  const prefixed = (size: 4 | 5, ...messages: Uint8Array[]): Uint8Array =>
    Buffer.concat(
      messages.flatMap((bytes) => {
        const prefix = Buffer.alloc(size);
        prefix.writeUInt32BE(bytes.length, size - 4);
        return [prefix, bytes];
      }),
    );
  const forms: readonly [string, Uint8Array, number][] = [
    ["a bare request", one, 2],
    ["several requests one behind the other", Buffer.concat([one, one, one]), 6],
    ["messages behind 4-byte lengths", prefixed(4, one, one), 4],
    ["an empty message among them", prefixed(4, new Uint8Array(0), one), 2],
    ["gRPC messages", prefixed(5, one, one), 4],
    [
      "Tempo's answer",
      message((out) => {
        out.writeBytesField(1, one);
        nested(out, 2, (metrics) => metrics.writeVarintField(1, 5));
        out.writeVarintField(3, 1);
      }),
      2,
    ],
  ];
  for (const [what, bytes, spans] of forms) {
    it(`${what}, cut anywhere`, () => {
      for (const size of [bytes.length, 1, 2, 3, 7, 64, 1000])
        assert.equal(decoded(bytes, size).length, spans);
    });
  }

  it("a stream whose last message is torn keeps the ones before it, and says so", () => {
    const bytes = prefixed(4, one, one);
    const sink = decoded(bytes.subarray(0, bytes.length - 5));
    assert.ok(sink.length >= 2);
    assert.ok([...sink.notes.keys()].some((note) => /incomplete.*byte \d+/.test(note)));
  });

  it("a bare request cut at any byte is refused, with the offset", () => {
    for (let size = 1; size < exported.length; size++) {
      assert.throws(
        () => decoded(exported.subarray(0, size)),
        (error) => error instanceof UserError && /byte/.test(error.message),
      );
    }
  });
});

describe("bytes that lie", () => {
  const hostile: readonly [string, Uint8Array][] = [
    ["a length of 2 GB", Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x78)],
    ["a length of 2^63", Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x78)],
    ["a length longer than its parent", Uint8Array.of(0x0a, 0x03, 0x12, 0x09, 0x12)],
    ["a group", Uint8Array.of(0x0a, 0x03, 0x0b, 0x0b, 0x0b)],
    ["a number without an end", Uint8Array.of(0x0a, 0x0f, ...new Array(15).fill(0xff))],
    ["field number 0", Uint8Array.of(0x0a, 0x02, 0x02, 0x00)],
    ["a prefix of 2 GB", Uint8Array.of(0x00, 0xff, 0xff, 0xff, 0x0a, 0x00)],
    ["no spans but one string", Uint8Array.of(0x1a, 0x03, 0x61, 0x62, 0x63)],
  ];
  for (const [what, bytes] of hostile) {
    it(`are refused: ${what}`, () => {
      for (const size of [bytes.length, 1]) assert.throws(() => decoded(bytes, size), UserError);
    });
  }

  it("never make the decoder throw anything but a UserError, nor loop", () => {
    let state = 42;
    const random = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state / 2 ** 32;
    };
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from(exported);
      for (let i = 0; i < 1 + (round % 4); i++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        const sink = decoded(bytes, 1 + Math.floor(random() * 400));
        if (sink.length > 0) buildTrace(sink, 0);
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
      }
    }
  });

  it("that are logs or metrics are named", () => {
    const log: Fields = (out) => {
      out.writeFixed64Field(1, 1_700_000_000_000_000_000);
      out.writeVarintField(2, 9);
    };
    const metric: Fields = (out) => {
      out.writeStringField(1, "http.server.duration");
      out.writeStringField(3, "ms");
    };
    for (const record of [log, metric]) assert.throws(() => decoded(request(record)), /logs or metrics/);
  });
});
