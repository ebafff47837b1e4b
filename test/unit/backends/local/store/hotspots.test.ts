import assert from "node:assert/strict";
import { test } from "node:test";
import { otlpProtobuf } from "../../../../../src/formats/otlpProtobuf.ts";
import { buildTrace } from "../../../../../src/model/buildTrace.ts";
import { hotspots, placeKey } from "../../../../../src/model/hotspots.ts";
import { SpanSink } from "../../../../../src/model/spanSink.ts";
import { protobufTrace } from "../../../../bench/generateProtobuf.ts";
import { traceIdText } from "../../../../bench/generateSpans.ts";
import { batch, someTime, spanId, spansPart, traceId } from "./otlpParts.ts";
import { query, testStore } from "./testStore.ts";

const ever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const at = (line: number, file = "/srv/app/src/cart.ts") => ({
  "code.file.path": file,
  "code.line.number": line,
});

test("The hotspots of a file are over all calls: count, errors, quantiles, own time", async (t) => {
  const { writer, reader } = testStore(t);
  for (let n = 0; n < 100; n++) {
    const root = { id: spanId(n), duration: n + 1, error: n % 50 === 0, attributes: at(7) };
    const child = {
      id: spanId(1000 + n),
      parent: spanId(n),
      duration: 1,
      attributes: at(9, "/srv/app/src/pay.ts"),
    };
    await writer.take(batch(spansPart(traceId(n), [root, child])));
  }
  await writer.indexed();
  const [spot, ...others] = reader.hotspots({ fileTail: "src/cart.ts", ...ever });
  assert.equal(others.length, 0);
  assert.deepEqual(
    [spot.place.file, spot.place.line, spot.count, spot.errors],
    ["/srv/app/src/cart.ts", 7, 100, 2],
  );
  const { p50, p95, p99, own } = spot.times!;
  assert.deepEqual(
    [p50, p95, p99, own].map((ns) => Math.round(ns! / 1e4) / 100),
    [50.5, 95.05, 99.01, 49.5],
  );
  assert.deepEqual([spot.calls[0].traceId, spot.calls[0].duration], [traceId(99), 100e6]);
});

const tails: readonly [tail: string, found: boolean][] = [
  ["cart.ts", true],
  ["src/cart.ts", true],
  ["/srv/app/src/cart.ts", true],
  ["src\\cart.ts", true],
  ["art.ts", false],
  ["lib/cart.ts", false],
  ["", false],
];
for (const [tail, found] of tails) {
  test(`The tail "${tail}" ${found ? "finds" : "does not find"} /srv/app/src/cart.ts`, async (t) => {
    const { writer, reader } = testStore(t);
    await writer.take(batch(spansPart("a1", [{ id: spanId(1), attributes: at(7) }])));
    await writer.indexed();
    assert.equal(reader.hotspots({ fileTail: tail, ...ever }).length, found ? 1 : 0);
  });
}

const handler = (route: string) => ({ "http.route": route });

test("Functions and routes of which no span names the file are answered for the tail of none", async (t) => {
  const { writer, reader } = testStore(t);
  for (let n = 0; n < 3; n++) {
    const request = {
      id: spanId(0),
      name: "GET /cart",
      duration: 10 * n + 10,
      attributes: handler("/cart/:id"),
    };
    const load = {
      id: spanId(1),
      parent: spanId(0),
      duration: 4,
      attributes: { "code.function.name": "load" },
    };
    const line = { id: spanId(2), parent: spanId(1), duration: 1, attributes: at(7) };
    const bare = { id: spanId(3), parent: spanId(1), duration: 1 };
    await writer.take(
      batch(spansPart(traceId(n), n === 0 ? [request, line, bare] : [request, load, line, bare])),
    );
  }
  await writer.indexed();
  const spots = reader.hotspots({ fileTail: "", ...ever });
  assert.deepEqual(
    spots.map(({ place, count, sampled }) => [place.route || place.function, count, sampled]),
    [
      ["/cart/:id", 3, false],
      ["load", 2, false],
    ],
  );
  assert.equal(spots[0].times!.p50, 20e6);
  const [later] = reader.hotspots({ fileTail: "", fromMs: someTime + 1, toMs: Number.MAX_SAFE_INTEGER });
  assert.equal(later, undefined);
});

test("Of many places without a file the two hundred that were met last are answered", async (t) => {
  const { writer, reader } = testStore(t);
  for (let n = 0; n < 250; n += 50) {
    const traces = Array.from({ length: 50 }, (_, i) =>
      spansPart(traceId(n + i), [{ id: spanId(1), attributes: handler(`/r${n + i}`) }]),
    );
    await writer.take(batch(...traces));
  }
  await writer.indexed();
  const routes = reader.hotspots({ fileTail: "", ...ever }).map(({ place }) => place.route);
  assert.equal(routes.length, 200);
  assert.ok(routes.includes("/r249") && !routes.includes("/r0"));
});

test("Layers of a call are part of it: of a request by its route, of a fetch by its line", async (t) => {
  const { writer, reader } = testStore(t);
  const spans = [
    { id: spanId(0), name: "GET /cart", duration: 10, attributes: handler("/cart") },
    {
      id: spanId(1),
      parent: spanId(0),
      name: "handler",
      duration: 8,
      attributes: handler("/cart"),
      error: true,
    },
    { id: spanId(2), parent: spanId(1), name: "GET", duration: 5, attributes: at(7) },
    { id: spanId(3), parent: spanId(2), name: "connect", duration: 2, attributes: at(7) },
  ];
  await writer.take(batch(spansPart("a1", spans)));
  await writer.indexed();
  const said = ["", "cart.ts"].map((fileTail) =>
    reader
      .hotspots({ fileTail, ...ever })
      .map(({ place, count, errors, calls }) => [place.name, count, errors, calls[0].self / 1e6]),
  );
  assert.deepEqual(said, [[["GET /cart", 1, 0, 5]], [["GET", 1, 0, 5]]]);
});

test("Calls outside the time asked for do not count", async (t) => {
  const { writer, reader } = testStore(t);
  for (let n = 0; n < 5; n++) {
    await writer.take(
      batch(spansPart(traceId(n), [{ id: spanId(n), start: someTime + n, attributes: at(7) }])),
    );
  }
  await writer.indexed();
  const [spot] = reader.hotspots({ fileTail: "cart.ts", fromMs: someTime + 1, toMs: someTime + 3 });
  assert.equal(spot.count, 3);
});

test("A child that comes later takes its time from the parent's own time", async (t) => {
  const { writer, reader } = testStore(t);
  const own = () => reader.hotspots({ fileTail: "cart.ts", ...ever })[0].times!.own;
  await writer.take(batch(spansPart("a1", [{ id: spanId(1), duration: 100, attributes: at(7) }])));
  await writer.indexed();
  assert.equal(own(), 100e6);
  await writer.take(batch(spansPart("a1", [{ id: spanId(2), parent: spanId(1), duration: 60 }])));
  await writer.indexed();
  assert.equal(own(), 40e6);
});

test("A generated trace has the hotspots that the model computes of it", async (t) => {
  const { writer, reader } = testStore(t);
  const bytes = Buffer.concat([...protobufTrace(3000, 7)]);
  const id = traceIdText(7);
  await writer.take(batch({ traceId: id, count: 3000, bytes }));
  await writer.indexed();
  const sink = new SpanSink();
  const decoder = otlpProtobuf.decoder(sink);
  decoder.write(bytes);
  decoder.end();
  const trace = buildTrace(sink, 0);
  const wanted = hotspots(trace).filter((spot) => spot.place.file.endsWith("cart/orders.js"));
  const found = reader.hotspots({ fileTail: "cart/orders.js", ...ever });
  const byPlace = (spots: typeof wanted) =>
    new Map(
      spots.map(({ place, count, errors, calls }) => [
        placeKey(place),
        { count, errors, calls: sorted(calls) },
      ]),
    );
  const sorted = (calls: (typeof wanted)[number]["calls"]) =>
    [...calls].sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
  assert.ok(wanted.length > 0);
  assert.deepEqual(byPlace([...found]), byPlace(wanted));
  assert.equal(reader.search(query()).summaries[0].spans, 3000);
});
