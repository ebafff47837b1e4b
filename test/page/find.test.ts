import assert from "node:assert/strict";
import { after, afterEach, beforeEach, test } from "node:test";
import type { Frame } from "playwright-core";
import { closeBrowser, type ShownPage, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";

let shown: ShownPage;
let frame: Frame;
const names = () => frame.locator(".span-row:not([hidden]) .span-name").allTextContents();
const count = (text: string) =>
  frame.waitForFunction((wanted) => document.querySelector(".find-count")?.textContent === wanted, text);
const find = async (text: string) => {
  await frame.locator(".find-field").click();
  await shown.page.keyboard.type(text);
};

beforeEach(async () => {
  shown = await showTracePage({ trace: checkout });
  frame = shown.frame;
});
afterEach(async () => {
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});
after(closeBrowser);

test("Find counts the matches, marks them and says where each was found", async () => {
  await find("postgresql");
  await count("1 of 1");
  assert.equal(await frame.locator(".span-row.match").count(), 1);
  assert.equal(await textOf(frame.locator(".span-row.match .span-note")), "in db.system.name");
});

test("Nothing found is said", async () => {
  await find("no such thing");
  await count("No matches");
});

test("Only matches leaves the matches and what leads to them", async () => {
  await find("risk");
  await count("1 of 1");
  await frame.getByRole("button", { name: "Show only matches" }).click();
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 4);
  assert.deepEqual((await names()).sort(), ["POST /charge", "POST /checkout", "charge card", "risk score"]);
});

test("A match in a closed branch opens it", async () => {
  await shown.page.keyboard.press("Shift+ArrowLeft");
  await find("risk score");
  await count("1 of 1");
  await frame.locator(".span-row.selected .span-name", { hasText: "risk score" }).waitFor();
});

test("The filter keeps errors, long spans and chosen services, and can be cleared", async () => {
  await shown.page.keyboard.press("l");
  const bar = frame.getByRole("region", { name: "Filter" });
  await bar.getByRole("checkbox", { name: "Only errors" }).click();
  await bar.getByText("3 of 13 spans").waitFor();
  await bar.locator(".duration-field").click();
  await shown.page.keyboard.type("20ms");
  await bar.getByText("2 of 13 spans").waitFor();
  await bar.getByRole("checkbox", { name: "payments, 2 spans" }).click();
  await bar.getByText("0 of 13 spans").waitFor();
  await bar.getByRole("button", { name: "Clear", exact: true }).click();
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 13);
});

test("A service of the legend is shown alone, and then all again", async () => {
  const service = frame.locator(".legend button", { hasText: "postgres" });
  await service.click();
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 5);
  await service.click();
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 13);
});

test("A duration that cannot be read is met with an example", async () => {
  await shown.page.keyboard.press("l");
  await frame.locator(".duration-field").click();
  await shown.page.keyboard.type("soon");
  await frame.getByText("For example 10ms or 1.5s").waitFor();
});
