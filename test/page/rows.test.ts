import assert from "node:assert/strict";
import { after, test } from "node:test";
import { drawTrace } from "../support/drawnTrace.ts";
import { closeBrowser, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { lightTheme } from "./themes.ts";
import { wideTrace } from "./wideTrace.ts";

after(closeBrowser);

test("The rows are a treegrid that a screen reader can walk", async () => {
  const shown = await showTracePage({ trace: checkout });
  const grid = shown.frame.getByRole("treegrid", { name: "Spans" });
  assert.equal(await grid.getAttribute("aria-rowcount"), "14");
  const row = grid
    .getByRole("row", { name: /^Po? ?select rates/ })
    .or(grid.locator(".span-row", { hasText: "select rates" }));
  assert.equal(await row.first().getAttribute("aria-level"), "4");
  assert.equal(await row.first().getAttribute("aria-posinset"), "1");
  assert.equal(await row.first().getAttribute("aria-setsize"), "3");
  const parent = grid.locator(".span-row", { hasText: "price cart" });
  assert.equal(await parent.getAttribute("aria-expanded"), "true");
  assert.equal(await row.first().getAttribute("aria-expanded"), null);
  const time = await grid
    .locator(".span-row", { hasText: "bank call" })
    .locator(".time-cell")
    .getAttribute("aria-label");
  assert.match(time ?? "", /^14 ms, from 31 ms, client, failed/);
  await shown.close();
});

test("The rows are one tab stop, and the grid names the selected row", async () => {
  const shown = await showTracePage({ trace: checkout });
  const { frame } = shown;
  assert.equal(await frame.locator(".grid [tabindex='0']").count(), 0);
  await frame.locator(".grid").focus();
  await shown.page.keyboard.press("ArrowDown");
  await frame.waitForFunction(() => {
    const active = document.querySelector(".grid")?.getAttribute("aria-activedescendant");
    return active && document.getElementById(active)?.textContent?.includes("check cart");
  });
  await shown.close();
});

test("A trace of 100,000 spans keeps less than 2,000 elements and every row can be reached", async () => {
  const trace = wideTrace(100_000, 2);
  const shown = await showTracePage({ trace });
  const { frame, page } = shown;
  assert.ok((await frame.evaluate(() => document.querySelectorAll("*").length)) < 2000);
  await frame.locator(".grid").focus();
  await page.keyboard.press("End");
  await frame.waitForFunction(
    () => document.querySelector(".span-row.selected")?.getAttribute("aria-rowindex") === "100001",
  );
  assert.ok((await frame.evaluate(() => document.querySelectorAll("*").length)) < 2000);
  await page.keyboard.press("Home");
  await frame.waitForFunction(
    () => document.querySelector(".span-row.selected")?.getAttribute("aria-rowindex") === "2",
  );
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});

test("A list longer than a browser can scroll still shows its last row at the end of the scroll bar", async () => {
  const trace = wideTrace(400_000, 0);
  const shown = await showTracePage({ trace, settled: false });
  const { frame } = shown;
  await frame.waitForSelector(".span-row");
  await frame.evaluate(() => {
    const scroller = document.querySelector(".virtual-scroller")!;
    scroller.scrollTop = scroller.scrollHeight;
  });
  await frame.waitForFunction(() =>
    [...document.querySelectorAll(".span-row")].some((row) => row.getAttribute("aria-rowindex") === "400001"),
  );
  await frame.evaluate(() => {
    document
      .querySelector(".virtual-scroller")!
      .dispatchEvent(new WheelEvent("wheel", { deltaY: -24, bubbles: true, cancelable: true }));
  });
  await frame.waitForFunction(() => {
    const rows = [...document.querySelectorAll<HTMLElement>(".span-row:not([hidden])")].map((row) =>
      Number(row.getAttribute("aria-rowindex")),
    );
    return Math.max(...rows) === 400_000;
  });
  await shown.close();
});

test("Home brings the first row back when it is selected but scrolled away", async () => {
  const shown = await showTracePage({ trace: wideTrace(5_000) });
  const { frame, page } = shown;
  const firstShown = (index: string) =>
    frame.waitForFunction((wanted) => {
      const rows = [...document.querySelectorAll(".span-row:not([hidden])")];
      return rows.some((row) => row.getAttribute("aria-rowindex") === wanted);
    }, index);
  await page.keyboard.press("Home");
  await firstShown("2");
  await frame.evaluate(() => {
    const scroller = document.querySelector(".virtual-scroller")!;
    scroller.scrollTop = scroller.scrollHeight;
  });
  await firstShown("5001");
  await page.keyboard.press("Home");
  await firstShown("2");
  await shown.close();
});

test("The selected row is seen whole after the page was lower than a row", async () => {
  const shown = await showTracePage({ trace: wideTrace(500, 2), width: 520, height: 194 });
  const { frame, page } = shown;
  const height = await frame.evaluate(() => document.querySelector(".virtual-scroller")!.clientHeight);
  assert.ok(height > 0 && height < 24, `${height} px is not lower than a row`);
  await page.setViewportSize({ width: 520, height: 700 });
  await frame.waitForFunction(() => document.querySelector(".virtual-scroller")!.clientHeight > 100);
  assert.equal(await frame.evaluate(() => document.querySelector(".virtual-scroller")!.scrollTop), 0);
  await shown.close();
});

test("A selected row that the lower page would hide goes to the middle", async () => {
  const shown = await showTracePage({ trace: wideTrace(500, 2) });
  const { frame, page } = shown;
  await frame.locator(".grid").focus();
  await page.keyboard.press("Home");
  for (let row = 0; row < 14; row++) await page.keyboard.press("ArrowDown");
  await page.setViewportSize({ width: 1280, height: 400 });
  await frame.waitForFunction(() => {
    const list = document.querySelector(".virtual-scroller")!.getBoundingClientRect();
    const row = document.querySelector(".span-row.selected")?.getBoundingClientRect();
    if (row === undefined) return false;
    return Math.abs((row.top + row.bottom) / 2 - (list.top + list.bottom) / 2) < row.height;
  });
  await shown.close();
});

test("A span whose parent is missing says so", async () => {
  const { drawTrace } = await import("../support/drawnTrace.ts");
  const trace = drawTrace("A ====\nB   ===");
  const mark = trace.mark.slice();
  mark[1] |= 32;
  const shown = await showTracePage({ trace: { ...trace, mark } });
  assert.equal(await shown.frame.locator(".span-row", { hasText: "missing parent" }).count(), 1);
  await shown.close();
});

test("An event below the duration in a bar is drawn above the words", async () => {
  const drawn = drawTrace(`GET /carts  ${"=".repeat(100)}  event=a event=b event=c`);
  const trace = { ...drawn, events: { ...drawn.events, time: Float64Array.of(10e6, 50e6, 97e6) } };
  const shown = await showTracePage({ trace });
  const { foreground } = lightTheme.variables;
  // The px from the top of the row at which each event has the colour of events.
  const seen = await shown.frame.locator("canvas.bars").evaluate((element, color) => {
    const canvas = element as HTMLCanvasElement;
    const context = canvas.getContext("2d")!;
    return [0.1, 0.5, 0.97].map((share) => {
      const x = Math.round(canvas.width * share);
      const heights: number[] = [];
      for (let y = 0; y < 17; y++) {
        const [r, g, b] = context.getImageData(x, y, 1, 1).data;
        if (`#${[r, g, b].map((value) => value.toString(16).padStart(2, "0")).join("")}` === color)
          heights.push(y);
      }
      return heights;
    });
  }, foreground);
  assert.deepEqual(seen[0], seen[1]);
  assert.ok(seen[0].includes(10), seen[0].join(" "));
  assert.ok(seen[2].length >= 3 && seen[2].every((y) => y < 8), seen[2].join(" "));
  await shown.close();
});
