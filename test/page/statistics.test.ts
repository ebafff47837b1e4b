import assert from "node:assert/strict";
import { after, test } from "node:test";
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
