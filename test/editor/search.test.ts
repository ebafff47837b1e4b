import assert from "node:assert/strict";
import { after, before } from "node:test";
import {
  choose,
  fillBox,
  picture,
  sample,
  searchResult,
  shownTrace,
  windowStory,
} from "../support/editorWindowStory.ts";
import { type ShopJaeger, slowTraceId, startShopJaeger } from "../support/shopJaeger.ts";

let jaeger: ShopJaeger;
before(async () => {
  jaeger = await startShopJaeger(sample);
});
after(() => jaeger.close());

windowStory(
  "Add Connection takes a typed address, and Search Traces is filled in by keyboard",
  {},
  async (window) => {
    const { page } = window;
    await window.command("Traceline: Add Connection");
    await fillBox(window, "Add Connection", `${jaeger.url}/search?service=gateway`);
    await window.quickPicks().filter({ hasText: "Connect to" }).waitFor();
    await picture(window, "add-connection");
    await page.keyboard.press("Enter");
    await window
      .notification(/Added Jaeger \(127\.0\.0\.1:\d+\)\. Jaeger at http.*API v3, 4 services/)
      .waitFor();
    await page.locator(".statusbar-item", { hasText: "Jaeger (127.0.0.1" }).waitFor();

    await window.command("Traceline: Search Traces");
    await choose(window, "Service");
    await window.quickPicks().filter({ hasText: "pricing" }).waitFor();
    await choose(window, "pricing");
    await choose(window, "Minimum duration");
    await fillBox(window, "Minimum duration", "soon");
    await page.locator(".quick-input-message", { hasText: "Not a duration" }).waitFor();
    await fillBox(window, "Minimum duration", "1ms");
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-title", { hasText: "Search Traces" }).waitFor();
    await picture(window, "search-form");
    await choose(window, "Search");
    const row = searchResult(window, /POST \/checkout.*73 spans/);
    await row.waitFor();
    const asked = jaeger.asked.find((path) => path.includes("duration_min")) ?? "";
    assert.match(asked, /query\.service_name=pricing/);
    assert.match(asked, /query\.duration_min=1000000ns/);
    await picture(window, "search-results");
    await row.click();
    await shownTrace(window, "calculate taxes");
  },
);

windowStory(
  "A link from outside opens a trace of a connection the person has, after VS Code has asked",
  {
    settings: () => ({ "traceline.connections": [{ name: "Shop", kind: "jaeger", url: jaeger.url }] }),
  },
  async (window) => {
    const { page } = window;
    const follow = async (link: string) => {
      await window.command("Developer: Open URL");
      await window.quickInput(link);
      const dialog = page.locator(".monaco-dialog-box", { hasText: "Traceline" });
      await dialog.waitFor();
      await dialog.getByRole("button", { name: "Open", exact: true }).click();
    };
    await follow(`vscode://traceline.traceline/trace/${slowTraceId}?connection=Shop&span=28ec4e300ee2f85a`);
    const trace = await shownTrace(window, "calculate taxes");
    await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();
    await follow(`vscode://traceline.traceline/trace/x?file=${encodeURIComponent("/etc/hostname")}`);
    const asked = page.locator(".monaco-dialog-box", { hasText: "A link asks to open a trace file" });
    await asked.waitFor();
    assert.match((await asked.textContent()) ?? "", /\/etc\/hostname/);
    await picture(window, "link-to-file");
    await page.keyboard.press("Escape");
    await asked.waitFor({ state: "detached" });
    assert.equal(await page.locator(".tabs-container .tab").count(), 1);
  },
);
