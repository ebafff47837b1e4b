import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame } from "playwright-core";
import { closeBrowser, type ShownPage, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";

let shown: ShownPage;
let frame: Frame;
const press = (key: string) => shown.page.keyboard.press(key);
/** Waits until the selected row is the one of this name. */
const selected = (name: string) =>
  frame.waitForFunction(
    (wanted) => document.querySelector(".span-row.selected .span-name")?.textContent === wanted,
    name,
  );
const rowCount = (count: number) =>
  frame.waitForFunction(
    (wanted) => document.querySelectorAll(".span-row:not([hidden])").length === wanted,
    count,
  );

before(async () => {
  shown = await showTracePage({ trace: checkout });
  frame = shown.frame;
});
after(async () => {
  await shown.close();
  await closeBrowser();
});

test("The rows have the focus when the trace opens", async () => {
  await selected("POST /checkout");
  assert.equal(await frame.evaluate(() => document.activeElement?.getAttribute("role")), "treegrid");
});

test("Arrow keys walk, collapse and expand as in a tree", async () => {
  await press("ArrowDown");
  await press("ArrowDown");
  await selected("price cart");
  await press("ArrowLeft");
  await rowCount(9);
  await press("ArrowRight");
  await rowCount(13);
  await press("ArrowRight");
  await selected("GET /quotes");
  await press("ArrowLeft");
  await press("ArrowLeft");
  await selected("price cart");
  await press("ArrowRight");
  await press("End");
  await selected("publish");
  await press("Home");
  await selected("POST /checkout");
});

test("Shift with an arrow collapses and expands all, comma and full stop one level", async () => {
  await press("Shift+ArrowLeft");
  await rowCount(1);
  await press("Shift+ArrowRight");
  await rowCount(13);
  await press(",");
  await rowCount(8);
  await press(",");
  await rowCount(6);
  await press(".");
  await rowCount(8);
  await press("Shift+ArrowRight");
});

test("Enter opens the source line of the selected span", async () => {
  await press("Home");
  await press("ArrowDown");
  await press("Enter");
  await frame.waitForTimeout(150);
  assert.ok(shown.calls.includes("openSource(1)"), shown.calls.join("\n"));
});

test("E goes from error to error and round the end", async () => {
  await press("Home");
  await press("e");
  await selected("charge card");
  await press("e");
  await press("e");
  await selected("bank call");
  await press("e");
  await selected("charge card");
  await press("Shift+E");
  await selected("bank call");
});

test("Square brackets walk the spans by their time on the critical path", async () => {
  await press("Home");
  await press("]");
  await frame.waitForFunction(() =>
    document.querySelector("[role=status].visually-hidden")?.textContent?.includes("Slow span"),
  );
});

test("C takes the critical path away and brings it back", async () => {
  const pressed = (wanted: string) =>
    frame.waitForFunction(
      (value) =>
        document.querySelector("[aria-label='Critical path']")?.getAttribute("aria-pressed") === value,
      wanted,
    );
  await pressed("true");
  await press("c");
  await pressed("false");
  await press("c");
  await pressed("true");
});

test("W, S, A, D and 0 move through time", async () => {
  const saved = async () => {
    await frame.waitForTimeout(400);
    return (await shown.page.evaluate(() => (window as unknown as { saved: { window?: number[] } }).saved))
      .window;
  };
  await press("0");
  await press("w");
  const near = await saved();
  assert.ok(near !== undefined && near[1] - near[0] < 62e6);
  await press("d");
  const later = await saved();
  assert.ok(later !== undefined && later[0] >= near[0]);
  await press("s");
  await press("s");
  assert.equal(await saved(), undefined);
});

test("F goes to the find field, Escape back to the rows", async () => {
  await press("f");
  await shown.page.keyboard.type("select");
  await frame.waitForFunction(() => document.querySelector(".find-count")?.textContent === "1 of 2");
  await press("Enter");
  await selected("select taxes");
  await press("F3");
  await selected("select rates");
  await press("Escape");
  assert.equal(await frame.evaluate(() => document.activeElement?.getAttribute("role")), "treegrid");
  await press("n");
  await selected("select taxes");
  await press("Escape");
  await frame.waitForFunction(() => document.querySelector(".find-count")?.textContent === "");
});

test("A question mark lists every key, Escape closes the list", async () => {
  await press("?");
  const dialog = frame.getByRole("dialog", { name: "Keyboard shortcuts" });
  await dialog.waitFor();
  const text = (await dialog.textContent()) ?? "";
  for (const label of ["Open source line", "Zoom in", "Show only matches", "Collapse all", "Copy link"])
    assert.ok(text.includes(label), label);
  await press("Escape");
  await dialog.waitFor({ state: "hidden" });
});

test("Tab goes through the page: toolbar, rows, details", async () => {
  await frame.locator(".find-field").click();
  const seen = new Set<string>();
  for (let i = 0; i < 60; i++) {
    await press("Tab");
    seen.add(
      await frame.evaluate(() => {
        const active = document.activeElement;
        return active?.closest(".toolbar")
          ? "toolbar"
          : active?.closest(".grid")
            ? "rows"
            : active?.closest(".details")
              ? "details"
              : (active?.className ?? "");
      }),
    );
  }
  for (const part of ["toolbar", "rows", "details"]) assert.ok(seen.has(part), `${part} of ${[...seen]}`);
});

test("The name column is made wider with the arrow keys", async () => {
  const line = frame.getByRole("separator", { name: "Width of the name column" });
  const before = Number(await line.getAttribute("aria-valuenow"));
  await line.focus();
  await press("ArrowRight");
  assert.equal(Number(await line.getAttribute("aria-valuenow")), before + 8);
  await press("ArrowLeft");
});

test("Every button has a name, and one that is its own says its key", async () => {
  const buttons = await frame.evaluate(() =>
    [...document.querySelectorAll(".toolbar vscode-button, .head-buttons vscode-button")]
      .filter((button) => button.getAttribute("aria-haspopup") !== "menu")
      .map((button) => ({
        name: button.getAttribute("aria-label") ?? "",
        title: button.getAttribute("title") ?? "",
      })),
  );
  assert.ok(buttons.length >= 20);
  for (const { name, title } of buttons) {
    assert.notEqual(name, "");
    assert.match(title, /\(.+\)$/m, name);
  }
  const nameless = await frame.evaluate(
    () =>
      [...document.querySelectorAll("vscode-button, button, vscode-text-field, vscode-checkbox")].filter(
        (control) => !control.getAttribute("aria-label") && !control.textContent?.trim(),
      ).length,
  );
  assert.equal(nameless, 0);
  assert.deepEqual(await shown.problems(), []);
});
