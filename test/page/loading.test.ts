import assert from "node:assert/strict";
import { after, test } from "node:test";
import { UserError } from "../../src/base/userError.ts";
import { packDetails } from "../../src/wire/pack.ts";
import { drawTrace } from "../support/drawnTrace.ts";
import { closeBrowser, openedTrace, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";

after(closeBrowser);

/** What a host answers to open(). */
const opened = (trace: typeof checkout, version = 1) => openedTrace(trace, { version });

test("A refused trace shows the reason, Retry and what can be done, and Retry asks again", async () => {
  let refuse = true;
  const shown = await showTracePage({
    trace: checkout,
    settled: false,
    host: {
      open: async () => {
        if (refuse)
          throw new UserError("Tempo at http://localhost:3200 refused the connection. Is it running?", {
            action: "openSettings",
          });
        return opened(checkout);
      },
    },
  });
  const { frame } = shown;
  await frame.getByRole("alert").filter({ hasText: "refused the connection. Is it running?" }).waitFor();
  await frame.getByRole("button", { name: "Open Settings" }).click();
  refuse = false;
  await frame.getByRole("button", { name: "Retry" }).click();
  await frame.locator(".span-row").first().waitFor();
  assert.equal(await frame.locator(".placard").isVisible(), false);
  assert.ok(shown.calls.includes('act("openSettings")'));
  await shown.close();
});

test("A trace that takes long says that it is being read", async () => {
  const shown = await showTracePage({ settled: false, host: { open: () => new Promise(() => {}) } });
  await shown.frame.getByText("Reading the trace…").waitFor();
  await shown.close();
});

test("A trace without spans says so, with what is known of it", async () => {
  const empty = { ...drawTrace("A ="), length: 0, notes: ["3 spans without a trace ID were left out"] };
  const fields = [
    "start",
    "duration",
    "parent",
    "size",
    "depth",
    "name",
    "service",
    "kind",
    "status",
    "mark",
    "spanId",
  ] as const;
  const cut = Object.fromEntries(fields.map((field) => [field, empty[field].slice(0, 0)]));
  const shown = await showTracePage({
    settled: false,
    host: { open: async () => opened({ ...empty, ...cut } as typeof checkout) },
  });
  await shown.frame.getByText("This trace has no spans").waitFor();
  await shown.frame.getByText("3 spans without a trace ID were left out").waitFor();
  await shown.close();
});

test("The rows are there and work while the attributes are still on their way", async () => {
  let answer = () => {};
  const parts = packDetails(checkout);
  const shown = await showTracePage({
    trace: checkout,
    settled: false,
    host: {
      details: (_, part) =>
        new Promise((resolve) => {
          answer = () => resolve(parts[part]);
        }),
    },
  });
  const { frame } = shown;
  await frame.locator(".span-row", { hasText: "bank call" }).click();
  await frame.getByText("Attributes and events are still being read…").waitFor();
  await frame.locator(".find-field").click();
  await shown.page.keyboard.type("select");
  await frame.waitForFunction(() => document.querySelector(".find-count")?.textContent === "1 of 2…");
  answer();
  await frame.waitForFunction(() => document.querySelector(".find-count")?.textContent === "1 of 2");
  await frame.locator(".attribute").first().waitFor();
  await shown.close();
});

test("Attributes that cannot be read leave the rows, with the reason and Retry", async () => {
  const shown = await showTracePage({
    trace: checkout,
    settled: false,
    host: {
      details: async () => {
        throw new UserError("The file is gone.");
      },
    },
  });
  const note = shown.frame.getByRole("note").filter({ hasText: "The file is gone." });
  await note.getByRole("button", { name: "Retry" }).waitFor();
  assert.equal(await shown.frame.locator(".span-row:not([hidden])").count(), 13);
  await shown.close();
});

test("Notes of the trace stand above the rows until they are dismissed", async () => {
  const shown = await showTracePage({ trace: { ...checkout, notes: ["2 spans sent twice, shown once."] } });
  const note = shown.frame.getByRole("note").filter({ hasText: "sent twice" });
  await note.getByRole("button", { name: "Dismiss" }).click();
  assert.equal(await note.count(), 0);
  await shown.close();
});

test("Late spans come into the open page; what was collapsed and selected stays so", async () => {
  const first = drawTrace("A ==========\n B ====\n  C ==\n D      ===");
  const later = drawTrace("A ==========\n B ====\n  C ==\n D      ===\n E         =");
  let current = first;
  let version = 1;
  const shown = await showTracePage({
    trace: first,
    settled: false,
    host: {
      open: async () => opened(current, version),
      details: async (_, part) => packDetails(current)[part],
    },
  });
  const { frame } = shown;
  await frame.locator(".span-row", { hasText: "B" }).first().click();
  await shown.page.keyboard.press("ArrowLeft");
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 3);
  current = later;
  version = 2;
  shown.channel.tell("reload", []);
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 4);
  assert.equal(await textOf(frame.locator(".span-row.selected .span-name")), "B");
  assert.equal(
    await frame.locator(".span-row", { hasText: "B" }).first().getAttribute("aria-expanded"),
    "false",
  );
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});

test("The editor can reveal a span and perform an action", async () => {
  const shown = await showTracePage({ trace: checkout });
  const { frame } = shown;
  shown.channel.tell("perform", ["collapseAll"]);
  await frame.waitForFunction(() => document.querySelectorAll(".span-row:not([hidden])").length === 1);
  shown.channel.tell("reveal", [10]);
  await frame.waitForFunction(
    () => document.querySelector(".span-row.selected .span-name")?.textContent === "bank call",
  );
  shown.channel.tell("perform", ["find"]);
  await frame.waitForFunction(() => document.activeElement?.classList.contains("find-field"));
  shown.channel.tell("perform", ["toggleCriticalPath"]);
  await frame.waitForFunction(
    () => document.querySelector("[aria-label='Critical path']")?.getAttribute("aria-pressed") === "false",
  );
  await shown.close();
});

test("A span that is asked for is selected even where the page remembers another", async () => {
  let select = -1;
  const shown = await showTracePage({
    trace: checkout,
    host: { open: async () => ({ ...opened(checkout), select }) },
  });
  await shown.frame.locator(".span-row", { hasText: "price cart" }).first().click();
  await shown.page.waitForTimeout(500);
  const row = [...checkout.name].findIndex((name) => checkout.labels.at(name) === "charge card");
  select = row;
  await shown.reload();
  assert.equal(await textOf(shown.frame.locator(".span-row.selected .span-name")), "charge card");
  await shown.close();
});

test("Loading again asks for a trace that is fetched anew; the page's own loads do not", async () => {
  const asked: unknown[] = [];
  const shown = await showTracePage({
    trace: checkout,
    host: {
      open: async (again?: boolean) => {
        asked.push(again === true);
        return opened(checkout, asked.length);
      },
    },
  });
  await shown.frame.locator(".span-row").first().click();
  await shown.page.keyboard.press("Shift+R");
  await shown.page.waitForTimeout(500);
  assert.deepEqual(asked, [false, true]);
  await shown.close();
});
