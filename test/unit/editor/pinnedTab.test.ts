import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebviewPanel } from "vscode";
import "../../support/fakeVscode.ts";

const vscode = (await import("vscode")) as unknown as {
  window: Record<string, unknown>;
  TabInputWebview: new (viewType: string) => unknown;
};
const { isPinned } = await import("../../../src/editor/pinnedTab.ts");

function tab(label: string, pinned: boolean, viewType = "mainThreadWebview-traceline.trace") {
  return { label, isPinned: pinned, input: new vscode.TabInputWebview(viewType) };
}

const panel = { viewColumn: 1, viewType: "traceline.trace", visible: true, title: "cart" };

for (const [what, tabs, front, visible, expected] of [
  ["on screen is the tab in front", [tab("cart", true), tab("cart", false)], 1, true, false],
  ["on screen that is pinned is known", [tab("cart", true), tab("cart", false)], 0, true, true],
  ["behind another is found by its title", [tab("cart", true), tab("pay", false)], 1, false, true],
  ["behind that may be one of two is not", [tab("cart", true), tab("cart", false)], 1, false, false],
  ["is not a file's tab of its name", [tab("cart", true, "other"), tab("pay", false)], 1, false, false],
] as const) {
  test(`A page's tab ${what}`, () => {
    vscode.window.tabGroups = { all: [{ viewColumn: 1, tabs, activeTab: tabs[front] }] };
    assert.equal(isPinned({ ...panel, visible } as WebviewPanel), expected);
  });
}
