import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Locator } from "playwright-core";
import type { EditorWindow } from "../../scripts/editorWindow.ts";
import { inProject } from "../../scripts/projectRoot.ts";
import {
  assertNoRefusals,
  caretAt,
  choose,
  openSideBar,
  picture,
  shownTrace,
  sideBarRow,
  windowStory,
} from "../support/editorWindowStory.ts";
import { freePorts } from "../support/freePort.ts";
import { newTraceId, sendSpans } from "../support/otlpSender.ts";

const [httpPort, grpcPort] = await freePorts(2);
const machineSettings = { "traceline.receiver.httpPort": httpPort, "traceline.receiver.grpcPort": grpcPort };

/** Orders of the shop's customer with the longest cart, for whom taxes are slow. */
async function order(gateway: string): Promise<void> {
  const body = { cartId: "housewarming", country: "DE", card: "good", email: "buyer@example.com" };
  const answer = await fetch(`${gateway}/checkout`, { method: "POST", body: JSON.stringify(body) });
  assert.equal(answer.status, 201, await answer.text());
}

/** How many there are once that has not changed for a second. */
async function settledCount(rows: Locator): Promise<number> {
  let count = -1;
  for (let now = await rows.count(); now !== count; now = await rows.count()) {
    count = now;
    await rows.page().waitForTimeout(1_000);
  }
  return count;
}

/** How many calls the lens above the taxes tells of. */
async function callsOf(window: EditorWindow): Promise<number> {
  const text =
    (await window
      .codeLens(/\d calls?/)
      .first()
      .textContent()) ?? "";
  return Number(/([\d,]+) calls?/.exec(text)?.[1].replaceAll(",", ""));
}

windowStory(
  "F5 on the shop, nothing installed or configured: a request's trace is seen at once and leads to the slow line",
  { on: ["newest", "oldest"], machineSettings },
  async (window) => {
    const { page, server } = window;
    await openSideBar(window);
    await page.locator(".part.sidebar .welcome-view", { hasText: "Run with Tracing" }).waitFor();
    await picture(window, `receive-welcome-${server.version}`);
    await window.command("Traceline: Run with Tracing");
    await choose(window, "Shop");
    const said = page.locator(".repl .monaco-list-row", { hasText: "The shop is open at" });
    await said.first().waitFor({ state: "attached" });
    const gateway = /http:\/\/127\.0\.0\.1:\d+/.exec((await said.first().textContent()) ?? "")?.[0] ?? "";
    await page
      .locator(".repl .monaco-list-row", { hasText: "Try: curl" })
      .first()
      .waitFor({ state: "attached" });
    await picture(window, `receive-shop-${server.version}`);

    // Older releases show the debugger's view instead.
    await openSideBar(window);
    const orders = sideBarRow(window, "gateway · POST /checkout");
    const before = await settledCount(orders);
    await order(gateway);
    const answered = performance.now();
    while ((await orders.count()) === before && performance.now() - answered < 20_000)
      await page.waitForTimeout(20);
    assert.ok((await orders.count()) > before);
    console.log(`# in the side bar ${Math.round(performance.now() - answered)} ms after its answer`);
    await picture(window, `receive-rows-${server.version}`);

    await orders.first().click();
    const trace = await shownTrace(window, "POST /checkout");
    await picture(window, `receive-trace-${server.version}`);
    // Which of the branches comes first, and is on screen, is up to the machine.
    await trace.select("POST /checkout");
    await page.keyboard.press("ControlOrMeta+F");
    await page.keyboard.type("calculate taxes");
    await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: "calculate taxes" }).waitFor();
    await trace.select("calculate taxes");
    await page.keyboard.press("Enter");
    await caretAt(window, "taxes.ts:22");
    await window
      .codeLens(/\d calls?/)
      .first()
      .waitFor();
    await picture(window, `receive-line-${server.version}`);
    const calls = await callsOf(window);
    await order(gateway);
    const again = performance.now();
    while ((await callsOf(window)) <= calls && performance.now() - again < 20_000)
      await page.waitForTimeout(50);
    assert.ok((await callsOf(window)) > calls, `${await callsOf(window)} calls after ${calls}`);
    console.log(`# the lens has moved ${Math.round(performance.now() - again)} ms after the answer`);
    assertNoRefusals(window);
    await window.command("Debug: Stop");
    await page.locator(".debug-toolbar").waitFor({ state: "hidden" });

    await window.command("Traceline: Delete All Received Traces");
    await page.locator(".monaco-dialog-box").getByRole("button", { name: "Delete All" }).click();
    await orders.first().waitFor({ state: "detached" });
    await window.codeLens(/\d calls?/).waitFor({ state: "detached" });
  },
);

windowStory(
  "An open trace gains late spans and keeps the selection, its row grows, and Follow Newest Trace swaps the tab",
  { machineSettings },
  async (window) => {
    const { page } = window;
    await openSideBar(window);
    await window.command("Traceline: Start Receiver");
    await window.notification(/Receiving at/).waitFor();
    await picture(window, "receive-started");
    await page.keyboard.press("Escape");
    const traceId = newTraceId();
    await sendSpans(httpPort, traceId, [
      { id: 1, name: "GET /orders", ms: 400 },
      { id: 2, parent: 1, name: "read orders", at: 20, ms: 100 },
    ]);
    const row = sideBarRow(window, "shop · GET /orders");
    await row.filter({ hasText: "2 spans" }).click();
    const trace = await shownTrace(window, "read orders");
    await trace.select("read orders");
    await sendSpans(httpPort, traceId, [
      { id: 3, parent: 2, name: "wait for a connection", at: 25, ms: 60 },
      { id: 4, parent: 1, name: "load prices", at: 10, ms: 5, service: "pricing" },
    ]);
    await trace.row("wait for a connection").waitFor();
    await trace.row("load prices").waitFor();
    assert.equal(await trace.selected().textContent(), "read orders");
    await row.filter({ hasText: "4 spans" }).waitFor();
    await picture(window, "receive-late-spans");

    const tabs = page.locator(".tabs-container .tab");
    await window.command("Traceline: Follow Newest Trace");
    for (const name of ["POST /orders", "DELETE /orders"]) {
      await sendSpans(httpPort, newTraceId(), [{ id: 1, name, ms: 30 }]);
      await page.locator(".tab.active", { hasText: name }).waitFor();
      await shownTrace(window, name);
    }
    await picture(window, "receive-followed");
    assert.equal(await tabs.count(), 2);
    await window.command("Traceline: Follow Newest Trace");
    await sendSpans(httpPort, newTraceId(), [{ id: 1, name: "PUT /orders", ms: 30 }]);
    await sideBarRow(window, "shop · PUT /orders").waitFor();
    await page.waitForTimeout(1_000);
    assert.equal(await tabs.filter({ hasText: "PUT /orders" }).count(), 0);
    assertNoRefusals(window);
  },
);

windowStory(
  "A flood of traces draws the list anew at most ten times a second",
  { machineSettings },
  async (window) => {
    const { page } = window;
    await openSideBar(window);
    await window.command("Traceline: Start Receiver");
    await window.notification(/Receiving at/).waitFor();
    await sendSpans(httpPort, newTraceId(), [{ id: 1, name: "GET /before", ms: 30 }]);
    await sideBarRow(window, "shop · GET /before").waitFor();
    await page.evaluate(() => {
      const drawn: number[] = [];
      const list = document.querySelector(".part.sidebar .monaco-list-rows");
      if (list === null) throw new Error("There is no list.");
      new MutationObserver(() => drawn.push(performance.now())).observe(list, {
        subtree: true,
        childList: true,
      });
      Object.assign(globalThis, { drawn });
    });
    const seconds = 5;
    const flood = inProject("test", "support", "floodProcess.ts");
    await promisify(execFile)(process.execPath, [flood, httpPort, 20_000, seconds].map(String));
    const drawn = await page.evaluate(() => (globalThis as unknown as { drawn: number[] }).drawn);
    console.log(`# the list was drawn anew ${drawn.length} times in ${seconds} s`);
    await picture(window, "receive-flood");
    assert.ok(drawn.length > 3 && drawn.length <= 10 * (seconds + 1), `${drawn.length} times`);
  },
);
