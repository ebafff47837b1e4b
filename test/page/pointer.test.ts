import assert from "node:assert/strict";
import { after, afterEach, beforeEach, test } from "node:test";
import type { Frame, Page } from "playwright-core";
import { closeBrowser, type ShownPage, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";
import { wideTrace } from "./wideTrace.ts";

let shown: ShownPage;
let frame: Frame;
let page: Page;
const ms = 1e6;
/** The time window once it has been saved, in ms; the whole trace is undefined. */
const savedWindow = async (): Promise<number[] | undefined> => {
  await page.waitForTimeout(450);
  const saved = await page.evaluate(() => (window as unknown as { saved?: { window?: number[] } }).saved);
  return saved?.window?.map((at) => Math.round(at / ms));
};
const box = async (selector: string) => (await frame.locator(selector).boundingBox())!;
const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  await page.mouse.move(...to);
  await page.mouse.up();
};

beforeEach(async () => {
  shown = await showTracePage({ trace: checkout });
  ({ frame, page } = shown);
});
afterEach(async () => {
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});
after(closeBrowser);

test("A drag along the time line comes closer, a double click shows the whole trace again", async () => {
  const { x, y, width } = await box(".ruler");
  await drag([x + width * 0.25, y + 8], [x + width * 0.5, y + 8]);
  const [from, to] = (await savedWindow()) ?? [];
  assert.ok(Math.abs(from - 15.5) <= 1 && Math.abs(to - 31) <= 1, `${from} ${to}`);
  await page.mouse.dblclick(x + 40, y + 8);
  assert.equal(await savedWindow(), undefined);
});

test("Ctrl and the wheel zoom at the pointer", async () => {
  const { x, y, width } = await box(".ruler");
  await page.mouse.move(x + width / 2, y + 200);
  await page.keyboard.down("Control");
  for (let i = 0; i < 5; i++) await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  const [from, to] = (await savedWindow()) ?? [];
  assert.ok(to - from < 31 && Math.abs((from + to) / 2 - 31) <= 1, `${from} ${to}`);
});

test("Shift and the wheel, and a drag with the middle button, move in time", async () => {
  await page.keyboard.press("w");
  const before = (await savedWindow())!;
  const { x, y, width } = await box(".ruler");
  await page.mouse.move(x + width / 2, y + 200);
  await page.keyboard.down("Shift");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Shift");
  const earlier = (await savedWindow()) ?? [0, 62];
  assert.ok(earlier[0] < before[0], `${before} ${earlier}`);
  await page.mouse.down({ button: "middle" });
  await page.mouse.move(x + width / 2 - 100, y + 200);
  await page.mouse.up({ button: "middle" });
  const later = (await savedWindow())!;
  assert.ok(later[0] > earlier[0], `${earlier} ${later}`);
});

test("The minimap makes a window, moves it and sets its edges", async () => {
  const { x, y, width, height } = await box(".minimap");
  const middle = y + height / 2;
  await drag([x + width * 0.25, middle], [x + width * 0.5, middle]);
  const made = (await savedWindow())!;
  assert.ok(Math.abs(made[0] - 15.5) <= 1 && Math.abs(made[1] - 31) <= 1, String(made));
  await drag([x + width * 0.4, middle], [x + width * 0.6, middle]);
  const moved = (await savedWindow())!;
  assert.ok(Math.abs(moved[0] - 28) <= 1 && Math.abs(moved[1] - 43.5) <= 1, String(moved));
  const edge = x + (width * moved[1]) / 62;
  await drag([edge, middle], [x + width * 0.9, middle]);
  const wider = (await savedWindow())!;
  assert.ok(wider[0] === moved[0] && Math.abs(wider[1] - 56) <= 1.5, String(wider));
});

test("A click on a row selects it, on its arrow closes it, a double click opens its source line", async () => {
  const row = frame.locator(".span-row", { hasText: "price cart" });
  await row.locator(".twistie").click();
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 9);
  assert.equal(await textOf(frame.locator(".span-row.selected .span-name")), "price cart");
  await frame.locator(".span-row", { hasText: "reserve stock" }).dblclick();
  await page.waitForTimeout(150);
  assert.ok(shown.calls.includes("openSource(11)"), shown.calls.join("\n"));
});

/** The tooltip of a row, once it is there. */
const tooltipOf = async (name: string) => {
  await page.mouse.move(5, 5);
  await frame.locator(".span-row", { hasText: name }).locator(".name-cell").hover();
  await frame.locator(".tooltip-title", { hasText: name }).waitFor();
};
const tooltipGone = () => frame.locator(".tooltip").waitFor({ state: "hidden" });

test("The tooltip of a row goes when a key is pressed, another row is selected, or the rows are scrolled", async () => {
  await tooltipOf("check cart");
  await page.keyboard.press("Shift");
  await tooltipGone();
  await tooltipOf("check cart");
  shown.channel.tell("reveal", [5]);
  await frame.locator(".span-row.selected", { hasText: "select taxes" }).waitFor();
  await tooltipGone();
  await page.setViewportSize({ width: 1280, height: 300 });
  await tooltipOf("check cart");
  await page.mouse.wheel(0, 48);
  await tooltipGone();
});

test("The tooltip of a row that was dismissed comes again when the pointer has been elsewhere", async () => {
  await tooltipOf("check cart");
  await page.keyboard.press("Shift");
  await tooltipGone();
  await tooltipOf("check cart");
});

test("The name column and the details are made wider by dragging the lines beside them", async () => {
  const name = frame.getByRole("separator", { name: "Width of the name column" });
  const before = Number(await name.getAttribute("aria-valuenow"));
  const line = (await name.boundingBox())!;
  await drag([line.x + 2, line.y + 300], [line.x + 62, line.y + 300]);
  assert.equal(Number(await name.getAttribute("aria-valuenow")), before + 60);
  const details = frame.getByRole("separator", { name: "Size of the details" });
  const width = Number(await details.getAttribute("aria-valuenow"));
  const edge = (await details.boundingBox())!;
  await drag([edge.x + 2, edge.y + 300], [edge.x + 52, edge.y + 300]);
  assert.equal(Number(await details.getAttribute("aria-valuenow")), width - 50);
});

test("A drag straight down the minimap scrolls through a long trace", async () => {
  const long = await showTracePage({ trace: wideTrace(20_000, 0) });
  const strip = (await long.frame.locator(".minimap").boundingBox())!;
  const x = strip.x + strip.width / 2;
  await long.page.mouse.move(x, strip.y + 2);
  await long.page.mouse.down();
  for (let i = 1; i <= 10; i++) await long.page.mouse.move(x, strip.y + 2 + (i / 10) * (strip.height - 4));
  await long.page.mouse.up();
  await long.frame.waitForFunction(() =>
    [...document.querySelectorAll(".span-row:not([hidden])")].some(
      (row) => Number(row.getAttribute("aria-rowindex")) > 18_000,
    ),
  );
  await long.close();
});
