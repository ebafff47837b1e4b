import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import type { Frame } from "playwright-core";
import { Mark } from "../../src/model/trace.ts";
import type { Opened } from "../../src/wire/protocol.ts";
import { drawTrace } from "../support/drawnTrace.ts";
import { closeBrowser, openedTrace, type ShownPage, showTracePage, summaryOf } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";

/** Half a window, beside code. */
const half = { width: 700, height: 650 };
const low = { width: 700, height: 400 };

let shown: ShownPage | undefined;
afterEach(async () => {
  await shown?.close();
  shown = undefined;
});
after(closeBrowser);

async function show(
  size: { readonly width: number; readonly height: number },
  change: Partial<Opened> = {},
): Promise<{ readonly frame: Frame; readonly page: ShownPage["page"]; readonly calls: readonly string[] }> {
  shown = await showTracePage({
    trace: checkout,
    ...size,
    host: { open: async () => openedTrace(checkout, { from: "Team Tempo", ...change }) },
  });
  return shown;
}

/** Figures of the header that are seen. */
function seenStats(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const box = document.querySelector(".stats")!.getBoundingClientRect();
    return [...document.querySelectorAll(".stat")]
      .filter((stat) => stat.getBoundingClientRect().bottom <= box.bottom + 1)
      .map((stat) => (stat.textContent ?? "").trim());
  });
}

const heightOf = async (frame: Frame, selector: string) =>
  (await frame.locator(selector).boundingBox())?.height ?? 0;
const menuOf = (frame: Frame) => frame.getByRole("menu", { name: "More actions…" });
const moreOf = (frame: Frame) => frame.getByRole("button", { name: "More actions…" });

test("A narrow header keeps what matters on one line, and gives up the source and the trace id first", async () => {
  const { frame } = await show(half);
  assert.ok((await heightOf(frame, ".header")) <= 36);
  const seen = await seenStats(frame);
  assert.deepEqual(seen.slice(0, 3), ["62 ms duration", "3 errors", "13 spans"]);
  assert.match(seen[3], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  assert.ok(!seen.includes("Team Tempo") && !seen.includes(checkout.traceId), seen.join(", "));
});

test("What the header gives up is in its tooltip and in the details", async () => {
  const { frame } = await show(half);
  const title = (await frame.locator(".trace-title").getAttribute("title")) ?? "";
  for (const text of [checkout.traceId, "Team Tempo", "8 services", "4 levels"])
    assert.ok(title.includes(text), text);
  const line = frame.locator(".attribute", { hasText: "Loaded from" });
  assert.match((await line.textContent()) ?? "", /Team Tempo/);
});

test("With a long name and a choice of traces the header has two lines and no more", async () => {
  const summary = {
    ...summaryOf(checkout),
    rootName: "GET /organizations/{organization}/projects".repeat(3),
  };
  const { frame } = await show(half, { summary, siblings: [summary, { ...summary, traceId: "1" }] });
  assert.ok((await heightOf(frame, ".header")) <= 60);
  assert.deepEqual((await seenStats(frame)).slice(0, 2), ["62 ms duration", "3 errors"]);
});

for (const width of [1280, 900, 700, 600, 400, 260]) {
  test(`The toolbar is one line at ${width} px, and every action is in it or in its menu`, async () => {
    const { frame } = await show({ width, height: 650 });
    assert.ok((await heightOf(frame, ".toolbar")) <= 40);
    const outside = await frame.evaluate(
      () =>
        [...document.querySelectorAll(".toolbar vscode-button")].filter(
          (button) => button.getBoundingClientRect().right > innerWidth,
        ).length,
    );
    assert.equal(outside, 0);
    const away = await frame.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>(".toolbar vscode-button[hidden]")]
        .map((button) => button.getAttribute("aria-label"))
        .filter((label) => label !== "More actions…"),
    );
    assert.equal(await moreOf(frame).isVisible(), away.length > 0);
    if (away.length === 0) return;
    await moreOf(frame).click();
    const items = await menuOf(frame)
      .locator("[role^=menuitem]")
      .evaluateAll((all) => all.map((item) => item.getAttribute("aria-label")));
    assert.deepEqual([...away, "Copy trace ID"].sort(), items.sort());
  });
}

test("The menu is walked with the keyboard, and an item runs what its button did", async () => {
  const { frame, page, calls } = await show(half);
  await moreOf(frame).focus();
  await page.keyboard.press("Enter");
  await menuOf(frame).waitFor();
  assert.equal(await frame.getByRole("button", { name: "More actions…", expanded: true }).count(), 1);
  const focused = () => frame.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  const first = await focused();
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "Copy trace ID");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), first);
  await page.keyboard.press("k");
  assert.equal(await focused(), "Keyboard shortcuts");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await menuOf(frame).waitFor({ state: "detached" });
  await frame.locator(".toast:not([hidden])").waitFor();
  assert.ok(calls.includes(`copy("${checkout.traceId}")`), calls.join("\n"));
});

test("A switch in the menu says whether it is on", async () => {
  const { frame } = await show(half);
  await moreOf(frame).click();
  await frame.getByRole("menuitemcheckbox", { name: "Details below", checked: false }).click();
  await moreOf(frame).click();
  await frame.getByRole("menuitemcheckbox", { name: "Details below", checked: true }).waitFor();
});

for (const key of ["Escape", "Tab"]) {
  test(`${key} closes the menu and no key in it is one of the page`, async () => {
    const { frame, page } = await show(half);
    const pressed = () => frame.getByRole("button", { name: "Critical path" }).getAttribute("aria-pressed");
    await moreOf(frame).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("c");
    await page.keyboard.press(key);
    await menuOf(frame).waitFor({ state: "detached" });
    if (key === "Escape") {
      assert.equal(
        await frame.evaluate(() => document.activeElement?.getAttribute("aria-label")),
        "More actions…",
      );
    }
    assert.equal(await pressed(), "true");
  });
}

test("A click beside the menu closes it", async () => {
  const { frame } = await show(half);
  await moreOf(frame).click();
  await frame.locator(".span-row", { hasText: "price cart" }).click({ position: { x: 60, y: 12 } });
  await menuOf(frame).waitFor({ state: "detached" });
});

test("A button that leaves the toolbar while it has the focus hands it to the menu", async () => {
  const { frame, page } = await show({ width: 1280, height: 650 });
  await frame.getByRole("button", { name: "Keyboard shortcuts" }).focus();
  await page.setViewportSize(half);
  await frame.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "More actions…");
});

test("One notice stands for several where there is little room, and the others are a click away", async () => {
  const { frame } = await show(half, { notes: ["The first.", "The second.", "The third."] });
  const seen = () => frame.locator(".notice").evaluateAll((all) => all.map((one) => one.checkVisibility()));
  assert.deepEqual(await seen(), [true, false, false]);
  await frame.getByRole("button", { name: "2 more" }).click();
  assert.deepEqual(await seen(), [true, true, true]);
  await frame.getByRole("button", { name: "Less", exact: true }).click();
  await frame.locator(".notice").first().getByRole("button", { name: "Dismiss" }).click();
  await frame.getByText("The second.").waitFor();
  assert.equal(await frame.getByRole("button", { name: "1 more" }).count(), 1);
});

/** A root whose parent is missing, below a usual one. */
function orphaned() {
  const drawn = drawTrace("GET /carts ====\nSELECT carts  ===");
  const mark = drawn.mark.slice();
  mark[1] |= Mark.orphan | Mark.warning;
  return { ...drawn, mark };
}

for (const [width, says] of [
  [1280, "missing parent"],
  [700, "orphan"],
  [420, ""],
] as const) {
  test(`A missing parent is said in whole words at ${width} px, or by a sign with a tooltip`, async () => {
    shown = await showTracePage({ trace: orphaned(), width, height: 650 });
    const row = shown.frame.locator(".span-row", { hasText: "SELECT carts" });
    const badge = row.locator(".orphan");
    assert.equal(await badge.isVisible(), says !== "");
    assert.equal(await badge.textContent(), says);
    const cut = await badge.evaluate((one) => one.scrollWidth > one.clientWidth + 2);
    const end = (await badge.boundingBox()) ?? { x: 0, width: 0 };
    const cell = (await row.locator(".name-cell").boundingBox())!;
    assert.ok(!cut && end.x + end.width <= cell.x + cell.width);
    const sign = says === "" ? row.locator(".mark-warning") : badge;
    assert.equal(await sign.isVisible(), true);
    assert.match((await sign.getAttribute("title")) ?? "", /^Missing parent: /);
    assert.match((await row.locator(".time-cell").getAttribute("aria-label")) ?? "", /missing parent/);
  });
}

/** Half of a small window, with a side bar beside it. */
const least = { width: 220, height: 800 };

/** Elements in `selector` with a part that is cut off at the right of the page's box `within`. */
function cutOff(frame: Frame, within: string, selector: string): Promise<string[]> {
  return frame.evaluate(
    ([box, parts]) => {
      const edge = document.querySelector(box)!.getBoundingClientRect().right;
      return [...document.querySelectorAll(parts)]
        .filter((part) => part.getBoundingClientRect().right > edge + 0.5)
        .map((part) => part.textContent ?? "");
    },
    [within, selector],
  );
}

test("In a pane of 220 px the details run out of nothing", async () => {
  const { frame } = await show(least);
  await frame.locator(".span-row", { hasText: "GET /quotes" }).click();
  await frame.locator(".details-title", { hasText: "GET /quotes" }).waitFor();
  assert.deepEqual(await cutOff(frame, ".details-body", ".facts *"), []);
});

test("In a pane of 220 px the words on the time line have their room", async () => {
  const { frame } = await show(least);
  const width = (await frame.locator(".ruler").boundingBox())!.width;
  assert.ok(width < 100, String(width));
  const drawn = await frame.evaluate(async () => {
    const words: { readonly text: string; readonly left: number; readonly right: number }[] = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
      if (this.canvas.className === "ruler-canvas")
        words.push({ text, left: x, right: x + this.measureText(text).width });
      draw.call(this, text, x, y);
    };
    // It is drawn anew when the pointer comes to the rows; without the pointer its words are the times.
    const layer = document.querySelector(".virtual-layer")!;
    layer.dispatchEvent(new PointerEvent("pointerleave"));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return words;
  });
  assert.ok(drawn.length >= 1);
  for (const [i, word] of drawn.entries())
    if (i > 0) assert.ok(word.left > drawn[i - 1].right, JSON.stringify(drawn));
});

test("A legend says how many services it has no room for, until they are scrolled to", async () => {
  const { frame } = await show(least);
  const more = frame.locator(".legend-more");
  await more.waitFor();
  assert.match((await more.textContent()) ?? "", /^\+[1-7]$/);
  await frame.locator(".legend").evaluate((legend) => legend.scrollTo(0, legend.scrollHeight));
  await more.waitFor({ state: "hidden" });
  await frame.locator(".legend").evaluate((legend) => legend.scrollTo(0, 0));
  await more.click();
  await frame.locator(".filter-bar").waitFor();
  await shown?.close();
  const wide = await show({ width: 1280, height: 800 });
  await wide.frame.locator(".legend-more").waitFor({ state: "hidden" });
});

test("A low page with a choice of traces keeps the name of the one that is shown", async () => {
  const summary = summaryOf(checkout);
  for (const width of [540, 690, 1280]) {
    const { frame } = await show(
      { width, height: 500 },
      { siblings: [summary, { ...summary, traceId: "1" }] },
    );
    const name = (await frame.locator(".trace-name").boundingBox())!;
    const toolbar = (await frame.locator(".find").boundingBox())!;
    assert.ok(name.width >= 90 && Math.abs(name.x - toolbar.x) <= 1, `${width}: ${name.x} ${name.width}`);
    assert.deepEqual(await cutOff(frame, ".header", ".header *"), []);
    await shown?.close();
  }
});

test("In a low page the way to the line is seen without a scroll in the details below the rows", async () => {
  shown = await showTracePage({
    trace: checkout,
    width: 520,
    height: 500,
    host: {
      locate: async () => ({
        label: "pricing/src/taxes.ts:22",
        reason: "code.file.path and code.line.number; the last 3 parts of the path agree",
        confidence: "sure",
        choices: [],
        advice: "",
      }),
    },
  });
  const { frame } = shown;
  await frame.locator(".span-row", { hasText: "GET /quotes" }).click();
  await frame.locator(".source-open").waitFor();
  const button = (await frame.locator(".source-open").boundingBox())!;
  const body = (await frame.locator(".span-details .details-body").boundingBox())!;
  assert.ok(button.y + button.height <= body.y + body.height, `${button.y} ${body.y} ${body.height}`);
  assert.equal(await frame.locator(".fact", { hasText: "Service" }).isVisible(), true);
});

test("The longest names stay in the boxes of the details", async () => {
  const reason = `"${"N".repeat(5000)}" (the span's name) stands in no source file`;
  shown = await showTracePage({
    trace: checkout,
    host: { locate: async () => ({ label: "", reason, confidence: "none", choices: [], advice: "" }) },
  });
  const { frame } = shown;
  await frame.locator(".span-row", { hasText: "GET /quotes" }).click();
  const none = frame.locator(".source-none");
  await none.waitFor();
  assert.equal(await none.evaluate((box) => box.scrollWidth > box.clientWidth), false);
});

test("Most of a page of half a window is rows, and a low page gives its overview up for them", async () => {
  const { frame } = await show(half, { notes: ["This trace was sampled."] });
  assert.ok((await heightOf(frame, ".virtual-scroller")) >= 11 * 24);
  assert.equal(await frame.locator(".minimap").isVisible(), true);
  await shown?.close();
  const lower = await show(low, { notes: ["This trace was sampled."] });
  assert.equal(await lower.frame.locator(".minimap").isVisible(), false);
  assert.ok((await heightOf(lower.frame, ".virtual-scroller")) >= 6 * 24);
  assert.deepEqual(await shown?.problems(), []);
});
