import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { darkTheme, lightTheme, themes } from "./themes.ts";

after(closeBrowser);

for (const theme of themes) {
  test(`The page looks right in the ${theme.name} theme`, async () => {
    const shown = await showTracePage({ trace: checkout, theme });
    await shown.frame.locator(".span-row", { hasText: "bank call" }).click();
    await shown.frame.locator(".event.exception").waitFor();
    const background = await shown.frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(
      background,
      await shown.frame.evaluate((color) => {
        document.body.style.outlineColor = color;
        return getComputedStyle(document.body).outlineColor;
      }, theme.variables["editor-background"]),
    );
    await shown.screenshot(`waterfall-${theme.name}`);
    assert.deepEqual(await shown.problems(), []);
    await shown.close();
  });
}

for (const [name, width, height, zoom] of [
  ["narrow", 400, 800, 1],
  ["zoomed-200", 640, 400, 2],
] as const) {
  test(`Everything has its place in a page that is ${name}`, async () => {
    const shown = await showTracePage({ trace: checkout, theme: darkTheme, width, height, zoom });
    const { frame } = shown;
    assert.equal(await frame.locator(".body.below").count(), 1);
    const overflow = await frame.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    assert.equal(overflow, false);
    const outside = await frame.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>(".toolbar vscode-button")].filter(
          (button) => button.getBoundingClientRect().right > innerWidth,
        ).length,
    );
    assert.equal(outside, 0);
    assert.ok((await frame.locator(".virtual-scroller").boundingBox())!.height >= 72);
    await shown.screenshot(`waterfall-${name}`);
    await shown.close();
  });
}

test("A change of theme recolours the page while it is open", async () => {
  const shown = await showTracePage({ trace: checkout, theme: lightTheme });
  const color = () =>
    shown.frame
      .locator(".span-row .letters")
      .first()
      .evaluate((letters) => getComputedStyle(letters).backgroundColor);
  const before = await color();
  await shown.frame.evaluate((variables) => {
    for (const [name, value] of Object.entries(variables))
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    document.body.className = "vscode-dark";
  }, darkTheme.variables);
  await shown.frame.waitForFunction(
    (old) => getComputedStyle(document.querySelector(".span-row .letters")!).backgroundColor !== old,
    before,
  );
  await shown.close();
});
