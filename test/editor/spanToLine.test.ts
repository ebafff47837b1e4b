import assert from "node:assert/strict";
import { assertNoRefusals, caretAt, picture, shownTrace, windowStory } from "../support/editorWindowStory.ts";

windowStory(
  "From a trace file to the slow line and back: Enter, CodeLens, hover",
  { on: ["newest", "oldest"] },
  async (window) => {
    await window.openFile("checkout-slow.otlp.json");
    const trace = await shownTrace(window, "POST /checkout");
    assert.equal(await trace.selected().textContent(), "POST /checkout");
    await trace.select("calculate taxes");
    await trace.frame.locator(".source-open", { hasText: "pricing/src/taxes.ts:22" }).waitFor();
    await picture(window, `waterfall-${window.server.version}`);

    await window.page.keyboard.press("Enter");
    await caretAt(window, "taxes.ts:22");
    const lens = window.codeLens("465 ms · 1 call");
    await lens.waitFor();
    await window.page
      .locator(".view-line", { hasText: "calculate taxes" })
      .hover({ position: { x: 120, y: 8 } });
    const hover = window.page.locator(".monaco-hover:visible", { hasText: "Own time" });
    await hover.waitFor();
    await picture(window, `line-${window.server.version}`);
    assert.match(
      (await hover.textContent()) ?? "",
      /calculate\staxes\s·\spricing.*of the critical path.*Slowest/,
    );

    await window.page.keyboard.press("Escape");
    await lens.click();
    const again = await shownTrace(window, "calculate taxes");
    await again.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();
    assertNoRefusals(window);
  },
);

windowStory("Alt+Shift+S jumps to the slowest span's line, and the palette walks on", {}, async (window) => {
  await window.openFile("checkout-slow.otlp.json");
  const trace = await shownTrace(window, "POST /checkout");
  await window.page.keyboard.press("Alt+Shift+S");
  await caretAt(window, "taxes.ts:22");
  await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();
  await window.command("Traceline: Next Slow Span");
  await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "POST /quotes" }).waitFor();
  await window.command("Traceline: Previous Slow Span");
  await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();
});

windowStory("A span without a line says why, and what would make one possible", {}, async (window) => {
  await window.openFile("checkout-slow.otlp.json");
  const trace = await shownTrace(window, "POST /checkout");
  await window.page.keyboard.press("ControlOrMeta+F");
  await window.page.keyboard.type("fingerprintCard");
  await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "fingerprintCard" }).waitFor();
  const source = trace.frame.locator("section.source");
  await source.locator(".source-open, .source-none, .source-choices").first().waitFor();
  await picture(window, "source-of-plain-span");
});
