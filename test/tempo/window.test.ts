import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { runToEnd } from "../../scripts/runningProcess.ts";
import {
  caretAt,
  choose,
  fillBox,
  findRow,
  inWindow,
  picture,
  sample,
  searchResult,
  shownTrace,
} from "../support/editorWindowStory.ts";
import { tempoTest } from "./server.ts";
import { requestOf, send, signal, sourceOf, until } from "./withTempo.ts";

let workspace: string;
before(async () => {
  workspace = await mkdtemp(join(tmpdir(), "traceline-shop-"));
  const filter = (path: string) => !/[/\\](node_modules|\.venv|traces)$/.test(path);
  await cp(sample, workspace, { recursive: true, filter });
});
after(() => rm(workspace, { recursive: true, force: true }));

const slow = "The slow checkout is found with TraceQL, and its line tells of all calls that Tempo keeps";

tempoTest(slow, async (tempo) => {
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: tempo.otlpHttp, SHOP_ROOT: "/srv/shop" };
  await runToEnd(process.execPath, ["run.mjs", "--requests", "7"], { cwd: sample, env });
  await inWindow(slow, { folder: () => workspace }, async (window) => {
    const { page } = window;
    await window.command("Traceline: Add Connection");
    await fillBox(window, "Add Connection", tempo.url);
    await page.keyboard.press("Enter");
    await choose(window, "User settings");
    await window.notification(/Added Grafana Tempo \(127\.0\.0\.1:\d+\)\. .* 4 services/).waitFor();
    await picture(window, "tempo-added");

    await window.command("Traceline: Edit TraceQL");
    await page.locator(".codelens-decoration", { hasText: "Run in Grafana Tempo" }).waitFor();
    const suggestion = (text: string) => page.locator(".suggest-widget .monaco-list-row", { hasText: text });
    await page.keyboard.type("span.shop.");
    await suggestion("span.shop.cart.id").first().waitFor();
    await picture(window, "tempo-attributes");
    await page.keyboard.type("cart.i");
    await page.keyboard.press("Enter");
    await page.keyboard.type(" = ");
    await suggestion('"housewarming"').first().waitFor();
    await picture(window, "tempo-values");
    await page.keyboard.type("house");
    await page.keyboard.press("Enter");
    await page.keyboard.type(' && name = "POST /checkout" && duration > ');
    await page.keyboard.press("Escape");
    await page.locator(".squiggly-error").waitFor();
    await page.keyboard.press("ControlOrMeta+Enter");
    await window.notification(/The query was not sent\. Column \d+: a value is missing after ">"/).waitFor();
    await picture(window, "tempo-mistake");
    await page.keyboard.press("Escape");
    await page.locator(".monaco-editor.focused").waitFor();
    await page.keyboard.type(" 10ms");
    await page.locator(".squiggly-error").waitFor({ state: "detached" });
    await page.keyboard.press("ControlOrMeta+Enter");
    const found = searchResult(window, "gateway · POST /checkout");
    await found.first().waitFor();
    assert.equal(await found.count(), 1, "one checkout is of this cart");
    await picture(window, "tempo-found");
    await found.click();

    const trace = await shownTrace(window, "POST /checkout");
    await findRow(window, trace, "calculate taxes");
    await trace.frame.locator(".source-open", { hasText: "pricing/src/taxes.ts:22" }).waitFor();
    await page.keyboard.press("Enter");
    await caretAt(window, "taxes.ts:22");
    // The trace alone has one call of the line.
    const lens = window.codeLens(/p50 .* · 3 calls$/).first();
    await lens.waitFor();
    await page.locator(".view-line", { hasText: "calculate taxes" }).hover({ position: { x: 120, y: 8 } });
    const hover = page.locator(".monaco-hover:visible", { hasText: "calculate taxes" });
    await hover.getByText("Computed by the backend over all of the spans it keeps.").waitFor();
    await picture(window, "tempo-line");
  });
});

const partial = "A trace of which Tempo answers a part is marked as partial, with what Tempo says of it";

tempoTest(partial, async (tempo) => {
  const traceId = randomBytes(16).toString("hex");
  const startMs = Date.now() - 120_000;
  const part = (index: number) => {
    const spanId = index.toString(16).padStart(16, "0");
    const own = { traceId, spanId, startMs: startMs + index, durationMs: 10 - 2 * index };
    const attributes = { "note.text": "x".repeat(1_000) };
    const name = index === 1 ? "POST /order" : `load cart ${index - 1}`;
    const parentSpanId = index === 1 ? undefined : "1".padStart(16, "0");
    return requestOf("shop", [{ ...own, name, parentSpanId, attributes }]);
  };
  const source = sourceOf(tempo);
  // Each block holds a part that is under the limit by itself.
  for (const index of [1, 2, 3]) {
    if (index > 1) await pause(2_000);
    await send(tempo, part(index));
  }
  await until("all parts", async () => (await source.trace(traceId, signal)).trace.length === 3);
  await tempo.limitTraceBytes(1_500);
  const connections = [{ name: "Tempo", kind: "tempo", url: tempo.url }];
  try {
    await inWindow(
      partial,
      { settings: () => ({ "traceline.connections": connections }) },
      async (window) => {
        await window.command("Traceline: Open Trace");
        await fillBox(window, "Open Trace", traceId);
        await window.page.keyboard.press("Enter");
        const frame = await window.frame(async (one) => (await one.locator(".span-row").count()) > 0);
        await frame.locator("header.header").getByText("Partial").waitFor();
        await frame
          .getByText(
            /Trace exceeds maximum size of 1500 bytes, a partial trace is returned\. To see the rest, raise/,
          )
          .waitFor();
        await picture(window, "tempo-partial");
      },
    );
  } finally {
    await tempo.limitTraceBytes(undefined);
  }
});
