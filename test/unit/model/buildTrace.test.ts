import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { attributesOf } from "../../../src/model/attributes.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { rowOfSpan, spanIdOf } from "../../../src/model/spanId.ts";
import { summaries } from "../../../src/model/summaries.ts";
import { Mark } from "../../../src/model/trace.ts";
import { type SentSpan, sentEpoch, sinkOf, traceOf, treeOf, warningsOf } from "../../support/sentSpans.ts";

const ms = 1e6;

describe("order", () => {
  test("rows are in pre-order, siblings by start, whatever the order they came in", () => {
    const trace = traceOf([
      { id: 4, parent: 2, start: 3, end: 4 },
      { id: 3, parent: 1, start: 5, end: 9 },
      { id: 2, parent: 1, start: 2, end: 5 },
      { id: 1, start: 1, end: 10 },
    ]);
    assert.deepEqual(treeOf(trace), ["span 1", "  span 2", "    span 4", "  span 3"]);
    assert.deepEqual([...trace.parent], [-1, 0, 1, 0]);
    assert.deepEqual([...trace.size], [4, 2, 1, 1]);
  });

  test("times count from the earliest start, exactly", () => {
    const trace = traceOf([
      { id: 1, start: 1.5, end: 10 },
      { id: 2, parent: 1, start: 2.000001, end: 3 },
    ]);
    assert.equal(trace.epoch, sentEpoch + 1_500_000n);
    assert.deepEqual([...trace.start], [0, 500_001]);
    assert.deepEqual([...trace.duration], [8.5 * ms, 999_999]);
    assert.equal(trace.end, 8.5 * ms);
  });

  test("a chain of 50,000 and a fan-out of 200,000 are built without recursion", () => {
    const chain = traceOf(
      Array.from({ length: 50_000 }, (_, i) => ({ id: i + 1, parent: i, start: i, end: 60_000 })),
    );
    assert.equal(chain.depth[49_999], 49_999);
    const fan = traceOf([
      { id: 1, start: 0, end: 1 },
      ...Array.from({ length: 200_000 }, (_, i) => ({
        id: i + 2,
        parent: 1,
        start: 0,
        end: 1,
        name: "leaf",
      })),
    ]);
    assert.equal(fan.size[0], 200_001);
  });
});

const repairs: [title: string, spans: readonly SentSpan[], tree: string[], warnings: RegExp[]][] = [
  [
    "a span whose parent is missing is a root of its own, after the real ones",
    [
      { id: 2, parent: 9, start: 0, end: 1 },
      { id: 1, start: 5, end: 6 },
    ],
    ["span 1", "span 2"],
    [/span 2: The parent span 0000000000000009 is not in this trace/],
  ],
  [
    "spans that miss the same parent stand together",
    [
      { id: 1, parent: 9, start: 0, end: 1 },
      { id: 2, parent: 8, start: 1, end: 2 },
      { id: 3, parent: 9, start: 2, end: 3 },
    ],
    ["span 1", "span 3", "span 2"],
    [/span 1: .*0009/, /span 3: .*0009/, /span 2: .*0008/],
  ],
  [
    "a span that is its own parent is a root",
    [{ id: 1, parent: 1, start: 0, end: 1 }],
    ["span 1"],
    [/its parent/],
  ],
  [
    "a cycle is cut at its earliest span",
    [
      { id: 1, parent: 3, start: 4, end: 9 },
      { id: 2, parent: 1, start: 1, end: 9 },
      { id: 3, parent: 2, start: 3, end: 9 },
    ],
    ["span 2", "  span 3", "    span 1"],
    [/span 2: The span is its own ancestor/],
  ],
  [
    "an exact resend is dropped",
    [
      { id: 1, start: 0, end: 1 },
      { id: 1, start: 0, end: 1 },
    ],
    ["span 1"],
    [],
  ],
  [
    "two different spans with one id are both kept",
    [
      { id: 1, start: 0, end: 1, name: "one" },
      { id: 1, start: 2, end: 3, name: "other" },
    ],
    ["one", "other"],
    [/one: Another span/, /other: Another span/],
  ],
  [
    "children of a duplicate id are under the span that was running",
    [
      { id: 1, start: 0, end: 1, name: "one" },
      { id: 1, start: 2, end: 5, name: "other" },
      { id: 2, parent: 1, start: 3, end: 4, name: "child" },
    ],
    ["one", "other", "  child"],
    [/one/, /other/],
  ],
  [
    "an end before the start is a duration of 0",
    [{ id: 1, start: 5, end: 2 }],
    ["span 1"],
    [/ended before it started/],
  ],
  [
    "a span without a start is placed at its parent's",
    [
      { id: 1, start: 5, end: 9 },
      { id: 2, parent: 1, end: 7 },
    ],
    ["span 1", "  span 2"],
    [/span 2: The span has no start time/],
  ],
  ["a span without an end was not finished", [{ id: 1, start: 5 }], ["span 1"], [/no end time/]],
  ["a span without an id gets one", [{ id: 0, start: 5, end: 6 }], ["span 0"], [/no span ID/]],
  [
    "a time far from all others is not believed",
    [
      { id: 1, start: 0, end: 9 },
      { id: 2, parent: 1, start: 1, end: 2 },
      { id: 3, parent: 1, start: 1e11, end: 1e11 + 1 },
    ],
    ["span 1", "  span 3", "  span 2"],
    [/span 3: The span's time .* is more than 52 days/],
  ],
  [
    "client and server halves with one id are two spans",
    [
      { id: 1, start: 0, end: 9, service: "web", kind: "client", name: "call" },
      { id: 1, start: 1, end: 8, service: "db", kind: "server", name: "serve" },
      { id: 2, parent: 1, start: 2, end: 3, service: "db", name: "query" },
      { id: 3, parent: 1, start: 0.5, end: 0.6, service: "web", name: "connect" },
    ],
    ["call", "  connect", "  serve", "    query"],
    [/serve: Client and server sent one span ID/],
  ],
  [
    "Zipkin's records of one span are one row",
    [
      {
        id: 1,
        start: 0,
        service: "web",
        kind: "client",
        name: "call",
        partial: true,
        attributes: { a: "1" },
      },
      {
        id: 1,
        start: 0,
        end: 4,
        service: "web",
        kind: "client",
        name: "call",
        partial: true,
        attributes: { b: "2" },
      },
    ],
    ["call"],
    [],
  ],
  [
    "a span before its parent on another host is moved",
    [
      { id: 1, start: 1000, end: 2000, host: "a" },
      { id: 2, parent: 1, start: 500, end: 1100, host: "b" },
      { id: 3, parent: 2, start: 600, end: 700, host: "b" },
    ],
    ["span 1", "  span 2", "    span 3"],
    [/span 2: The span was moved by 700000000 ns/, /span 3: The span was moved by 700000000 ns/],
  ],
  [
    "a span before its parent on a host nobody names is left where it is",
    [
      { id: 1, start: 1000, end: 2000 },
      { id: 2, parent: 1, start: 500, end: 1100 },
    ],
    ["span 1", "  span 2"],
    [/span 2: The span starts 500000000 ns before its parent/],
  ],
  [
    "a consumer may start whenever it likes",
    [
      { id: 1, start: 1000, end: 2000, kind: "producer", host: "a" },
      { id: 2, parent: 1, start: 500, end: 1100, kind: "consumer", host: "b" },
    ],
    ["span 1", "  span 2"],
    [],
  ],
];

describe("repair", () => {
  for (const [title, spans, tree, warnings] of repairs) {
    test(title, () => {
      const trace = traceOf(spans);
      assert.deepEqual(treeOf(trace), tree);
      const said = warningsOf(trace);
      assert.equal(said.length, warnings.length, said.join("\n"));
      for (const [i, pattern] of warnings.entries()) assert.match(said[i], pattern);
      assert.ok(trace.start.every((time) => time >= 0 && Number.isFinite(time)));
      assert.ok(trace.duration.every((time) => time >= 0 && Number.isFinite(time)));
    });
  }

  test("dropped resends are counted", () => {
    const span = { id: 1, start: 0, end: 1 };
    assert.deepEqual(traceOf([span, span, span]).notes, ["2 spans sent twice, shown once."]);
  });

  test("joined records keep the attributes of each", () => {
    const trace = traceOf([
      { id: 1, start: 1, partial: true, kind: "client", attributes: { a: "1" } },
      { id: 1, start: 0, end: 4, partial: true, kind: "client", attributes: { b: "2" } },
    ]);
    const keys = attributesOf(trace.attributes, 0, trace.labels, trace.texts).map(({ key }) => key);
    assert.deepEqual(keys, ["a", "b"]);
    assert.equal(trace.duration[0], 4 * ms);
  });

  test("an orphan is marked, and so is every row with a warning", () => {
    const trace = traceOf([{ id: 2, parent: 9, start: 0, end: 1 }]);
    assert.equal(trace.mark[0] & (Mark.orphan | Mark.warning), Mark.orphan | Mark.warning);
  });
});

describe("several traces in one sink", () => {
  test("each has only its own spans and strings", () => {
    const sink = sinkOf([{ id: 1, start: 0, end: 1, name: "mine" }]);
    sink.begin();
    sink.span.trace3 = 8;
    sink.span.idLow = 2;
    sink.span.name = sink.labels.internText("theirs");
    sink.commit(0, 0);
    const trace = buildTrace(sink, 0);
    assert.equal(trace.length, 1);
    assert.equal(trace.labels.at(trace.name[0]), "mine");
    assert.equal(trace.labels.find("theirs"), -1);
    assert.deepEqual(
      summaries(sink).map(({ rootName, spans }) => [rootName, spans]),
      [
        ["mine", 1],
        ["theirs", 1],
      ],
    );
  });
});

test("a row is found by its span id, with or without leading zeros", () => {
  const trace = traceOf([
    { id: 1, start: 0, end: 9 },
    { id: 0xabc, parent: 1, start: 1, end: 2 },
  ]);
  assert.equal(spanIdOf(trace, 1), "0000000000000abc");
  assert.equal(rowOfSpan(trace, "ABC"), 1);
  assert.equal(rowOfSpan(trace, "not an id"), -1);
});

const anySpans = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 12 }),
    parent: fc.integer({ min: 0, max: 14 }),
    start: fc.option(fc.integer({ min: -5, max: 50 }), { nil: undefined }),
    end: fc.option(fc.integer({ min: -5, max: 50 }), { nil: undefined }),
    service: fc.constantFrom("a", "b"),
    host: fc.constantFrom("x", "y"),
    kind: fc.constantFrom("client" as const, "server" as const, "internal" as const, "consumer" as const),
    partial: fc.boolean(),
    shared: fc.boolean(),
  }),
  { minLength: 1, maxLength: 24 },
);

test("whatever is sent, rows are a pre-order forest of at most as many spans, with times that can be drawn", () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const trace = traceOf(spans);
      assert.ok(trace.length >= 1 && trace.length <= spans.length);
      for (let row = 0; row < trace.length; row++) {
        const up = trace.parent[row];
        assert.ok(up < row && trace.depth[row] === (up < 0 ? 0 : trace.depth[up] + 1));
        if (up >= 0) assert.ok(row < up + trace.size[up], "a row is inside its parent's subtree");
        assert.ok(trace.start[row] >= 0 || trace.skew.length > 0);
        assert.ok(trace.duration[row] >= 0);
        assert.ok(Number.isFinite(trace.start[row] + trace.duration[row]));
      }
    }),
  );
});

test("the same spans in another order give the same tree", () => {
  const distinct = fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 1, max: 40 }), start: fc.integer({ min: 0, max: 99 }) }),
    {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(distinct, (spans) => {
      const sent = spans.map(({ id, start }) => ({ id, parent: id >> 1, start, end: 200 }));
      assert.deepEqual(treeOf(traceOf([...sent].reverse())), treeOf(traceOf(sent)));
    }),
  );
});

describe("traces that count from 0, as hand-made ones do", () => {
  test("a start of 0 is a start when all times lie in the first day of 1970", () => {
    const sink = sinkOf([{ id: 1 }, { id: 2, parent: 1 }]);
    sink.times.data.set([0, 0, 0, 9000, 0, 3000, 0, 6000]);
    const trace = buildTrace(sink, 0);
    assert.deepEqual([...trace.start], [0, 3000]);
    assert.deepEqual([...trace.duration], [9000, 3000]);
    assert.equal(trace.epoch, 0n);
    assert.deepEqual(warningsOf(trace), []);
  });

  test("a start of 0 among real times is not given", () => {
    const trace = traceOf([
      { id: 1, start: 0, end: 9 },
      { id: 2, parent: 1, end: 5 },
    ]);
    assert.match(warningsOf(trace)[0], /no start time/);
  });
});
