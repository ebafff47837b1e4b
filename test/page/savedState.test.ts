import assert from "node:assert/strict";
import { after, test } from "node:test";
import { firstState } from "../../webview/trace/pageState.ts";
import { restoreState, rowsToText, textToRows } from "../../webview/trace/savedState.ts";
import { closeBrowser, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";
import { wideTrace } from "./wideTrace.ts";

after(closeBrowser);

const fresh = (trace = checkout) => firstState({} as never, trace);

test("What was selected, collapsed, zoomed, looked for and arranged outlives a reload", async () => {
  const shown = await showTracePage({ trace: checkout });
  const { page } = shown;
  const select = (name: string) => shown.frame.locator(".span-row", { hasText: name }).first().click();
  await select("price cart");
  await page.keyboard.press("ArrowLeft");
  await select("charge card");
  await page.keyboard.press("z");
  await page.keyboard.press("c");
  await page.keyboard.press("f");
  await page.keyboard.type("charge");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+I");
  await page.waitForTimeout(500);
  const ruler = await shown.frame.locator(".time-cell").first().getAttribute("aria-label");
  await shown.reload();
  const { frame } = shown;
  assert.equal(await textOf(frame.locator(".span-row.selected .span-name")), "charge card");
  assert.equal(
    await frame.locator(".span-row", { hasText: "price cart" }).getAttribute("aria-expanded"),
    "false",
  );
  assert.equal(await textOf(frame.locator(".find-count")), "1 of 2");
  assert.equal(await frame.locator(".body.below").count(), 1);
  assert.equal(
    await frame.getByRole("button", { name: "Critical path" }).getAttribute("aria-pressed"),
    "false",
  );
  assert.equal(await frame.locator(".time-cell").first().getAttribute("aria-label"), ruler);
  const saved = await page.evaluate(() => (window as unknown as { saved: Record<string, unknown> }).saved);
  assert.deepEqual(saved.address, { kind: "test" });
  assert.ok(Array.isArray(saved.window));
  assert.ok(shown.calls.some((call) => call.startsWith("keep(")));
  await shown.close();
});

for (const [what, saved] of [
  ["nothing", undefined],
  ["text", "state"],
  ["an array", [1, 2]],
  [
    "wrong types",
    {
      trace: checkout.traceId,
      window: ["a", {}],
      selected: 7,
      collapsed: 3,
      query: {},
      services: "all",
      layout: null,
      minDuration: "x",
    },
  ],
  [
    "numbers out of range",
    {
      trace: checkout.traceId,
      spans: 13,
      window: [Number.MAX_VALUE, -1],
      row: 1e9,
      selected: "ffffffffffffffff",
      collapsed: "zzzzzz*zzzzzz",
      services: [-1, 99, 1.5],
      minDuration: -4,
      layout: { nameWidth: 1e99, detailsWidth: -5 },
    },
  ],
  ["a run without end", { trace: checkout.traceId, spans: 13, collapsed: "0*zzzzzzzzzz,1*zzzzzzzzzz" }],
  ["another trace", { trace: "00", spans: 13, selected: "0000000000000005", row: 4, collapsed: "0" }],
] as const) {
  test(`A saved state that is ${what} opens the trace as if it were new`, () => {
    const state = { ...fresh(), ...restoreState(saved, fresh()) };
    assert.deepEqual(state.window, fresh().window);
    assert.equal(state.selected, -1);
    assert.equal(state.services, undefined);
    assert.equal(state.minDuration, 0);
    assert.ok(
      state.layout.nameWidth === 0 || (state.layout.nameWidth >= 80 && state.layout.nameWidth <= 4000),
    );
    assert.ok(state.collapsed.every((flag, row) => flag === 0 || checkout.size[row] > 1));
  });
}

test("Collapsed rows come back from their text", () => {
  const trace = wideTrace(5000, 0);
  const collapsed = Uint8Array.from(trace.size, (size, row) => (size > 1 && row % 3 !== 0 ? 1 : 0));
  const text = rowsToText(collapsed);
  assert.ok(text.length < 20_000, String(text.length));
  assert.deepEqual(textToRows(text, trace), collapsed);
  assert.equal(rowsToText(new Uint8Array(10)), "");
});

test("A page with a hostile saved state still opens", async () => {
  const shown = await showTracePage({
    trace: checkout,
    saved: { trace: checkout.traceId, window: [5, 5], layout: { nameWidth: "wide" }, __proto__: null },
  });
  assert.equal(await shown.frame.locator(".span-row:not([hidden])").count(), 13);
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});
