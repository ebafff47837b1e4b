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
import { freePort } from "../support/freePort.ts";
import { type ShopJaeger, slowTraceId, startShopJaeger } from "../support/shopJaeger.ts";
import { type ShopTempo, startShopTempo } from "../support/shopTempo.ts";

let jaeger: ShopJaeger;
let tempo: ShopTempo;
let gonePort: number;
before(async () => {
  jaeger = await startShopJaeger(sample);
  tempo = await startShopTempo(sample);
  gonePort = await freePort();
});
after(async () => {
  await jaeger.close();
  await tempo.close();
});

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
    await choose(window, "User settings");
    await window
      .notification(/Added Jaeger \(127\.0\.0\.1:\d+\)\. Jaeger, (?!.*http).*API v3, 4 services/)
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

const shopTempo = () => ({ name: "Shop Tempo", kind: "tempo", url: tempo.url });

windowStory(
  "The slow checkout is found with TraceQL, in the form and in an editor",
  { settings: () => ({ "traceline.connections": [shopTempo()] }) },
  async (window) => {
    const { page } = window;
    await window.command("Traceline: Search Traces");
    await page.locator(".quick-input-title", { hasText: "Search Traces" }).waitFor();
    await picture(window, "search-form-tempo");
    await choose(window, "TraceQL");
    await fillBox(window, "TraceQL", '{ resource.service.name = "gateway" && duration > }');
    await page
      .locator(".quick-input-message", { hasText: 'Column 50: a value is missing after ">"' })
      .waitFor();
    await picture(window, "traceql-mistake");
    await page.keyboard.press("Enter");
    assert.ok(!tempo.asked.some((path) => path.startsWith("/api/search?")), "the mistake was sent");
    // The mistake is selected then, which would undo the selection of all that is to be typed over.
    await page.waitForFunction(() => {
      const box = document.querySelector<HTMLInputElement>(".quick-input-widget input.input");
      return box !== null && box.selectionStart !== box.value.length;
    });
    await fillBox(window, "TraceQL", '{ resource.service.name = "gateway" && duration > 500ms }');
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-title", { hasText: "Search Traces" }).waitFor();
    assert.equal(await window.quickPicks().filter({ hasText: "Minimum duration" }).count(), 0);
    await picture(window, "search-form-traceql");
    await choose(window, "Search");
    const row = searchResult(window, /POST \/checkout.*73 spans/);
    await row.waitFor();
    assert.equal(await searchResult(window, "spans").count(), 1);
    await row.click();
    const trace = await shownTrace(window, "calculate taxes");
    // A page that has just come takes the focus, and the form goes when it loses it.
    await trace.select("calculate taxes");
    await trace.selected().filter({ hasText: "calculate taxes" }).waitFor();

    await window.command("Traceline: Search Traces");
    await choose(window, "Edit TraceQL");
    await page.locator(".tab.active", { hasText: "Untitled" }).waitFor();
    await page.locator(".codelens-decoration", { hasText: "Run in Shop Tempo" }).waitFor();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" | select(span.shop.country) | cou");
    await page.locator(".suggest-widget .monaco-list-row", { hasText: "count" }).first().waitFor();
    await picture(window, "traceql-editor");
    await page.keyboard.press("Enter");
    await page.keyboard.press("End");
    await page.keyboard.type(" > 0");
    const before = tempo.asked.length;
    await page.keyboard.press("Control+Enter");
    await page.locator(".part.sidebar .pane-header", { hasText: "count() > 0 · last 1h" }).waitFor();
    await page.locator(".part.sidebar .message", { hasText: /^1 trace$/ }).waitFor();
    const ran = tempo.asked.slice(before).find((path) => path.startsWith("/api/search?")) ?? "";
    assert.match(ran.replaceAll("+", " "), /\| select\(span\.shop\.country\) \| count\(\) > 0/);
    await picture(window, "traceql-run");
  },
);

windowStory(
  "Tags are completed with the keys and values that the backend has, by keyboard",
  { settings: () => ({ "traceline.connections": [shopTempo()] }) },
  async (window) => {
    const { page } = window;
    await window.command("Traceline: Search Traces");
    await choose(window, "Tags");
    await fillBox(window, "Tags", "service.na");
    const box = page.locator(".quick-input-widget:visible input.input");
    const first = (text: string | RegExp) => window.quickPicks().first().filter({ hasText: text }).waitFor();
    await first("service.name");
    await page.keyboard.press("Enter");
    await first(/^gateway$/);
    assert.equal(await box.inputValue(), "service.name=");
    await picture(window, "search-tags");
    await page.keyboard.press("Enter");
    await first(/Use these tags\s*service\.name=gateway/);
    assert.equal(await box.inputValue(), "service.name=gateway ");
    await page.keyboard.press("Enter");
    await window
      .quickPicks()
      .filter({ hasText: "Tags" })
      .filter({ hasText: "service.name=gateway" })
      .waitFor();
  },
);

windowStory(
  "A search of all connections shows what each has and which of them failed",
  {
    settings: () => ({
      "traceline.connections": [
        { name: "Shop Jaeger", kind: "jaeger", url: jaeger.url },
        shopTempo(),
        { name: "Gone", kind: "zipkin", url: `http://127.0.0.1:${gonePort}` },
      ],
    }),
  },
  async (window) => {
    const { page } = window;
    await window.command("Traceline: Search Traces");
    await choose(window, "Connection");
    await choose(window, "All connections");
    await page.locator(".quick-input-title", { hasText: "Search Traces" }).waitFor();
    await window.quickPicks().filter({ hasText: "Shop Tempo only" }).first().waitFor();
    await picture(window, "search-form-all");
    await choose(window, "Service");
    await choose(window, "pricing");
    await choose(window, "Search");
    const row = searchResult(window, /POST \/checkout.*Shop Jaeger, Shop Tempo.*73 spans/);
    await row.waitFor();
    await page.locator(".part.sidebar", { hasText: /Gone: .*refused the connection/ }).waitFor();
    await picture(window, "search-all");
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
