import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { EditorWindow } from "../../scripts/editorWindow.ts";
import { type Jaeger, skipOrFail } from "../../scripts/jaeger.ts";
import { startZipkin, type Zipkin } from "../../scripts/zipkin.ts";
import { UserError } from "../../src/base/userError.ts";
import { fillBox, inWindow, picture, shownTrace } from "../support/editorWindowStory.ts";
import { otlpRequest, type SentOtlp, sendOtlp } from "./sending.ts";
import { jaegerTest } from "./server.ts";

const newTraceId = () => randomBytes(16).toString("hex");
const connectionTo = ({ uiUrl: url }: Jaeger) => ({ name: "Jaeger", kind: "jaeger", url });

async function openTrace(window: EditorWindow, traceId: string): Promise<void> {
  await window.command("Traceline: Open Trace");
  await fillBox(window, "Open Trace", traceId);
  await window.page.keyboard.press("Enter");
}

/** The first part of an order, and what comes when its pricing has reported. */
function orderInParts(traceId: string): { readonly first: SentOtlp[]; readonly rest: SentOtlp[] } {
  const of = (service: string) => ({ traceId, service });
  return {
    first: [
      { ...of("gateway"), id: 1, name: "POST /order", kind: 2, to: 100 },
      { ...of("gateway"), id: 2, parent: 1, name: "load cart", from: 2, to: 20 },
      { ...of("gateway"), id: 3, parent: 1, name: "reserve stock", from: 60, to: 95 },
    ],
    rest: [
      { ...of("pricing"), id: 4, parent: 2, name: "GET /price", kind: 2, from: 5, to: 18 },
      { ...of("pricing"), id: 5, parent: 4, name: "add taxes", from: 8, to: 16 },
      { ...of("gateway"), id: 6, parent: 1, name: "send mail", from: 95, to: 240 },
    ],
  };
}

const growing = "A trace that is still coming in grows in its tab, which keeps what is selected";

jaegerTest(growing, async (jaeger) => {
  const traceId = newTraceId();
  const startMs = Date.now() - 1_000;
  const { first, rest } = orderInParts(traceId);
  await sendOtlp(jaeger, otlpRequest(first, startMs));
  const settings = () => ({ "traceline.connections": [connectionTo(jaeger)] });
  await inWindow(growing, { settings }, async (window) => {
    await openTrace(window, traceId);
    const trace = await shownTrace(window, "reserve stock");
    const header = trace.frame.locator("header.header");
    await header.getByText("3 spans").waitFor();
    await header.getByText("Live").waitFor();
    await trace.select("reserve stock");
    await picture(window, "growing-before");
    await sendOtlp(jaeger, otlpRequest(rest, startMs));
    await trace.row("add taxes").waitFor();
    await header.getByText("6 spans").waitFor();
    await header.getByText("Live").waitFor();
    await header.getByText("240 ms").waitFor();
    assert.equal(await trace.selected().textContent(), "reserve stock");
    await picture(window, "growing-after");
  });
});

const spread = "A trace that two backends have parts of is merged by Shift+M, which says what each had";

jaegerTest(spread, async (jaeger, t) => {
  let zipkin: Zipkin;
  try {
    zipkin = await startZipkin();
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "zipkinUnavailable") throw error;
    return skipOrFail(error.message, t);
  }
  try {
    const traceId = newTraceId();
    const startMs = Date.now() - 120_000;
    const { first, rest } = orderInParts(traceId);
    await sendOtlp(jaeger, otlpRequest(first, startMs));
    await sendZipkin(zipkin, rest, startMs);
    const connections = [connectionTo(jaeger), { name: "Zipkin", kind: "zipkin", url: zipkin.url }];
    const settings = () => ({ "traceline.connections": connections });
    await inWindow(spread, { settings }, async (window) => {
      await openTrace(window, traceId);
      const trace = await shownTrace(window, "reserve stock");
      await trace.select("reserve stock");
      await picture(window, "merge-before");
      await window.page.keyboard.press("Shift+M");
      await trace.row("add taxes").waitFor();
      await trace.frame.getByText("Merged: 3 spans from Jaeger; 3 spans from Zipkin.").waitFor();
      await trace.frame.locator("header.header").getByText("Jaeger + Zipkin").waitFor();
      assert.equal(await trace.selected().textContent(), "reserve stock");
      await trace.select("add taxes");
      await picture(window, "merge-after");
    });
  } finally {
    await zipkin.stop();
  }
});

const sampled = "Calls of a sampled trace are counted for all that they stand for";

jaegerTest(sampled, async (jaeger) => {
  const [kept, unknown] = [newTraceId(), newTraceId()];
  const startMs = Date.now() - 120_000;
  // One trace in four is kept: the threshold is three quarters of all random values.
  const traces: [string, string, string | undefined][] = [
    [kept, "POST /quotes", "vendor=1,ot=th:c"],
    [unknown, "POST /carts", undefined],
  ];
  for (const [traceId, root, traceState] of traces) {
    const of = { traceId, service: "pricing", traceState };
    const attributes = { "code.file.path": "/srv/shop/pricing/src/taxes.ts", "code.line.number": 22 };
    const calls = Array.from({ length: 5 }, (_, i) => i);
    await sendOtlp(
      jaeger,
      otlpRequest(
        [
          { ...of, id: 1, name: root, kind: 2, to: 500 },
          ...calls.map((i) => {
            const from = 100 * i;
            return {
              ...of,
              id: i + 2,
              parent: 1,
              name: "calculate taxes",
              from,
              to: from + 40 + i,
              attributes,
            };
          }),
        ],
        startMs,
      ),
    );
  }
  const settings = () => ({
    "traceline.connections": [connectionTo(jaeger)],
    "traceline.recent.refresh": 0,
  });
  await inWindow(sampled, { settings }, async (window) => {
    const { page } = window;
    const jump = async (traceId: string, root: string) => {
      await openTrace(window, traceId);
      const trace = await shownTrace(window, root);
      await trace.select("calculate taxes");
      await page.keyboard.press("Enter");
      await page.locator(".tab.active", { hasText: "taxes.ts" }).waitFor();
    };
    await jump(kept, "POST /quotes");
    await window.codeLens(/p50 42 ms · p95 43.8 ms · ~20 calls/).waitFor();
    await page.locator(".view-line", { hasText: "calculate taxes" }).hover({ position: { x: 120, y: 8 } });
    const hover = page.locator(".monaco-hover:visible", { hasText: "Own time" });
    await hover.getByText("Seen 5 of about 20, sampled. From 1 trace seen.").waitFor();
    await picture(window, "sampled");
    await page.keyboard.press("Escape");
    await jump(unknown, "POST /carts");
    // What an unknown share of all traces stands for is not known.
    await window.codeLens(/· 10 calls/).waitFor();
    await picture(window, "sampled-unknown");
  });
});

async function sendZipkin(zipkin: Zipkin, spans: readonly SentOtlp[], startMs: number): Promise<void> {
  const idOf = (id: number) => id.toString(16).padStart(16, "0");
  const body = spans.map(({ traceId, id, parent, name, kind, service, from = 0, to = 1 }) => ({
    traceId,
    id: idOf(id),
    ...(parent === undefined ? {} : { parentId: idOf(parent) }),
    name,
    ...(kind === 2 ? { kind: "SERVER" } : {}),
    timestamp: (startMs + from) * 1000,
    duration: (to - from) * 1000,
    localEndpoint: { serviceName: service },
  }));
  const response = await fetch(`${zipkin.url}/api/v2/spans`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 202, await response.text());
}
