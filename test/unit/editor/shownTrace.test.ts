import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { TraceAddress } from "../../../src/editor/address.ts";
import { ShownTrace } from "../../../src/editor/shownTrace.ts";
import type { LoadedTrace } from "../../../src/editor/traceLoader.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const trace = drawTrace("checkout ====");
const at = (traceId: string): TraceAddress => ({ kind: "connection", connection: "local", traceId });

function loaded(address: TraceAddress): LoadedTrace {
  return { trace, summary: { startMs: 0, durationNs: 0 }, address } as LoadedTrace;
}

/** A tab's trace whose fetches are answered by hand, whether they are wanted any more or not. */
function shown(t: TestContext) {
  const fetches: { address: TraceAddress; answer(): void; fail(): void }[] = [];
  const taken: string[] = [];
  const made = new ShownTrace(
    at("first"),
    (address) =>
      new Promise((resolve, reject) =>
        fetches.push({
          address,
          answer: () => resolve(loaded(address)),
          fail: () => reject(new Error("refused")),
        }),
      ),
    {
      progress: () => {},
      loaded: (found) => void taken.push(found.address.traceId),
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
