import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame } from "playwright-core";
import { AttributeType } from "../../src/model/attributes.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import { SpanSink } from "../../src/model/spanSink.ts";
import type { SourceAnswer } from "../../src/wire/protocol.ts";
import { closeBrowser, type ShownPage, showTracePage } from "../support/pageHost.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";

const unknown: SourceAnswer = {
  label: "",
  reason: "The span names no place in the code.",
  confidence: "none",
  choices: [],
  advice: "Set code.file.path on it.",
};
const places = new Map<number, SourceAnswer>([
  [
    0,
    {
      label: "src/checkout.js:42",
      reason: "code.file.path and code.line.number",
      confidence: "sure",
      choices: [],
      advice: "",
    },
  ],
  [1, { label: "src/carts.js:7", reason: "the span name", confidence: "guess", choices: [], advice: "" }],
  [
    2,
    {
      label: "",
      reason: "Two files fit.",
      confidence: "likely",
      choices: [
        { label: "a/price.ts:1", reason: "the path" },
        { label: "b/price.ts:1", reason: "the path" },
      ],
      advice: "",
    },
  ],
]);

let shown: ShownPage;
let frame: Frame;
const choose = (name: string) => frame.locator(".span-row", { hasText: name }).first().click();

before(async () => {
  shown = await showTracePage({
    trace: checkout,
    height: 1000,
    host: {
      locate: async (row) => places.get(row) ?? unknown,
      openSource: async (row) => places.get(row) ?? unknown,
    },
  });
  frame = shown.frame;
});
after(async () => {
  await shown.close();
  await closeBrowser();
});

test("The details say how long the span took, by itself, on the critical path and in the trace", async () => {
  await choose("charge card");
  await frame.locator(".details-title", { hasText: "charge card" }).waitFor();
  const facts = (await textOf(frame.locator(".facts"))).replace(/\s+/g, " ");
  assert.match(facts, /Service\s*payments/);
  assert.match(facts, /Duration\s*24 ms 39% of the trace/);
  assert.match(facts, /Self time\s*2 ms 8.3% of the span/);
  assert.match(facts, /Start\s*\+25 ms/);
  assert.match(facts, /Status\s*Failed/);
  assert.match(facts, /card declined by the bank/);
});

test("What begins with the trace or with its span is said to be at start", async () => {
  await choose("POST /checkout");
  await frame.locator(".details-title", { hasText: "POST /checkout" }).waitFor();
  assert.match(await textOf(frame.locator(".facts")), /Start\s*At start/);
  await choose("price cart");
  await frame.locator(".details-title", { hasText: "price cart" }).waitFor();
  assert.equal(await textOf(frame.locator(".event-time").first()), "at start");
});

test("Attributes have their types, can be copied, and web addresses can be opened", async () => {
  await choose("POST /checkout");
  const line = frame.locator(".attribute", { hasText: "code.line.number" });
  await line.waitFor();
  assert.match(await textOf(line), /42[\s\S]*int/);
  await line.hover();
  await line.getByRole("button", { name: "Copy code.line.number" }).click();
  await frame.locator(".toast", { hasText: "Copied" }).waitFor();
  assert.ok(shown.calls.includes('copy("42")'));
  const url = frame.locator(".attribute", { hasText: "url.full" });
  await url.hover();
  await url.getByRole("button", { name: "Open url.full in the browser" }).click();
  await frame.waitForTimeout(150);
  assert.ok(shown.calls.includes("openUrl(0, 4)"), shown.calls.join("\n"));
});

test("No button covers a letter of an attribute's value", async () => {
  await shown.page.setViewportSize({ width: 860, height: 1000 });
  await choose("POST /checkout");
  const line = frame.locator(".attribute", { hasText: "url.full" });
  await line.hover();
  const [letters, buttons] = await line.evaluate((row) => {
    const text = document.createRange();
    text.selectNodeContents(row.querySelector(".value")!);
    const edges = (box: DOMRect) => ({ left: box.left, right: box.right });
    return [
      edges(text.getBoundingClientRect()),
      edges(row.querySelector(".attribute-buttons")!.getBoundingClientRect()),
    ];
  });
  assert.ok(letters.right <= buttons.left, `${letters.right} ${buttons.left}`);
  await shown.page.setViewportSize({ width: 1280, height: 1000 });
});

test("The filter of the details looks at keys and values", async () => {
  await frame.locator(".details-filter").click();
  await shown.page.keyboard.type("CODE.");
  await frame.waitForFunction(() => document.querySelector(".section .count")?.textContent === "2 of 5");
  for (let i = 0; i < 5; i++) await shown.page.keyboard.press("Backspace");
  await frame.waitForFunction(() => document.querySelector(".section .count")?.textContent === "5");
});

test("A known source line is a button, with the reason for it", async () => {
  await choose("POST /checkout");
  const source = frame.getByRole("region", { name: "Source line" });
  await source.getByRole("button", { name: "src/checkout.js:42" }).click();
  assert.match(await textOf(source), /From code\.file\.path and code\.line\.number/);
  await frame.waitForTimeout(150);
  assert.ok(shown.calls.includes("openSource(0)"));
});

test("A guess is called a guess, an unknown line says what would make it known, and several are a choice", async () => {
  const source = frame.getByRole("region", { name: "Source line" });
  await choose("check cart");
  await source.getByText("A guess").waitFor();
  await choose("reserve stock");
  await source.getByText("Set code.file.path on it.").waitFor();
  await choose("price cart");
  await source.getByRole("button", { name: "b/price.ts:1" }).click();
  await frame.waitForTimeout(150);
  assert.ok(shown.calls.includes("openSource(2, 1)"), shown.calls.join("\n"));
});

test("An exception is shown as a runtime prints it", async () => {
  await choose("bank call");
  const event = frame.locator(".event.exception");
  await event.waitFor();
  assert.ok((await textOf(event.locator("pre"))).split("\n").length > 1);
});

test("A link to another trace opens it, a link into this one selects its span", async () => {
  await choose("bank call");
  await frame.getByRole("button", { name: "Open trace" }).click();
  await frame.waitForTimeout(150);
  assert.ok(shown.calls.includes("followLink(10, 0)"), shown.calls.join("\n"));
  await choose("reserve stock");
  await frame.getByRole("button", { name: "Go to span" }).click();
  await frame.locator(".details-title", { hasText: "price cart" }).waitFor();
});

test("Nested values are laid out, long ones cut with a note, many come a hundred at a time", async () => {
  const sink = new SpanSink();
  sink.begin();
  sink.span.trace3 = 1;
  sink.span.idLow = 1;
  sink.span.startLow = 1;
  sink.span.endLow = 1000;
  sink.span.name = sink.labels.internText("root");
  const add = (key: string, type: AttributeType, value: string) =>
    sink.attributes.add(sink.labels.internText(key), type, sink.texts.internText(value));
  add("nested", AttributeType.map, '{"big":9223372036854775807,"list":[1,{"a":"b,c"}],"none":{}}');
  add("long", AttributeType.string, "x".repeat(1_000_000));
  for (let i = 0; i < 300; i++) add(`key.${i}`, AttributeType.int, String(i));
  sink.commit(0, 0);
  const wide = await showTracePage({ trace: buildTrace(sink, 0) });
  const value = await textOf(wide.frame.locator(".attribute", { hasText: "nested" }).locator(".value"));
  assert.equal(
    value,
    '{\n  "big": 9223372036854775807,\n  "list": [\n    1,\n    {\n      "a": "b,c"\n    }\n  ],\n  "none": {}\n}',
  );
  assert.match(await textOf(wide.frame.locator(".cut")), /The first 4,096 of 1,000,000 characters/);
  assert.equal(await wide.frame.locator(".attribute").count(), 100 + 3);
  await wide.frame.getByRole("button", { name: /Show 100 of 202 more attributes/ }).click();
  assert.equal(await wide.frame.locator(".attribute").count(), 200 + 3);
  await wide.close();
});

test("The page has asked for nothing that its policy forbids", async () => {
  assert.deepEqual(await shown.problems(), []);
});
