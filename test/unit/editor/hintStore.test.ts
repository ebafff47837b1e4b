import assert from "node:assert/strict";
import { test } from "node:test";
import { HintStore } from "../../../src/editor/hints/hintStore.ts";
import type { FileAnswer } from "../../../src/editor/hints/wholeAnswers.ts";
import type { SourceFinder } from "../../../src/editor/sourceFinder.ts";
import type { Hotspot, HotspotCall } from "../../../src/model/hotspot.ts";
import { hintText } from "../../../src/source/hints.ts";

const ms = 1e6;
const all = { minCalls: 1, minLatencyMs: 0 };

/** Finds every place in the file that it names. */
const finder = {
  findPlace: async (place: Hotspot["place"]) => ({
    location: { file: place.file, line: place.line, column: 0 },
    confidence: "sure",
  }),
} as unknown as SourceFinder;

function call(traceId: string, duration: number): HotspotCall {
  const times = { duration: duration * ms, self: 0, critical: 0, traceDuration: duration * ms };
  return { traceId, spanId: traceId, ...times, error: false, startMs: 0 };
}

function spot(
  file: string,
  line: number,
  calls: readonly HotspotCall[],
  more: Partial<Hotspot> = {},
): Hotspot {
  const place = {
    service: "shop",
    language: "",
    name: "load",
    file,
    line,
    column: 0,
    function: "",
    route: "",
  };
  return { place, calls, count: calls.length, errors: 0, sampled: false, ...more };
}

function computed(file: string, line: number, count: number, calls: readonly HotspotCall[] = []): Hotspot {
  return spot(file, line, calls, { count, times: { p50: 7 * ms, p95: 8 * ms, p99: 9 * ms } });
}

/** Asked at `askedMs`, of the time since `sinceMs`. */
function answer(hotspots: readonly Hotspot[], askedMs = 1000, sinceMs = 0): FileAnswer {
  return { hotspots, askedMs, sinceMs };
}

const from = (connection: string) => (traceId: string) =>
  ({ kind: "connection", connection, traceId }) as const;

async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

function storeOf(connection: string): HintStore {
  const store = new HintStore(finder);
  store.activate(connection);
  return store;
}

const texts = (store: HintStore, file = "a.js") =>
  store.hints(file, all).map((hint) => `${hint.line} ${hintText(hint)}`);

test("what a backend computed replaces what traces showed of a line, and leaves other lines as they are", async () => {
  const store = storeOf("Tempo");
  store.add("Tempo", [spot("a.js", 4, [call("t1", 5)]), spot("a.js", 9, [call("t1", 1)])], from("Tempo"));
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 200)]), from("Tempo"));
  await settled();
  assert.deepEqual(texts(store), ["4 p50 7 ms · p95 8 ms · 200 calls", "9 1 ms · 1 call"]);
  assert.equal(store.hints("a.js", all)[0].slowest[0].traceId, "t1");
});

test("a newer answer for a file replaces the one before, and an equal one redraws nothing", async () => {
  const store = storeOf("Tempo");
  let changes = 0;
  store.onChange(() => changes++);
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 200)]), from("Tempo"));
  await settled();
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 200)]), from("Tempo"));
  await settled();
  const before = changes;
  store.setWhole("Tempo", "a.js", answer([]), from("Tempo"));
  await settled();
  assert.deepEqual(texts(store), []);
  assert.equal(changes, before + 1);
});

test("what a backend computed of routes alone stands at the lines where these are found", async () => {
  const searching = {
    findPlace: async ({ file, line, route }: Hotspot["place"]) => ({
      location: route === "" ? { file, line, column: 0 } : { file: "a.js", line: 20, column: 0 },
      confidence: "likely",
    }),
  } as unknown as SourceFinder;
  const store = new HintStore(searching);
  store.activate("Received traces");
  const origin = from("Received traces");
  const routed = (count: number) => {
    const spots = computed("", 0, count);
    return answer([{ ...spots, place: { ...spots.place, route: "/cart" } }]);
  };
  store.add("Received traces", [spot("a.js", 20, [call("t1", 5)])], origin);
  store.setWhole("Received traces", "", routed(30), origin);
  store.setWhole("Received traces", "a.js", answer([computed("a.js", 4, 200)]), origin);
  await settled();
  assert.deepEqual(texts(store), ["4 p50 7 ms · p95 8 ms · 200 calls", "20 p50 7 ms · p95 8 ms · 30 calls"]);
  store.setWhole("Received traces", "", routed(31), origin);
  await settled();
  assert.deepEqual(texts(store)[1], "20 p50 7 ms · p95 8 ms · 31 calls");
});

test("two files of one name are answered with the same places, which count once", async () => {
  const store = storeOf("Tempo");
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 200)]), from("Tempo"));
  store.setWhole("Tempo", "b.js", answer([computed("a.js", 4, 300)]), from("Tempo"));
  await settled();
  assert.deepEqual(texts(store), ["4 p50 7 ms · p95 8 ms · 300 calls"]);
});

test("the examples of a backend can be opened", async () => {
  const store = storeOf("Tempo");
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 200, [call("t9", 50)])]), from("Tempo"));
  assert.deepEqual(store.addressOf("t9"), from("Tempo")("t9"));
});

test("a backend that cannot compute them after all leaves those of the traces seen, marked as a sample", async () => {
  const store = storeOf("Tempo");
  store.add("Tempo", [spot("a.js", 4, [call("t1", 5), call("t2", 7)])], from("Tempo"));
  store.fallBack("Tempo");
  await settled();
  assert.deepEqual(texts(store), ["4 p50 6 ms · ~2 calls"]);
  assert.equal(store.hints("a.js", all)[0].traces, 2);
  store.setWhole("Tempo", "a.js", answer([]), from("Tempo"));
  await settled();
  assert.deepEqual(texts(store), ["4 p50 6 ms · 2 calls"]);
});

test("sampled calls of several answers stand for the sum of what each does", async () => {
  const store = storeOf("Tempo");
  store.add("Tempo", [spot("a.js", 4, [call("t1", 5)], { weight: 100 })], from("Tempo"));
  store.add("Tempo", [spot("a.js", 4, [call("t2", 7)], { weight: 100 })], from("Tempo"));
  await settled();
  assert.deepEqual(texts(store), ["4 p50 6 ms · ~200 calls"]);
  store.add("Tempo", [spot("a.js", 4, [call("t3", 6)])], from("Tempo"));
  await settled();
  assert.deepEqual(texts(store), ["4 p50 6 ms · 3 calls"]);
});

test("what a backend computed is shown while its connection is the active one", async () => {
  const store = storeOf("Tempo");
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 200)]), from("Tempo"));
  store.activate("Jaeger");
  await settled();
  assert.deepEqual(texts(store), []);
  store.activate("Tempo");
  await settled();
  assert.equal(texts(store).length, 1);
  store.clear();
  await settled();
  assert.deepEqual(texts(store), []);
});

test("a slow look-up comes to its end though traces keep coming", async () => {
  const answers: (() => void)[] = [];
  const slow = {
    findPlace: (place: Hotspot["place"]) =>
      new Promise((resolve) => {
        const location = { file: place.file, line: place.line, column: 0 };
        answers.push(() => resolve({ location, confidence: "sure" }));
      }),
  } as unknown as SourceFinder;
  const store = new HintStore(slow);
  store.activate("Jaeger");
  for (const traceId of ["t1", "t2", "t3"]) {
    store.add("Jaeger", [spot("a.js", 4, [call(traceId, 5)])], from("Jaeger"));
    await settled();
  }
  assert.equal(answers.length, 1);
  answers[0]();
  await settled();
  assert.deepEqual(texts(store), ["4 p50 5 ms · 3 calls"]);
});

test("a defect of the look-up is told, and what was ended is not", async () => {
  const defects: unknown[] = [];
  const broken = { findPlace: () => Promise.reject(new Error("no such thing")) } as unknown as SourceFinder;
  const store = new HintStore(broken, (error) => defects.push(error));
  store.activate("Jaeger");
  store.add("Jaeger", [spot("a.js", 4, [call("t1", 5)])], from("Jaeger"));
  await settled();
  assert.equal(String(defects), "Error: no such thing");
});

test("what an origin no longer keeps is forgotten, and what others told stays", async () => {
  const store = storeOf("Received traces");
  store.add("Received traces", [spot("a.js", 4, [call("t1", 5)])], from("Received traces"));
  store.setWhole("Received traces", "a.js", answer([computed("a.js", 9, 200)]), from("Received traces"));
  store.add("", [spot("a.js", 12, [call("t2", 3)])], from(""));
  store.forget("Received traces");
  await settled();
  assert.deepEqual(texts(store), ["12 3 ms · 1 call"]);
});

test("the answer to what was measured since a save replaces the one before it where it names anything", async () => {
  const store = storeOf("Tempo");
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 200)], 50), from("Tempo"));
  store.setWhole("Tempo", "a.js", answer([], 150, 100), from("Tempo"));
  await settled();
  const dated = () =>
    store.hints("a.js", all, [100]).map((hint) => `${hint.generation} ${hint.line} ${hint.calls}`);
  assert.deepEqual(dated(), ["0 4 200"]);
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 4, 3)], 160, 100), from("Tempo"));
  await settled();
  assert.deepEqual(dated(), ["100 4 3"]);
  store.setWhole("Tempo", "a.js", answer([computed("a.js", 6, 5)], 170, 100), from("Tempo"));
  await settled();
  assert.deepEqual(dated(), ["0 4 200", "100 6 5"]);
});

test("a function that is found by its name is of the text in which it was found", async () => {
  const named = {
    findPlace: async () => ({ location: { file: "a.js", line: 9, column: 0 }, confidence: "likely" }),
  } as unknown as SourceFinder;
  const store = new HintStore(named);
  store.activate("Tempo");
  const before = Date.now();
  store.add("Tempo", [spot("a.js", 4, [call("t1", 5)])], from("Tempo"));
  await settled();
  const [{ line, foundMs }] = store.hints("a.js", all, [before]);
  assert.equal(line, 9);
  assert.ok(foundMs !== undefined && foundMs >= before);
});

test("a line that a source map names carries what its compiled line took, unless that has code of many lines", async () => {
  const mapped = (isMinified: boolean) =>
    ({
      findPlace: async () => ({
        location: { file: "a.ts", line: 9, column: 0 },
        confidence: "sure",
        mapped: { writtenMs: 150, isMinified },
      }),
    }) as unknown as SourceFinder;
  const hintsOf = async (finderOfMap: SourceFinder) => {
    const store = new HintStore(finderOfMap);
    store.activate("Tempo");
    store.add("Tempo", [spot("dist/a.js", 4, [call("t1", 5)])], from("Tempo"));
    await settled();
    return store.hints("a.ts", all, [100]).map((hint) => `${hint.generation} ${hint.line} ${hintText(hint)}`);
  };
  assert.deepEqual(await hintsOf(mapped(false)), ["100 9 5 ms · 1 call"]);
  assert.deepEqual(await hintsOf(mapped(true)), []);
});
