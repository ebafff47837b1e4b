import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { TraceAddress } from "../../../src/editor/address.ts";
import { ShownTrace } from "../../../src/editor/shownTrace.ts";
import type { LoadedTrace } from "../../../src/editor/traceLoader.ts";
import type { Trace } from "../../../src/model/trace.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const trace = drawTrace("checkout ====");
const at = (traceId: string): TraceAddress => ({ kind: "connection", connection: "local", traceId });

const grown = drawTrace(`
  checkout ====
   pay      ==
`);

function loaded(address: TraceAddress, its = trace): LoadedTrace {
  return { trace: its, summary: { startMs: 0, durationNs: 0 }, address } as LoadedTrace;
}

/** A tab's trace whose fetches are answered by hand, whether they are wanted any more or not. */
function shown(t: TestContext) {
  const fetches: { address: TraceAddress; answer(its?: Trace): void; fail(): void }[] = [];
  const taken: string[] = [];
  const made = new ShownTrace(
    at("first"),
    (address) =>
      new Promise((resolve, reject) =>
        fetches.push({
          address,
          answer: (its) => resolve(loaded(address, its)),
          fail: () => reject(new Error("refused")),
        }),
      ),
    {
      progress: () => {},
      loaded: (found, isGrown) => void taken.push(`${found.address.traceId}${isGrown ? ", grown" : ""}`),
      grown: () => {},
      growing: () => {},
      isSeen: () => true,
    },
  );
  t.after(() => made.dispose());
  return { made, fetches, taken };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("An answer that comes after the tab went on to another trace is not taken", async (t) => {
  const { made, fetches, taken } = shown(t);
  made.goTo(at("second"));
  fetches[0].answer();
  await settled();
  const opened = made.open(true);
  assert.equal(fetches[1].address.traceId, "second");
  fetches[1].answer();
  assert.equal((await opened).address.traceId, "second");
  assert.deepEqual(taken, ["second"]);
});

test("An older answer is never taken over a newer one", async (t) => {
  const { made, fetches, taken } = shown(t);
  const newer = made.open(true);
  fetches[1].answer();
  await newer;
  fetches[0].answer();
  await settled();
  assert.deepEqual(taken, ["first"]);
});

test("A fetch that ends because another has begun is not begun a third time", async (t) => {
  const { made, fetches } = shown(t);
  const older = made.open(false);
  const newer = made.open(true);
  fetches[0].fail();
  await assert.rejects(older);
  fetches[1].answer();
  await newer;
  assert.equal(made.isStale, false);
  await made.open(false);
  assert.equal(fetches.length, 2);
});

test("A fetch that failed is begun anew when the page asks again", async (t) => {
  const { made, fetches } = shown(t);
  const first = made.open(false);
  fetches[0].fail();
  await assert.rejects(first, /refused/);
  const second = made.open(false);
  fetches[1].answer();
  assert.equal((await second).address.traceId, "first");
});

/** Until a number of fetches has begun; they must within half a minute. */
async function begun(fetches: readonly unknown[], count: number): Promise<void> {
  for (const limit = Date.now() + 30_000; fetches.length < count; ) {
    assert.ok(Date.now() < limit, `${fetches.length} fetches instead of ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("What arrives while the first fetch is on its way is fetched after it", async (t) => {
  const { made, fetches, taken } = shown(t);
  made.received();
  // Longer than what is told of waits: the first answer comes after it.
  await new Promise((resolve) => setTimeout(resolve, 150));
  fetches[0].answer();
  await begun(fetches, 2);
  fetches[1].answer(grown);
  await settled();
  assert.equal(made.loaded?.trace.length, 2);
  assert.deepEqual(taken, ["first", "first, grown"]);
});

test("What arrives while the person fetches again is not lost to an answer that is older", async (t) => {
  const { made, fetches } = shown(t);
  fetches[0].answer();
  await made.loading;
  const again = made.open(true);
  made.received();
  await begun(fetches, 3);
  fetches[1].answer();
  await again;
  fetches[2].answer(grown);
  await settled();
  assert.equal(made.loaded?.trace.length, 2);
});
