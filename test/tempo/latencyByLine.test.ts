import assert from "node:assert/strict";
import type { Tempo } from "../../scripts/tempo.ts";
import type { HotspotQuery, TraceSource } from "../../src/backends/backend.ts";
import type { Hotspot } from "../../src/model/hotspot.ts";
import { tempoTest } from "./server.ts";
import { type PlainSpan, requestOf, send, signal, sourceOf, until } from "./withTempo.ts";

const startMs = Date.now() - 60_000;
const range = { fromMs: startMs - 3_600_000, toMs: startMs + 60_000 };
const calls = 200;
const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");

/** Spans of 1 to `calls` ms, every tenth of them failed. */
function spansOf(first: number, name: string, attributes: PlainSpan["attributes"]): PlainSpan[] {
  return Array.from({ length: calls }, (_, i) => ({
    traceId: hex(first + i, 32),
    spanId: hex(first + i, 16),
    name,
    startMs: startMs + i,
    durationMs: i + 1,
    failed: i % 10 === 0,
    attributes,
  }));
}

const present = (file: string, line: number, method: string) => ({
  "code.file.path": file,
  "code.line.number": line,
  "code.function.name": method,
});

let sent: Promise<void> | undefined;

async function withCalls(tempo: Tempo): Promise<TraceSource> {
  const source = sourceOf(tempo);
  sent ??= sendAll(tempo, source);
  await sent;
  return source;
}

async function sendAll(tempo: Tempo, source: TraceSource): Promise<void> {
  const load = spansOf(0x1000, "load cart", present("/srv/shop/src/cart.ts", 42, "Cart.load"));
  const pay = spansOf(0x2000, "pay", present("/srv/shop/src/cart.ts", 77, "Cart.pay"));
  const other = spansOf(0x3000, "other", present("/srv/shop/src/shopping-cart.ts", 42, "load"));
  const old = spansOf(0x4000, "price", {
    "code.filepath": "C:\\shop\\src\\cart.ts",
    "code.lineno": 7,
    "code.function": "price",
    "code.namespace": "shop.Cart",
  });
  const java = spansOf(0x5000, "list", {
    "code.namespace": "com.shop.OrderController",
    "code.function": "list",
  });
  await send(tempo, requestOf("shop", [...load, ...pay, ...other]));
  await send(tempo, requestOf("pricing", old));
  await send(tempo, requestOf("orders", java));
  await until("all calls", async () => {
    const found = await Promise.all(
      ["cart.ts", "OrderController.java"].map((tail) => hotspotsOf(source, tail)),
    );
    return found.flat().reduce((sum, { count }) => sum + count, 0) === 4 * calls;
  });
}

async function hotspotsOf(
  source: TraceSource,
  fileTail: string,
  more: Partial<HotspotQuery> = {},
): Promise<Hotspot[]> {
  const found = (await source.hotspots?.({ ...range, fileTail, ...more }, signal)) ?? [];
  return [...found].sort((a, b) => a.place.line - b.place.line);
}

tempoTest("Latency by line comes from all spans of a file, under present and former names", async (tempo) => {
  const found = await hotspotsOf(await withCalls(tempo), "src/cart.ts");
  assert.deepEqual(
    found.map(({ place, count, errors, sampled }) => [
      place.service,
      place.file,
      place.line,
      place.function,
      place.name,
      count,
      errors,
      sampled,
    ]),
    [
      ["pricing", "C:\\shop\\src\\cart.ts", 7, "shop.Cart.price", "", calls, 20, false],
      ["shop", "/srv/shop/src/cart.ts", 42, "Cart.load", "load cart", calls, 20, false],
      ["shop", "/srv/shop/src/cart.ts", 77, "Cart.pay", "pay", calls, 20, false],
    ],
  );
});

tempoTest("Its quantiles are those of the spans, as near as Tempo's buckets let them be", async (tempo) => {
  for (const { times } of await hotspotsOf(await withCalls(tempo), "cart.ts")) {
    assert.ok(times);
    for (const [found, exact] of [
      [times.p50, 100e6],
      [times.p95, 190e6],
      [times.p99, 198e6],
    ]) {
      assert.ok(found > exact / 1.5 && found < exact * 1.5, `${found} for ${exact}`);
    }
  }
});

tempoTest("Slow calls of a line are named, each a span that can be opened", async (tempo) => {
  const source = await withCalls(tempo);
  for (const { place, calls: slow } of await hotspotsOf(source, "cart.ts")) {
    assert.ok(slow.length > 0, place.function);
    for (const call of slow) {
      assert.ok(call.duration >= 134e6);
      const first = Number.parseInt(call.spanId, 16) & 0xf000;
      assert.equal(Number.parseInt(call.traceId, 16), Number.parseInt(call.spanId, 16));
      assert.equal(
        first,
        { "shop.Cart.price": 0x4000, "Cart.load": 0x1000, "Cart.pay": 0x2000 }[place.function],
      );
      assert.equal(call.error, (Number.parseInt(call.spanId, 16) - first) % 10 === 0);
    }
    const { trace } = await source.trace(slow[0].traceId, signal);
    assert.equal(trace.duration[0], slow[0].duration);
  }
});

tempoTest("Spans that name a class and no file count for the file of that class", async (tempo) => {
  const source = await withCalls(tempo);
  const found = await hotspotsOf(source, "src/main/java/com/shop/OrderController.java");
  assert.deepEqual(
    found.map(({ place, count }) => [place.function, count]),
    [["com.shop.OrderController.list", calls]],
  );
  assert.deepEqual(await hotspotsOf(source, "Controller.java"), []);
});

tempoTest("A range longer than the server computes is cut at its beginning", async (tempo) => {
  const found = await hotspotsOf(await withCalls(tempo), "cart.ts", { fromMs: range.toMs - 7 * 86_400_000 });
  assert.deepEqual(
    found.map(({ count }) => count),
    [calls, calls, calls],
  );
});

tempoTest("A file without spans, or of another time, has none", async (tempo) => {
  const source = await withCalls(tempo);
  assert.deepEqual(await hotspotsOf(source, "art.ts"), []);
  const earlier = { fromMs: startMs - 7_200_000, toMs: startMs - 3_600_000 };
  assert.deepEqual(await hotspotsOf(source, "cart.ts", earlier), []);
});
