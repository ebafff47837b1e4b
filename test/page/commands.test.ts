import assert from "node:assert/strict";
import { after, test } from "node:test";
import { UserError } from "../../src/base/userError.ts";
import { closeBrowser, openedTrace, showTracePage, summaryOf } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";

after(closeBrowser);

test("T asks the editor for the slowest span that has a line", async () => {
  const shown = await showTracePage({ trace: checkout });
  await shown.page.keyboard.press("t");
  await shown.page.waitForTimeout(150);
  assert.ok(shown.calls.includes('jump("slowest", 0)'), shown.calls.join("\n"));
  await shown.close();
});

test("When no span has a line, T selects the slowest one on the critical path and says why it opens nothing", async () => {
  const shown = await showTracePage({
    trace: checkout,
    host: {
      jump: async () => {
        throw new UserError("No span of this trace names a place in the code.");
      },
    },
  });
  await shown.page.keyboard.press("t");
  await shown.frame
    .locator(".toast", { hasText: "No span of this trace names a place in the code." })
    .waitFor();
  assert.notEqual(await textOf(shown.frame.locator(".span-row.selected .span-name")), "");
  await shown.close();
});

test("A walk through the slow spans of a trace just opened begins at the slowest", async () => {
  const shown = await showTracePage({ trace: checkout });
  await shown.page.keyboard.press("]");
  await shown.frame.getByText(/^Slow span 1 of \d+$/).waitFor({ state: "attached" });
  await shown.page.keyboard.press("]");
  await shown.frame.getByText(/^Slow span 2 of \d+$/).waitFor({ state: "attached" });
  await shown.close();
});

test("Y copies a link to the selected span", async () => {
  const shown = await showTracePage({ trace: checkout });
  await shown.page.keyboard.press("ArrowDown");
  await shown.page.keyboard.press("y");
  await shown.frame.locator(".toast", { hasText: "Link copied" }).waitFor();
  assert.ok(shown.calls.includes("copyLink(1)"));
  await shown.close();
});

test("What the editor refuses is said, and the page goes on", async () => {
  const shown = await showTracePage({
    trace: checkout,
    host: {
      copyLink: async () => {
        throw new UserError("A trace of a file that has not been saved has no link.");
      },
    },
  });
  await shown.page.keyboard.press("y");
  await shown.frame.locator(".toast", { hasText: "has no link" }).waitFor();
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});

test("The other traces of the same file are a choice", async () => {
  const other = {
    ...summaryOf(checkout),
    traceId: "00000000000000000000000000000042",
    rootName: "GET /cart",
  };
  const shown = await showTracePage({
    trace: checkout,
    host: {
      open: async () =>
        openedTrace(checkout, { siblings: [summaryOf(checkout), other], select: 3, address: undefined }),
    },
  });
  const { frame } = shown;
  assert.equal(await textOf(frame.locator(".span-row.selected .span-name")), "GET /quotes");
  await frame.getByRole("combobox", { name: "Traces here, 2" }).click();
  await frame.getByRole("option", { name: /GET \/cart/ }).click();
  await shown.page.waitForTimeout(150);
  assert.ok(shown.calls.includes('openSibling("00000000000000000000000000000042")'), shown.calls.join("\n"));
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});

test("Raw times show spans where their clocks said they were", async () => {
  const skew = new Float64Array(checkout.length);
  skew[1] = 40e6;
  const shown = await showTracePage({ trace: { ...checkout, skew } });
  const { frame, page } = shown;
  const start = () =>
    frame.locator(".span-row", { hasText: "check cart" }).locator(".time-cell").getAttribute("aria-label");
  assert.match((await start()) ?? "", /from 1 ms/);
  await page.keyboard.press("r");
  await frame.waitForFunction(() =>
    [...document.querySelectorAll(".time-cell")].some((cell) =>
      cell.getAttribute("aria-label")?.includes("from -39 ms"),
    ),
  );
  await page.keyboard.press("r");
  await page.waitForTimeout(100);
  assert.match((await start()) ?? "", /from 1 ms/);
  await shown.close();
});
