import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { TraceTabs } from "../../../src/editor/traceTabs.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";
import { editor } from "../../support/fakeVscode.ts";

const { FollowNewest } = await import("../../../src/editor/received/followNewest.ts");

function summary(traceId: string): TraceSummary {
  return { traceId, startMs: Date.now() + 1000 } as TraceSummary;
}

test("Turned off in the middle of a burst and on again, it follows what comes then", async (t) => {
  editor.reset();
  const vscode = (await import("vscode")) as unknown as { window: Record<string, unknown> };
  vscode.window.setStatusBarMessage ??= () => {};
  const opened: string[] = [];
  const tabs = {
    has: () => false,
    open: (address: { traceId: string }) => void opened.push(address.traceId),
  };
  const follow = new FollowNewest(tabs as unknown as TraceTabs);
  t.after(() => follow.dispose());
  follow.toggle();
  follow.received([summary("a")]);
  follow.toggle();
  follow.toggle();
  follow.received([summary("b")]);
  await pause(600);
  assert.deepEqual(opened, ["b"]);
});

/** What a follower shows of what comes, burst by burst, in how many tabs. */
function following(t: TestContext) {
  editor.reset();
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_700_000_000_000 });
  const shown: string[] = [];
  const tabs: { isPinned: boolean; goTo(address: { traceId: string }): void }[] = [];
  const goTo = ({ traceId }: { traceId: string }) => void shown.push(traceId);
  const all = {
    has: () => true,
    open(address: { traceId: string }) {
      goTo(address);
      return tabs[tabs.push({ isPinned: false, goTo }) - 1];
    },
  };
  const follow = new FollowNewest(all as unknown as TraceTabs);
  t.after(() => follow.dispose());
  /** A trace whose start is so many ms from now, and the end of its burst. */
  const come = (traceId: string, fromNowMs: number) => {
    follow.received([{ traceId, startMs: Date.now() + fromNowMs } as TraceSummary]);
    t.mock.timers.tick(1000);
  };
  return { follow, come, shown, tabs };
}

test("A trace from the future does not keep it from following those that come after", (t) => {
  const { follow, come, shown } = following(t);
  follow.toggle();
  come("of the year 2100", 70 * 365 * 86_400_000);
  come("after", 1);
  assert.deepEqual(shown, ["of the year 2100", "after"]);
});

test("A program whose clock is behind is followed too", (t) => {
  const { follow, come, shown } = following(t);
  come("before", -300_000);
  follow.toggle();
  come("first", -300_000);
  come("second", -300_000);
  come("older", -400_000);
  assert.deepEqual(shown, ["first", "second"]);
});

test("A tab that the person has pinned keeps its trace", (t) => {
  const { follow, come, shown, tabs } = following(t);
  follow.toggle();
  come("first", 0);
  tabs[0].isPinned = true;
  come("second", 0);
  come("third", 0);
  assert.deepEqual(shown, ["first", "second", "third"]);
  assert.equal(tabs.length, 2);
});
