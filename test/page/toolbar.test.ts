import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import type { Frame, Locator } from "playwright-core";
import { drawTrace } from "../support/drawnTrace.ts";
import { closeBrowser, type ShownPage, showTracePage } from "../support/pageHost.ts";

/** No span of it has failed. */
const calm = drawTrace("checkout ====\n pay ==");
const why = "No span of this trace has failed.";

let shown: ShownPage;
let frame: Frame;
afterEach(() => shown.close());
after(closeBrowser);

async function show(width = 1280): Promise<void> {
  shown = await showTracePage({ trace: calm, width });
  frame = shown.frame;
}

const button = (label: string): Locator => frame.locator(`.toolbar vscode-button[aria-label="${label}"]`);
const press = (key: string) => shown.page.keyboard.press(key);
const isSaid = (text: string) =>
  frame.waitForFunction(
    (wanted) =>
      document.querySelector(".toast")?.textContent === wanted &&
      document.querySelector("[role=status].visually-hidden")?.textContent === wanted,
    text,
  );

test("A button that cannot be used is reached with Tab, and says so to screen readers with the reason", async () => {
  await show();
  await button("Previous slow span").locator("button").focus();
  await press("Tab");
  await press("Tab");
  const focused = frame.locator("vscode-button:focus button");
  assert.equal(await focused.getAttribute("aria-label"), "Previous error");
  assert.equal(await focused.getAttribute("aria-disabled"), "true");
  assert.equal(await focused.getAttribute("aria-description"), why);
  assert.deepEqual(await shown.problems(), []);
});

for (const key of ["Enter", "Space"]) {
  test(`${key} on a button that cannot be used says why, and nothing else happens`, async () => {
    await show();
    await button("Next error").locator("button").focus();
    await press(key);
    await isSaid(why);
    assert.equal(await frame.locator(".span-row.selected .span-name").textContent(), "checkout");
  });
}

test("A click on a button that cannot be used says why", async () => {
  await show();
  await button("Next error").click();
  await isSaid(why);
});

test("The key of what cannot be done says why", async () => {
  await show();
  await press("e");
  await isSaid(why);
});

test("The keyboard's focus shows what a button's tooltip says, until the next key or until it goes", async () => {
  await show();
  const tip = frame.locator(".focus-tip");
  await button("Next slow span").locator("button").focus();
  await press("Tab");
  await tip.filter({ hasText: why }).waitFor();
  const below = await button("Previous error").boundingBox();
  const box = await tip.boundingBox();
  assert.ok(box !== null && below !== null && box.y >= below.y + below.height);
  await press("Tab");
  await tip.filter({ hasText: "Next error" }).waitFor();
  await press("Enter");
  await tip.waitFor({ state: "detached" });
  await press("Shift+Tab");
  await tip.filter({ hasText: "Previous error" }).waitFor();
  await press("Escape");
  await tip.waitFor({ state: "detached" });
});

test("A line of the menu that cannot be used says why, and the menu stays", async () => {
  await show(420);
  await button("More actions…").locator("button").focus();
  await press("Enter");
  await frame.getByRole("menuitem", { name: "Previous error" }).focus();
  await press("Enter");
  await isSaid(why);
  assert.equal(await frame.getByRole("menu").count(), 1);
});
