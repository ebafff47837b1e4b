import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { TraceGrowth } from "../../../src/editor/traceGrowth.ts";
import type { LoadedTrace } from "../../../src/editor/traceLoader.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { SpanSink } from "../../../src/model/spanSink.ts";
import type { Trace } from "../../../src/model/trace.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const whole = drawTrace(`
  checkout ====
   pay      ==
`);

/** A span whose parent has not come. */
function orphaned(): Trace {
  const sink = new SpanSink();
  sink.begin();
  Object.assign(sink.span, { trace3: 1, idLow: 2, parentLow: 9 });
  sink.commit(sink.addResource(), sink.addScope());
  return buildTrace(sink, 0);
}

/** A trace that ended so many ms ago. */
function loaded(agoMs: number, change: Partial<LoadedTrace> = {}): LoadedTrace {
  const summary = { startMs: Date.now() - agoMs, durationNs: 0, spans: 2 } as LoadedTrace["summary"];
  const address = { kind: "connection", connection: "Jaeger", traceId: whole.traceId } as const;
  return { trace: whole, summary, address, ...change } as LoadedTrace;
}

function growth(t: TestContext, answers: readonly boolean[] = [], seen = () => true) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_700_000_000_000 });
  let fetches = 0;
  const told: boolean[] = [];
  const made = new TraceGrowth(
    async () => answers[fetches++] ?? false,
    seen,
    (growing) => told.push(growing),
  );
  t.after(() => made.dispose());
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 100) {
      t.mock.timers.tick(100);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  return { made, pass, told, fetches: () => fetches };
}

test("A trace that has just ended is fetched again after two seconds", async (t) => {
  const { made, pass, fetches } = growth(t);
  made.loaded(loaded(500));
  await pass(1900);
  assert.equal(fetches(), 0);
  await pass(200);
  assert.equal(fetches(), 1);
  assert.equal(made.isGrowing, true);
});

test("A trace of a file does not grow by itself", async (t) => {
  const { made, pass, fetches } = growth(t);
  made.loaded(loaded(0, { address: { kind: "file", path: "a.otlp.jsonl", traceId: "" } }));
  await pass(20_000);
  assert.equal(fetches(), 0);
  assert.equal(made.isGrowing, false);
});

test("A trace that ended long ago is left alone", async (t) => {
  const { made, pass, fetches } = growth(t);
  made.loaded(loaded(61_000));
  await pass(60_000);
  assert.equal(fetches(), 0);
  assert.equal(made.isGrowing, false);
});

test("A trace that says it ends in a hundred years sets no timer that runs out at once", (t) => {
  const { made } = growth(t);
  const waits: (number | undefined)[] = [];
  t.mock.method(globalThis, "setTimeout", (_: () => void, ms?: number) => waits.push(ms));
  made.loaded(loaded(-100 * 365 * 86_400_000));
  assert.equal(waits.length, 2);
  assert.ok(waits.every((ms) => ms !== undefined && ms > 0 && ms < 2 ** 31));
});

test("A trace with a missing parent is waited for longer", async (t) => {
  const { made, pass, fetches } = growth(t);
  made.loaded(loaded(61_000, { trace: orphaned() }));
  await pass(2_100);
  assert.equal(fetches(), 1);
});

test("A missing parent that the source left out is not waited for", async (t) => {
  const { made, pass, fetches } = growth(t);
  made.loaded(loaded(61_000, { trace: orphaned(), partial: true }));
  await pass(2_100);
  assert.equal(fetches(), 0);
  assert.equal(made.isGrowing, false);
});

test("After five fetches without anything new it is left alone", async (t) => {
  const { made, pass, told, fetches } = growth(t);
  made.loaded(loaded(0, { trace: orphaned() }));
  assert.deepEqual(told, [true]);
  await pass(120_000);
  assert.equal(fetches(), 5);
  assert.equal(made.isGrowing, false);
  assert.deepEqual(told, [true, false]);
  made.seen();
  assert.deepEqual(told, [true, false, true]);
});

test("A tab that nobody sees fetches nothing until it is seen again", async (t) => {
  let isSeen = false;
  const { made, pass, fetches } = growth(t, [], () => isSeen);
  made.loaded(loaded(0));
  await pass(10_000);
  assert.equal(fetches(), 0);
  isSeen = true;
  made.seen();
  await pass(2_100);
  assert.equal(fetches(), 1);
});

test("A source that tells of more is asked at once, and otherwise not", async (t) => {
  const { made, pass, fetches } = growth(t, [true]);
  made.loaded(loaded(0, { live: true }));
  await pass(5_000);
  assert.equal(fetches(), 0);
  for (let i = 0; i < 50; i++) made.received();
  await pass(300);
  assert.equal(fetches(), 1);
});

test("One whose source tells of more is done a minute after its end, and that is told", async (t) => {
  const { made, pass, told } = growth(t);
  made.loaded(loaded(10_000, { live: true }));
  await pass(49_900);
  assert.deepEqual(told, [true]);
  await pass(200);
  assert.deepEqual(told, [true, false]);
});

test("What comes while a fetch is under way leads to one more", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_700_000_000_000 });
  let answer = (_: boolean) => {};
  let fetches = 0;
  const made = new TraceGrowth(
    () => {
      fetches++;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    () => true,
  );
  t.after(() => made.dispose());
  made.loaded(loaded(0, { live: true }));
  made.received();
  t.mock.timers.tick(100);
  assert.equal(fetches, 1);
  made.received();
  made.received();
  t.mock.timers.tick(1000);
  assert.equal(fetches, 1);
  answer(true);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  t.mock.timers.tick(100);
  assert.equal(fetches, 2);
});

test("What is told of all the time is fetched at most ten times a second, and not only when it ends", async (t) => {
  const { made, fetches } = growth(t, Array(100).fill(true));
  made.loaded(loaded(0, { live: true }));
  for (let ms = 0; ms < 2000; ms += 50) {
    made.received();
    t.mock.timers.tick(50);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
  assert.ok(fetches() >= 10 && fetches() <= 20, `${fetches()} fetches`);
});

for (const [what, meanwhile] of [
  ["a fetch of the person's ends", (made: TraceGrowth) => made.loaded(loaded(0, { live: true }))],
  ["the tab is looked at again", (made: TraceGrowth) => made.seen()],
] as const) {
  test(`What is told of is fetched although ${what} before`, async (t) => {
    const { made, pass, fetches } = growth(t, [true]);
    made.loaded(loaded(0, { live: true }));
    made.received();
    meanwhile(made);
    await pass(200);
    assert.equal(fetches(), 1);
  });
}
