import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { TraceAddress } from "../../../src/editor/address.ts";
import type { RecentTrace } from "../../../src/editor/recentTraces.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";
import { editor } from "../../support/fakeVscode.ts";

const { goneTraces } = await import("../../../src/editor/received/goneTraces.ts");
const { RecentTraces } = await import("../../../src/editor/recentTraces.ts");

const received = "Received traces";

/** A window whose list has the traces of these ids, and a store that keeps those of `kept`. */
function scene(t: TestContext, ids: readonly string[], isRunning = true) {
  const recent = new RecentTraces(editor.memento() as never);
  recent.seen(received, ids.map(summary), 0);
  const kept = new Set(ids);
  const told = { asked: 0, emptied: 0 };
  const known = async (asked: readonly string[]) => {
    told.asked++;
    return asked.filter((id) => kept.has(id));
  };
  const watch = goneTraces({ isRunning, known }, recent, () => void told.emptied++, 5);
  t.after(() => watch.dispose());
  return { recent, kept, told, listed: () => recent.list().map(({ address }) => address.traceId) };
}

function summary(traceId: string): TraceSummary {
  return {
    traceId,
    startMs: 1,
    durationNs: 1,
    spans: 1,
    errors: 0,
    rootService: "",
    rootName: "",
    services: [],
  } as TraceSummary;
}

/** Waits until it has been asked twice more: the first may have been under way. */
async function looked({ told }: { told: { asked: number } }): Promise<void> {
  const until = told.asked + 2;
  while (told.asked < until) await new Promise((resolve) => setTimeout(resolve, 2));
}

test("Traces deleted in another window leave the list, and so do their latencies when none is left", async (t) => {
  const window = scene(t, ["a", "b"]);
  await looked(window);
  assert.deepEqual(window.listed().sort(), ["a", "b"]);
  window.kept.clear();
  while (window.listed().length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal(window.told.emptied, 1);
});

test("A trace that retention has deleted leaves the list, opened, pinned or not; the others stay", async (t) => {
  const window = scene(t, ["a", "b", "c"]);
  for (const trace of window.recent.list().filter(({ address }) => address.traceId !== "b"))
    window.recent.pin(trace, true);
  window.kept.delete("a");
  window.kept.delete("b");
  await looked(window);
  assert.deepEqual(window.listed(), ["c"]);
  assert.equal(window.told.emptied, 0);
});

test("A trace that was deleted and is received again is listed again", async (t) => {
  const window = scene(t, ["a", "b"]);
  window.kept.delete("a");
  await looked(window);
  window.kept.add("a");
  window.recent.seen(received, [summary("a")], 0);
  await looked(window);
  assert.deepEqual(window.listed().sort(), ["a", "b"]);
});

test("Traces of other connections and of files, and merged ones, are none of its business", async (t) => {
  const window = scene(t, ["a"]);
  const others: TraceAddress[] = [
    { kind: "connection", connection: "staging", traceId: "x" },
    { kind: "connection", connection: received, traceId: "y", merged: true },
    { kind: "file", path: "/a/b.json", traceId: "z" },
  ];
  for (const address of others) window.recent.opened(address, summary(address.traceId));
  await looked(window);
  assert.deepEqual(window.listed().sort(), ["a", "x", "y", "z"]);
});

test("Nothing is asked while no thread runs, and nothing dropped when it cannot answer", async (t) => {
  const still = scene(t, ["a"], false);
  const trace: RecentTrace = still.recent.list()[0];
  let asked = 0;
  const known = () => {
    asked++;
    return Promise.reject(new Error("The store is damaged."));
  };
  const watch = goneTraces({ isRunning: true, known }, still.recent, () => assert.fail(), 5);
  t.after(() => watch.dispose());
  while (asked < 2) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.deepEqual(still.recent.list(), [trace]);
  assert.equal(still.told.asked, 0);
});
