import assert from "node:assert/strict";
import { test } from "node:test";
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
