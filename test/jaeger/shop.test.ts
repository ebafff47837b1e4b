import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { openEditorWindow } from "../../scripts/editorWindow.ts";
import { projectRoot } from "../../scripts/projectRoot.ts";
import { runToEnd } from "../../scripts/runningProcess.ts";
import {
  caretAt,
  choose,
  fillBox,
  findRow,
  openSideBar,
  picture,
  sample,
  searchResult,
  shownTrace,
  sideBarRow,
} from "../support/editorWindowStory.ts";
import { jaegerTest } from "./server.ts";

let workspace: string;
before(async () => {
  workspace = await mkdtemp(join(tmpdir(), "traceline-shop-"));
  const filter = (path: string) => !/[/\\](node_modules|\.venv|traces)$/.test(path);
  await cp(sample, workspace, { recursive: true, filter });
});
after(() => rm(workspace, { recursive: true, force: true }));

jaegerTest(
  "The shop's traces are searched, opened, jumped from and back to, in a real Jaeger",
  async (jaeger) => {
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpHttp, SHOP_ROOT: "/srv/shop" };
    await runToEnd(process.execPath, ["run.mjs", "--requests", "7"], { cwd: sample, env });
    const window = await openEditorWindow({
      workspace,
      extensionPath: process.env.TRACELINE_EXTENSION ?? projectRoot,
    });
    try {
      const { page } = window;
      await window.command("Traceline: Add Connection");
      await fillBox(window, "Add Connection", jaeger.uiUrl);
      await page.keyboard.press("Enter");
      await choose(window, "User settings");
      await window.notification(/Added Jaeger .* services?/).waitFor();

      await window.command("Traceline: Search Traces");
      await choose(window, "Service");
      await window.quickPicks().filter({ hasText: "gateway" }).first().waitFor();
      await choose(window, "gateway");
      await choose(window, "Minimum duration");
      await fillBox(window, "Minimum duration", "10ms");
      await page.keyboard.press("Enter");
      await choose(window, "Tags");
      await fillBox(window, "Tags", "shop.cart.id=housewarming");
      await page.keyboard.press("Enter");
      await choose(window, "Operation");
      await window.quickPicks().filter({ hasText: "POST /checkout" }).first().waitFor();
      await choose(window, "POST /checkout");
      await choose(window, "Search");
      const found = searchResult(window, "gateway · POST /checkout");
      await found.first().waitFor();
      assert.equal(await found.count(), 1, "one checkout is of this cart");
      await picture(window, "jaeger-search");
      await found.click();

      const trace = await shownTrace(window, "POST /checkout");
      await findRow(window, trace, "calculate taxes");
      await trace.frame.locator(".source-open", { hasText: "pricing/src/taxes.ts:22" }).waitFor();
      await page.keyboard.press("Enter");
      await caretAt(window, "taxes.ts:22");
      const lens = window.codeLens(/\d+ calls?/).first();
      await lens.waitFor();
      await picture(window, "jaeger-line");

      await window.command("View: Close Editors in Other Groups");
      await page.locator(".tab", { hasText: "POST /checkout" }).waitFor({ state: "detached" });
      await lens.click();
      const again = await shownTrace(window, "calculate taxes");
      await again.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();

      await openSideBar(window);
      await sideBarRow(window, /GET \/products/)
        .first()
        .waitFor();
      await picture(window, "jaeger-side-bar");
    } finally {
      await window.close();
    }
  },
);
