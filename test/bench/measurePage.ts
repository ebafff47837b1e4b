import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession, Frame, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.ts";
import { findSpans } from "../../src/model/search.ts";
import { needle } from "./generateSpans.ts";
import { installProbe, type PageSign } from "./pageProbe.ts";
import type { TraceFile } from "./traceFiles.ts";
import { serveTrace } from "./traceServer.ts";

/** What one run in a fresh browser process measured. Times in ms, memory in MB. */
export interface PageFigures {
  readonly firstRows: number;
  readonly decode: number;
  readonly details: number;
  readonly heap: number;
  readonly heapAndBuffers: number;
  readonly scroll: FrameFigures;
  readonly minimap: FrameFigures;
  readonly zoom: FrameFigures;
  readonly find: number;
  readonly collapseAll: number;
  readonly expandAll: number;
  readonly openDetails: number;
}

/** How evenly frames came: how many a second, and what 95 % of them took at most, in ms. */
export interface FrameFigures {
  readonly perSecond: number;
  readonly p95: number;
}

/** How long something is scrolled, dragged or zoomed, and the time between two events of the mouse, in ms. */
const playMs = 3000;
const stepMs = 16;

/** Opens the trace in a new browser and does what a person does, with events of a real mouse. */
export async function measurePage(file: TraceFile, dist: string): Promise<PageFigures> {
  const server = await serveTrace(file, dist);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on("pageerror", (error) => console.error(`The page failed: ${error.stack ?? error.message}`));
    await page.addInitScript(installProbe);
    const cdp = await page.context().newCDPSession(page);
    await page.goto(server.url, { waitUntil: "commit" });
    const limit = sleep(180_000, undefined, { ref: false }).then(() => {
      throw new Error(`${file.path} did not open within three minutes.`);
    });
    // A file that cannot be decoded ends the wait.
    const opened = server.decoded.then(() => server.opened);
    const { firstRows, settled: details } = await Promise.race([opened, limit]);
    const frame = await pageFrame(page);
    const memory = await heapSize(cdp);
    const scroll = await wheel(cdp, frame, ".grid", 0.3, () => ({ deltaY: 120 }));
    await press(page, "End", "Home");
    const minimap = await drag(cdp, frame);
    await press(page, "End", "Home");
    const half = playMs / 2;
    const zoom = await wheel(cdp, frame, ".grid", 0.6, (at) => ({
      deltaY: at < half ? -8 : 8,
      modifiers: 2,
    }));
    await page.mouse.move(2, 2);

    const find = await typeNeedle(page, frame);
    await checkCount(frame, findSpans((await server.decoded).trace!, needle).length);
    await press(page, "Escape", "Escape", "0", "End", "Home");
    const collapseAll = await click(page, frame, 'vscode-button[aria-label="Collapse all"]', "rows");
    const expandAll = await click(page, frame, 'vscode-button[aria-label="Expand all"]', "rows");
    const openDetails = await click(page, frame, '.span-row[aria-rowindex="9"] .span-name', "details");
    return {
      firstRows,
      decode: server.decodeMs(),
      details,
      ...memory,
      scroll,
      minimap,
      zoom,
      find,
      collapseAll,
      expandAll,
      openDetails,
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

async function pageFrame(page: Page): Promise<Frame> {
  const handle = await page.waitForSelector("iframe");
  const frame = (await handle.contentFrame())!;
  await frame.waitForURL(/page\.html$/, { waitUntil: "commit" });
  return frame;
}

async function heapSize(cdp: CDPSession): Promise<{ heap: number; heapAndBuffers: number }> {
  for (let i = 0; i < 2; i++) await cdp.send("HeapProfiler.collectGarbage");
  const usage = (await cdp.send("Runtime.getHeapUsage")) as { usedSize: number; backingStorageSize?: number };
  return {
    heap: usage.usedSize / 1e6,
    heapAndBuffers: (usage.usedSize + (usage.backingStorageSize ?? 0)) / 1e6,
  };
}

/** Turns the wheel over an element, `across` it from its left edge, once every 16 ms. */
function wheel(
  cdp: CDPSession,
  frame: Frame,
  selector: string,
  across: number,
  turn: (at: number) => { deltaY: number; modifiers?: number },
): Promise<FrameFigures> {
  return played(frame, selector, async ({ x, y, width, height }, until) => {
    for await (const at of ticks(until)) {
      const place = { x: x + width * across, y: y + height / 2, deltaX: 0 };
      send(cdp, { type: "mouseWheel", ...place, ...turn(at) });
    }
  });
}

/** Drags straight down the minimap, which scrolls through all rows. */
function drag(cdp: CDPSession, frame: Frame): Promise<FrameFigures> {
  return played(frame, ".minimap", async ({ x, y, width, height }, until) => {
    const middle = x + width / 2;
    send(cdp, { type: "mousePressed", x: middle, y: y + 2, button: "left", buttons: 1, clickCount: 1 });
    for await (const at of ticks(until)) {
      send(cdp, {
        type: "mouseMoved",
        x: middle,
        y: y + 2 + (height - 4) * (at / playMs),
        button: "left",
        buttons: 1,
      });
    }
    send(cdp, { type: "mouseReleased", x: middle, y: y + height - 2, button: "left", clickCount: 1 });
  });
}

interface MouseEvent {
  readonly type: "mousePressed" | "mouseMoved" | "mouseReleased" | "mouseWheel";
  readonly x: number;
  readonly y: number;
  readonly button?: "left";
  readonly buttons?: number;
  readonly clickCount?: number;
  readonly deltaX?: number;
  readonly deltaY?: number;
  readonly modifiers?: number;
}

/** Not awaited: an event is answered when the page has dealt with it, and the next is due by the clock. */
function send(cdp: CDPSession, event: MouseEvent): void {
  cdp.send("Input.dispatchMouseEvent", event).catch(() => {});
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function played(
  frame: Frame,
  selector: string,
  play: (box: Box, until: number) => Promise<void>,
): Promise<FrameFigures> {
  const box = (await frame.locator(selector).boundingBox())!;
  const stop = await frame.evaluateHandle(() => window.probe.frames());
  await play(box, performance.now() + playMs);
  const times = await stop.evaluate((end) => end());
  const steps = times.slice(1).map((time, i) => time - times[i]);
  const sorted = steps.toSorted((a, b) => a - b);
  return {
    perSecond: (1000 * steps.length) / (times[times.length - 1] - times[0]),
    p95: sorted[Math.floor(sorted.length * 0.95)],
  };
}

/** The time since the first, every 16 ms; late ones are left out. */
async function* ticks(until: number): AsyncGenerator<number> {
  const began = performance.now();
  for (let next = began; next < until; next += stepMs) {
    const now = performance.now();
    if (now < next) await sleep(next - now);
    else next = now;
    yield performance.now() - began;
  }
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
  await sleep(100);
}

async function typeNeedle(page: Page, frame: Frame): Promise<number> {
  await frame.locator(".find-field").click();
  const answered = await expected(frame, "input", "count");
  await page.keyboard.insertText(needle);
  return answered();
}

/** "2 of 1,003" or "1,003 matches": a find that is quick and wrong is not quick. */
async function checkCount(frame: Frame, wanted: number): Promise<void> {
  const text = (await frame.locator(".find-count").textContent()) ?? "";
  const count = Number((/([\d,]+)(?: match.*)?$/.exec(text)?.[1] ?? "").replaceAll(",", ""));
  if (count !== wanted)
    throw new Error(`The page found "${text}" where there are ${wanted} spans to be found.`);
}

async function click(page: Page, frame: Frame, selector: string, sign: PageSign): Promise<number> {
  const { x, y, width, height } = (await frame.locator(selector).boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  const answered = await expected(frame, "click", sign);
  await page.mouse.down();
  await page.mouse.up();
  return answered();
}

/** Begins to wait for an event and its sign. */
async function expected(frame: Frame, event: string, sign: PageSign): Promise<() => Promise<number>> {
  const wait = await frame.evaluateHandle(
    ([event, sign]) => ({ answer: window.probe.answered(event, sign as PageSign) }),
    [event, sign],
  );
  return () => wait.evaluate(({ answer }) => answer);
}
