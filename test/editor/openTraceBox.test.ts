import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { EditorWindow } from "../../scripts/editorWindow.ts";
import {
  assertNoRefusals,
  fillBox,
  picture,
  sample,
  shownTrace,
  windowStory,
} from "../support/editorWindowStory.ts";
import { type ShopJaeger, slowTraceId, startShopJaeger } from "../support/shopJaeger.ts";

let jaeger: ShopJaeger;
before(async () => {
  jaeger = await startShopJaeger(sample);
});
after(() => jaeger.close());

const smallTraceId = "310788178d8b038081f9067a2e7f2644";
const spanId = "28ec4e300ee2f85a";
const connection = () => ({ "traceline.connections": [{ name: "Shop", kind: "jaeger", url: jaeger.url }] });

/** Fills the Open Trace box and presses Enter at once. */
async function answer(window: EditorWindow, text: string): Promise<void> {
  await fillBox(window, "Open Trace", text);
  await window.page.keyboard.press("Enter");
}

windowStory(
  "Open Trace takes an ID, a traceparent, a link and several at once",
  { on: ["newest", "oldest"], settings: connection },
  async (window) => {
    const { page } = window;
    const tabs = page.locator(".tabs-container .tab");
    await window.command("Traceline: Open Trace");
    await answer(window, smallTraceId.toUpperCase());
    await shownTrace(window, "GET /products");

    await window.command("Traceline: Open Trace");
    await fillBox(window, "Open Trace", `00-${slowTraceId}-${spanId}-01`);
    await window.quickPicks().filter({ hasText: "traceparent" }).waitFor();
    await picture(window, "open-trace");
    await page.keyboard.press("Enter");
    const slow = await shownTrace(window, "calculate taxes");
    await slow.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();

    await window.command("View: Close All Editors");
    await tabs.first().waitFor({ state: "detached" });
    await window.command("Traceline: Open Trace");
    await answer(window, `${jaeger.url}/trace/${slowTraceId}?uiFind=taxes`);
    await shownTrace(window, "calculate taxes");
    assert.equal(await tabs.count(), 1);

    await window.command("Traceline: Open Trace");
    await answer(window, `${slowTraceId} ${smallTraceId}`);
    await tabs.filter({ hasText: "GET /products" }).waitFor();
    await shownTrace(window, "GET /products");
    assert.equal(await tabs.count(), 2);

    await window.command("Traceline: Open Trace");
    await window.quickPicks().filter({ hasText: "GET /products" }).first().waitFor();
    await window.quickPicks().filter({ hasText: "gateway · POST /checkout" }).first().click();
    await page.locator(".tab.active", { hasText: "POST /checkout" }).waitFor();
    assertNoRefusals(window);
  },
);

windowStory(
  "A trace that is nowhere says where it was looked for; a link to an unknown server asks first",
  { settings: connection },
  async (window) => {
    const { page } = window;
    await window.command("Traceline: Open Trace");
    await answer(window, "0123456789abcdef0123456789abcdef");
    const missing = await window.frame(async (frame) => (await frame.locator(".placard h1").count()) > 0);
    const reason = (await missing.locator(".placard").textContent()) ?? "";
    assert.match(reason, /does not have the trace 0123456789abcdef0123456789abcdef/);
    assert.match(reason, /Retry/);
    await picture(window, "not-found");

    await window.command("Traceline: Open Trace");
    await answer(window, `http://tracing.invalid:16686/trace/${slowTraceId}`);
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    assert.match((await dialog.textContent()) ?? "", /tracing\.invalid:16686/);
    await picture(window, "unknown-server");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await window.command("Traceline: Open Trace");
    await fillBox(window, "Open Trace", "not a trace at all");
    await window.quickPicks().filter({ hasText: "Not a trace ID" }).waitFor();
    await picture(window, "no-trace-id");
    await page.keyboard.press("Escape");
  },
);
