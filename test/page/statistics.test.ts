import assert from "node:assert/strict";
import { after, test } from "node:test";
import { drawTrace } from "../support/drawnTrace.ts";
import { closeBrowser, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";

after(closeBrowser);

test("The statistics tell where the time went, and lead to the longest span", async () => {
  const shown = await showTracePage({ trace: checkout });
  const { frame, page } = shown;
  await page.keyboard.press("v");
  const first = frame.locator(".statistic").first();
  await first.waitFor();
  assert.match(await textOf(first), /Babank callbank14 ms · 22%1 call1 errorcritical path 23%duration 14 ms/);
  await first.click();
  await frame.waitForFunction(
    () => document.querySelector(".span-row.selected .span-name")?.textContent === "bank call",
  );
  await frame.getByRole("tab", { name: "Span" }).click();
  await frame.locator(".details-title", { hasText: "bank call" }).waitFor();
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});

test("Of fewer than five calls no 95th percentile is told, and why not", async () => {
  const calls = (name: string, count: number) => ` ${name} ==== \n`.repeat(count);
  const trace = drawTrace(`root ========\n${calls("few", 4)}${calls("many", 5)}`);
  const shown = await showTracePage({ trace });
  const { frame, page } = shown;
  await page.keyboard.press("v");
  const few = frame.locator(".statistic", { hasText: "few" });
  await few.waitFor();
  assert.match(await textOf(few), /4 calls.*p50 4 ms\s*p95 –\s*max 4 ms/s);
  const title = await few.locator(".figure", { hasText: "p95" }).getAttribute("title");
  assert.equal(title, "4 calls are too few for a 95th percentile: see the longest, max");
  assert.match(await textOf(frame.locator(".statistic", { hasText: "many" })), /p95 4 ms\s*max 4 ms/);
  await shown.close();
});

test("The statistics are of services as well", async () => {
  const shown = await showTracePage({ trace: checkout });
  const { frame, page } = shown;
  await page.keyboard.press("v");
  await frame.getByRole("combobox", { name: "Group by" }).click();
  await frame.getByRole("option", { name: "Services" }).click();
  await frame.waitForFunction(() => document.querySelectorAll(".statistic").length === 8);
  assert.match(await textOf(frame.locator(".statistic").first()), /Babank14 ms/);
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});
