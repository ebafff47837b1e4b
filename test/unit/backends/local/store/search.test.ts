import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceQuery } from "../../../../../src/backends/backend.ts";
import { freshEntries } from "../../../../../src/backends/local/store/segments.ts";
import { batch, someTime, spanId, spansPart, traceId } from "./otlpParts.ts";
import { query, testStore } from "./testStore.ts";

const cases: readonly [title: string, asked: Partial<TraceQuery>, found: readonly string[]][] = [
  ["nothing", {}, ["slow", "pay", "cart"]],
  ["a service", { service: "cart" }, ["slow", "cart"]],
  ["a service nobody has", { service: "car" }, []],
  ["an operation of a service", { service: "cart", operation: "load" }, ["cart"]],
  ["an operation of another service", { service: "pay", operation: "load" }, []],
  ["an operation of any service", { operation: "charge" }, ["pay"]],
  ["an attribute of a span", { tags: new Map([["http.status_code", "500"]]) }, ["pay"]],
  ["an attribute of a resource", { tags: new Map([["host.name", "node-1"]]) }, ["slow", "cart"]],
  [
    "two attributes",
    {
      tags: new Map([
        ["host.name", "node-1"],
        ["user.id", "7"],
      ]),
    },
    ["cart"],
  ],
  ["an attribute's value in part", { tags: new Map([["host.name", "node"]]) }, []],
  ["a key and a value whose border differs", { tags: new Map([["host.namen", "ode-1"]]) }, []],
  ["errors", { errorsOnly: true }, ["pay"]],
  ["error as a tag", { tags: new Map([["error", "true"]]) }, ["pay"]],
  ["a kind of span", { spanKind: "client" }, ["pay"]],
  ["at least a duration", { minDurationNs: 50e6 }, ["slow"]],
  ["at most a duration", { maxDurationNs: 5e6 }, ["pay"]],
  ["a time", { fromMs: someTime + 500, toMs: someTime + 1500 }, ["pay"]],
  ["a service in a time", { service: "cart", fromMs: someTime + 500 }, ["slow"]],
];

const ids = new Map([traceId(1), traceId(2), traceId(3)].map((id, i) => [id, ["cart", "pay", "slow"][i]]));

function known() {
  const node = { "service.name": "cart", "host.name": "node-1" };
  return batch(
    spansPart(
      traceId(1),
      [{ id: spanId(1), name: "load", duration: 10, attributes: { "user.id": 7 } }],
      node,
    ),
    spansPart(
      traceId(2),
      [
        {
          id: spanId(2),
          name: "charge",
          kind: 3,
          start: someTime + 1000,
          duration: 5,
          error: true,
          attributes: { "http.status_code": 500 },
        },
      ],
      { "service.name": "pay" },
    ),
    spansPart(traceId(3), [{ id: spanId(3), name: "sum", start: someTime + 2000, duration: 90 }], node),
  );
}

for (const [title, asked, found] of cases) {
  test(`A search for ${title} finds ${found.join(" and ") || "no trace"}`, async (t) => {
    const { writer, reader } = testStore(t);
    await writer.take(known());
    await writer.indexed();
    const { summaries, limited } = reader.search(query(asked));
    assert.deepEqual(
      summaries.map((summary) => ids.get(summary.traceId)),
      found,
    );
    assert.equal(limited, false);
  });
}

test("Entries are found alike when they are fresh, in a segment, and in segments merged", async (t) => {
  const { writer, reader } = testStore(t);
  const count = freshEntries * 9;
  for (let from = 0; from < count; from += 100) {
    const parts = Array.from({ length: Math.min(100, count - from) }, (_, i) => {
      const n = from + i;
      const attributes = { number: n, "code.file.path": "/srv/app/cart.ts", "code.line.number": 7 };
      return spansPart(traceId(n), [{ id: spanId(n), name: `op ${n % 3}`, start: someTime + n, attributes }]);
    });
    await writer.take(batch(...parts));
  }
  await writer.indexed();
  for (const n of [0, freshEntries, freshEntries * 8 + 1, count - 1]) {
    const { summaries } = reader.search(query({ tags: new Map([["number", String(n)]]) }));
    assert.deepEqual(
      summaries.map((summary) => summary.traceId),
      [traceId(n)],
    );
  }
  const { summaries, limited } = reader.search(query({ operation: "op 1", limit: 3 }));
  assert.deepEqual(
    summaries.map((summary) => Math.round(summary.startMs - someTime)),
    [count - 2, count - 5, count - 8],
  );
  assert.equal(limited, true);
  const all = { fileTail: "cart.ts", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  assert.deepEqual(
    reader.hotspots(all).map((spot) => spot.count),
    [count],
  );
});

test("A search is cut at its limit, newest first, and says so", async (t) => {
  const { writer, reader } = testStore(t);
  // Received in another order than they happened.
  const parts = [3, 1, 4, 0, 2].map((n) => spansPart(traceId(n), [{ id: spanId(n), start: someTime + n }]));
  await writer.take(batch(...parts));
  await writer.indexed();
  const { summaries, limited } = reader.search(query({ limit: 3 }));
  assert.deepEqual(
    summaries.map((summary) => Math.round(summary.startMs - someTime)),
    [4, 3, 2],
  );
  assert.equal(limited, true);
  assert.equal(reader.search(query({ limit: 5 })).limited, false);
});

test("Services, operations and attribute keys are listed", async (t) => {
  const { writer, reader } = testStore(t);
  await writer.take(known());
  await writer.indexed();
  assert.deepEqual(reader.services(), ["cart", "pay"]);
  assert.deepEqual(reader.operations("cart"), ["load", "sum"]);
  assert.deepEqual(reader.operations("nobody"), []);
  assert.equal(reader.attributeKeys()[0], "service.name");
  assert.deepEqual([...reader.attributeKeys()].sort(), [
    "host.name",
    "http.status_code",
    "service.name",
    "user.id",
  ]);
});
