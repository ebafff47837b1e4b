import assert from "node:assert/strict";
import { after, before } from "node:test";
import {
  chooseFromMenu,
  openSideBar,
  picture,
  sample,
  shownTrace,
  sideBarRow,
  windowStory,
} from "../support/editorWindowStory.ts";
import { type ShopJaeger, startShopJaeger } from "../support/shopJaeger.ts";

let jaeger: ShopJaeger;
before(async () => {
  jaeger = await startShopJaeger(sample);
});
after(() => jaeger.close());

windowStory(
  "The empty side bar says what to do; a trace that was opened stands there and can be pinned and removed",
  {},
  async (window) => {
    const { page } = window;
    await openSideBar(window);
    const welcome = page.locator(".part.sidebar .welcome-view");
    await welcome.filter({ hasText: "No traces yet" }).waitFor();
    for (const button of ["Set Up Tracing", "Open Trace", "Open Trace File", "Add Connection"]) {
      assert.equal(await welcome.getByRole("button", { name: button, exact: true }).count(), 1, button);
    }
    await picture(window, "side-bar-empty");
    await window.openFile("checkout-slow.otlp.json");
    await shownTrace(window, "POST /checkout");
    const row = sideBarRow(window, "gateway · POST /checkout");
    await row.waitFor();
    assert.match((await row.textContent()) ?? "", /626 ms · .*\d+ .*ago · gateway · 73 spans/);
    await row.hover();
    await row.getByRole("button", { name: "Pin", exact: true }).click();
    await row.hover();
    await row.getByRole("button", { name: "Unpin", exact: true }).waitFor();
    await window.command("Traceline: Clear Recent Traces");
    await row.hover();
    await row.getByRole("button", { name: "Unpin", exact: true }).click();
    await row.hover();
    await row.getByRole("button", { name: "Remove from Recent Traces" }).click();
    await row.waitFor({ state: "detached" });
    await welcome.filter({ hasText: "No traces yet" }).waitFor();
  },
);

windowStory(
  "The side bar lists the traces of the connection, and the status bar says that it answers",
  {
    settings: () => ({
      "traceline.connections": [
        { name: "Shop", kind: "jaeger", url: jaeger.url },
        { name: "Bad", kind: "jaeger", url: "not a URL" },
      ],
    }),
  },
  async (window) => {
    const { page } = window;
    await window.notification("traceline.connections[1]: the URL is not an http or https URL.").waitFor();
    await openSideBar(window);
    const status = page.locator(".statusbar-item", { hasText: "Shop" });
    await sideBarRow(window, "GET /products").first().waitFor();
    await page.locator(".statusbar-item[aria-label*='Traceline connection Shop: Connected']").waitFor();
    await picture(window, "side-bar");
    await status.click();
    await window.quickPicks().filter({ hasText: "Shop" }).waitFor();
    await picture(window, "switch-connection");
    await page.keyboard.press("Escape");

    const slow = sideBarRow(window, /POST \/checkout.*73 spans/);
    await slow.click({ button: "right" });
    const menu = page.locator(".context-view .action-item");
    await menu.filter({ hasText: "Open at Slowest Span" }).waitFor();
    await picture(window, "side-bar-menu");
    await chooseFromMenu(window, "Open at Slowest Span");
    await page.locator(".tab.active", { hasText: "taxes.ts" }).waitFor();
    const trace = await shownTrace(window, "calculate taxes");
    await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();
    await window
      .codeLens(/p50 .* calls/)
      .first()
      .waitFor();
    await picture(window, "hints");
  },
);
