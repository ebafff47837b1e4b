import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { AttributeType } from "../../src/model/attributes.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import { SpanSink } from "../../src/model/spanSink.ts";
import { Status, type Trace } from "../../src/model/trace.ts";
import { closeBrowser, type ShownPage, showTracePage } from "../support/pageHost.ts";
import { sharedData, skipWithoutData } from "../support/sharedData.ts";
import { checkout } from "./sampleTrace.ts";
import { textOf } from "./textOf.ts";

after(closeBrowser);

const attacks = [
  "<img src=x onerror=window.__xss=1>",
  "<script>window.__xss=1</script>",
  "javascript:window.__xss=1",
  "</style><style>*{display:none}</style>",
  "$" + "{window.__xss=1}",
  "$(sync~spin) [x](command:evil)",
  "__proto__",
  "constructor",
  "\u202egnp.exe",
  "a\u0000b\u001b[31mred\u0007",
  "lone \ud800 surrogate",
  "\u200b\ufeffinvisible",
  `a long ${"name ".repeat(20_000)}`,
];

/** A trace that has every attack everywhere a sender can put text. */
function attackedTrace(): Trace {
  const sink = new SpanSink();
  attacks.forEach((attack, i) => {
    const label = () => sink.labels.internText(attack);
    const text = () => sink.texts.internText(attack);
    const resource = sink.addResource();
    sink.openResource();
    sink.resourceAttributes.add(sink.labels.internText("service.name"), AttributeType.string, text());
    sink.resourceAttributes.add(label(), AttributeType.string, text());
    sink.closeResource(resource);
    const scope = sink.addScope();
    sink.openScope();
    sink.scopeAttributes.add(label(), AttributeType.string, text());
    sink.closeScope(scope, label(), label());
    sink.begin();
    const { span } = sink;
    span.trace3 = 1;
    span.idLow = i + 1;
    span.parentLow = i === 0 ? 0 : 1;
    span.name = label();
    span.status = Status.error;
    span.message = text() + 1;
    span.startLow = 1000 + i;
    span.endLow = 1_000_000;
    span.warnings = [attack];
    sink.attributes.add(label(), AttributeType.string, text());
    const nested = sink.texts.internText(JSON.stringify({ [attack]: attack }));
    sink.attributes.add(label(), AttributeType.map, nested);
    sink.eventAttributes.add(sink.labels.internText("exception.type"), AttributeType.string, text());
    sink.eventAttributes.add(sink.labels.internText("exception.message"), AttributeType.string, text());
    sink.eventAttributes.add(sink.labels.internText("exception.stacktrace"), AttributeType.string, text());
    sink.addEvent(0, 2000, sink.labels.internText("exception"));
    sink.eventAttributes.add(label(), AttributeType.string, text());
    sink.addEvent(0, 3000, label());
    sink.linkAttributes.add(label(), AttributeType.string, text());
    sink.addLink(text(), text());
    sink.commit(resource, scope);
  });
  sink.note(attacks[0]);
  return buildTrace(sink, 0);
}

/** Nothing of the trace was taken for markup, and the policy had nothing to refuse. */
async function assertHarmless(shown: ShownPage): Promise<void> {
  const { frame } = shown;
  assert.equal(await frame.evaluate(() => (window as unknown as { __xss?: number }).__xss), undefined);
  assert.equal(
    await frame.evaluate(() => ({}) as { polluted?: unknown }).then((object) => object.polluted),
    undefined,
  );
  const strangers = await frame.evaluate(
    () =>
      document.querySelectorAll("#page img, #page script, #page style, #page iframe, #page a, #page object")
        .length,
  );
  assert.equal(strangers, 0);
  assert.deepEqual(await shown.problems(), []);
}

test("Hostile text is shown literally in every place where text is shown", async () => {
  const trace = attackedTrace();
  const shown = await showTracePage({
    trace,
    height: 1000,
    host: {
      locate: async () => ({
        label: attacks[0],
        reason: attacks[1],
        confidence: "guess",
        choices: [],
        advice: attacks[2],
      }),
    },
  });
  const { frame, page } = shown;
  await page.keyboard.press("l");
  await page.keyboard.press("Escape");
  await frame.locator(".grid").focus();
  for (let row = 0; row < trace.length; row++) {
    await frame.locator(".span-details .details-body").evaluate((body) => {
      body.scrollTop = body.scrollHeight;
    });
    await page.keyboard.press("ArrowDown");
  }
  await frame.locator(".span-row").first().locator(".time-cell").hover();
  await frame.locator(".tooltip").waitFor();
  const shownText = (await frame.locator("#page").textContent()) ?? "";
  for (const attack of attacks.slice(0, 8)) assert.ok(shownText.includes(attack), attack);
  await assertHarmless(shown);
  await shown.close();
});

test("Control characters, overrides of direction and invisible characters are shown as signs", async () => {
  const shown = await showTracePage({ trace: attackedTrace(), height: 1000 });
  const text = (await shown.frame.locator(".virtual-rows").textContent()) ?? "";
  for (const sign of ["⟨U+202E⟩gnp.exe", "a␀b␛[31mred␇", "⟨U+200B⟩"]) assert.ok(text.includes(sign), sign);
  assert.doesNotMatch(text, /[\u0000-\u0008\u202e\u200b]/);
  await shown.close();
});

test("Find is safe with hostile text too", async () => {
  const shown = await showTracePage({ trace: attackedTrace() });
  await shown.frame.locator(".find-field").click();
  await shown.page.keyboard.type("<img src=x onerror");
  await shown.frame.waitForFunction(() =>
    / of /.test(document.querySelector(".find-count")?.textContent ?? ""),
  );
  await assertHarmless(shown);
  await shown.close();
});

test("A refusal and an answer of the editor are text as well", async () => {
  const refused = await showTracePage({
    settled: false,
    host: {
      open: async () => {
        const { UserError } = await import("../../src/base/userError.ts");
        throw new UserError(attacks[0]);
      },
    },
  });
  await refused.frame.getByText(attacks[0]).waitFor();
  await assertHarmless(refused);
  await refused.close();
});

test("A message from a frame that is not the editor's line changes nothing", async () => {
  const shown = await showTracePage({ trace: checkout });
  for (const message of [
    null,
    7,
    "x",
    [],
    { tell: "toString", args: [] },
    { tell: "reveal", args: ["../../etc/passwd"] },
    { answer: 99, value: {} },
  ]) {
    await shown.frame.evaluate((sent) => window.postMessage(sent, "*"), message as object);
  }
  await shown.frame.waitForTimeout(100);
  assert.equal(await textOf(shown.frame.locator(".span-row.selected .span-name")), "POST /checkout");
  assert.deepEqual(await shown.problems(), []);
  await shown.close();
});

for (const file of ["x01-html-everywhere", "x02-script-break", "x03-bidi-control", "x04-css-injection"]) {
  test(`The hostile file ${file} does no harm`, async (t) => {
    if (skipWithoutData(t)) return;
    const { readTraces } = await import("./readTraces.ts");
    const traces = readTraces(await readFile(sharedData("hostile", "files", `${file}.otlp.json`)));
    for (const trace of traces.slice(0, 3)) {
      const shown = await showTracePage({ trace, height: 1000 });
      await shown.frame.locator(".grid").focus();
      for (let i = 0; i < Math.min(trace.length, 20); i++) await shown.page.keyboard.press("ArrowDown");
      await assertHarmless(shown);
      await shown.close();
    }
  });
}
