import assert from "node:assert/strict";
import {
  assertNoRefusals,
  chooseFromMenu,
  picture,
  reloadWindow,
  shownTrace,
  windowStory,
} from "../support/editorWindowStory.ts";

windowStory(
  "The trace page works by keyboard, and a reload of the window brings the tab back as it was",
  {},
  async (window) => {
    const { page } = window;
    await window.openFile("checkout-slow.otlp.json");
    const trace = await shownTrace(window, "POST /checkout");
    await page.keyboard.press("ArrowDown");
    await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "SELECT cart_lines" }).waitFor();
    await page.keyboard.press("ControlOrMeta+F");
    await page.keyboard.type("reserve stock");
    await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "reserve stock" }).waitFor();
    await trace.frame.locator(".find-count", { hasText: "1 of 1" }).waitFor();
    await picture(window, "find");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await trace.frame.locator("dialog[open]").waitFor();
    await picture(window, "keys");
    await page.keyboard.press("Escape");
    await trace.frame.locator("dialog[open]").waitFor({ state: "detached" });

    await reloadWindow(window);
    const again = await shownTrace(window, "reserve stock");
    await again.frame.locator('.span-row[aria-selected="true"]', { hasText: "reserve stock" }).waitFor();
    assert.equal(await page.locator(".tab.active").count(), 1);
    assertNoRefusals(window);
  },
);

windowStory(
  "A tab nobody has touched is back after a reload of the window",
  { on: ["newest", "oldest"] },
  async (window) => {
    const file = (name: string) =>
      window.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name });
    await file("traces").click();
    await file("checkout-slow.otlp.json").click({ button: "right" });
    await chooseFromMenu(window, "Open Trace File");
    await shownTrace(window, "POST /checkout");
    await reloadWindow(window);
    await shownTrace(window, "POST /checkout");
  },
);

windowStory("Light, dark and high-contrast themes restyle an open trace", {}, async (window) => {
  await window.openFile("checkout-slow.otlp.json");
  const trace = await shownTrace(window, "POST /checkout");
  await trace.select("calculate taxes");
  await trace.frame.locator(".source-open").waitFor();
  const themes: readonly [string, string, string][] = [
    ["Dark Modern", "vscode-dark", "dark"],
    ["Dark High Contrast", "vscode-high-contrast", "high-contrast"],
    ["Light High Contrast", "vscode-high-contrast-light", "high-contrast-light"],
    ["Light Modern", "vscode-light", "light"],
  ];
  for (const [name, kind, file] of themes) {
    await window.command("Preferences: Color Theme");
    await window.quickPicks().first().waitFor();
    await window.quickInput(name);
    await trace.frame.locator(`body.${kind}`).waitFor();
    await window.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    await picture(window, `trace-${file}`);
  }
});
