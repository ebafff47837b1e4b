import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import type { EditorWindow } from "../../scripts/editorWindow.ts";
import { picture, sample, shownTrace, windowStory } from "../support/editorWindowStory.ts";
import { type ShopJaeger, slowTraceId, startShopJaeger } from "../support/shopJaeger.ts";

let jaeger: ShopJaeger;
let folder = "";
before(async () => {
  jaeger = await startShopJaeger(sample);
  folder = mkdtempSync(join(tmpdir(), "tl-links-"));
});
after(async () => {
  await jaeger.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const smallTraceId = "310788178d8b038081f9067a2e7f2644";
const spanId = "28ec4e300ee2f85a";
const md5 = "d41d8cd98f00b204e9800998ecf8427e";
const settings = () => ({
  "traceline.connections": [{ name: "Shop", kind: "jaeger", url: jaeger.url }],
  "terminal.integrated.gpuAcceleration": "off",
});

/** The links that are drawn in the editor, by their text. */
async function linksIn(window: EditorWindow, count: number): Promise<string[]> {
  const links = window.page.locator(".monaco-editor .detected-link");
  await links.nth(count - 1).waitFor();
  return (await links.allTextContents()).map((text) => text.trim());
}

windowStory(
  "Trace IDs in a log file are links that open the trace at its span; a checksum is none",
  {
    settings,
    folder: () => {
      const lines = [
        `12:00:01 INFO order placed trace_id=${slowTraceId} span_id=${spanId}`,
        `12:00:02 INFO md5 ${md5} of the invoice`,
        `12:00:03 INFO seen ${slowTraceId} again`,
      ];
      writeFileSync(join(folder, "shop.log"), `${lines.join("\n")}\n`);
      const long = Array.from({ length: 20_000 }, (_, i) => `line ${i + 1}`);
      long[14_999] = `here traceId=${smallTraceId}`;
      writeFileSync(join(folder, "long.log"), `${long.join("\n")}\n`);
      return folder;
    },
  },
  async (window) => {
    const { page } = window;
    await window.openFile("shop.log");
    // Before the trace was opened only the id that says what it is leads to it.
    assert.deepEqual(await linksIn(window, 1), [slowTraceId]);
    await page
      .locator(".detected-link")
      .first()
      .click({ modifiers: ["ControlOrMeta"] });
    const shown = await shownTrace(window, "calculate taxes");
    await shown.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();

    await window.openFile("shop.log");
    await page.locator(".monaco-editor .view-lines").click();
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.type("x");
    assert.deepEqual(await linksIn(window, 2), [slowTraceId, slowTraceId]);
    await picture(window, "log-links");
    await window.command("File: Revert File");

    await window.openFile("long.log");
    await page.keyboard.press("ControlOrMeta+G");
    await page.keyboard.type("15000");
    await page.keyboard.press("Enter");
    assert.deepEqual(await linksIn(window, 1), [smallTraceId]);
  },
);

windowStory(
  "A trace ID in the output of a terminal is a link that opens the trace",
  { settings },
  async (window) => {
    const { page } = window;
    await window.command("Terminal: Create New Terminal");
    const terminal = page.locator(".terminal-wrapper.active .xterm").first();
    await terminal.click();
    await page.keyboard.type(`clear; echo done trace_id=${slowTraceId}`);
    await page.keyboard.press("Enter");
    const line = terminal.locator(".xterm-rows > div", { hasText: `done trace_id=${slowTraceId}` }).last();
    await line.waitFor();
    const box = await line.boundingBox();
    assert.ok(box);
    const columns = (await line.textContent())?.indexOf(slowTraceId) ?? 0;
    const width = await page.evaluate(() => {
      const measured = document.querySelector(".xterm-rows > div span")?.getBoundingClientRect();
      const text = document.querySelector(".xterm-rows > div span")?.textContent ?? "";
      return measured === undefined ? 0 : measured.width / text.length;
    });
    const x = box.x + (columns + 8) * width;
    const y = box.y + box.height / 2;
    await page.mouse.move(x, y);
    await page.mouse.move(x + 2, y);
    await page.getByText("Open trace in Traceline").waitFor();
    await picture(window, "terminal-link");
    await page.keyboard.down("Control");
    await page.mouse.click(x, y);
    await page.keyboard.up("Control");
    await shownTrace(window, "SELECT cart_lines");
  },
);
