import { mkdir } from "node:fs/promises";
import type { Frame, Locator } from "playwright-core";
import { startShopTempo } from "../test/support/shopTempo.ts";
import { launchChromium } from "./chromium.ts";
import { type EditorWindow, openEditorWindow } from "./editorWindow.ts";
import { inProject, projectRoot } from "./projectRoot.ts";
import { exitOnSignals } from "./runningProcess.ts";

/*
 * Takes the pictures of media/ anew, in a real VS Code with the sample shop: node scripts/pictures.ts [name …]
 * Build first. The icon is drawn, not photographed.
 */

const traceFile = "shop.otlp.jsonl";
const themes = new Map([
  ["waterfall-light", "Light Modern"],
  ["waterfall-high-contrast", "Dark High Contrast"],
]);

function picture(name: string): string {
  return inProject("media", `${name}.png`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The page of the trace that is open, once all of it is drawn. */
async function tracePage(window: EditorWindow): Promise<Frame> {
  const frame = await window.frame(async (each) => (await each.locator(".grid").count()) > 0);
  await frame.locator("body[data-trace-settled]").waitFor();
  return frame;
}

/** What is passing (toasts, spinners of language servers) is gone, and the pointer is where it lights nothing up. */
async function settle(window: EditorWindow): Promise<void> {
  await window.page.mouse.move(720, 2);
  await window.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  await window.page.locator(".statusbar-item", { hasText: "Analyzing" }).waitFor({ state: "detached" });
  await pause(1_500);
}

async function openTrace(window: EditorWindow): Promise<Frame> {
  await window.closeChat();
  await window.openFile(traceFile);
  const frame = await tracePage(window);
  await window.command("View: Toggle Primary Side Bar Visibility");
  await frame.locator(".span-name", { hasText: "calculate taxes" }).click();
  await frame.locator(".source-open").waitFor();
  return frame;
}

async function chooseTheme(window: EditorWindow, name: string): Promise<void> {
  await window.command("Preferences: Color Theme");
  await window.quickInput(name);
  await pause(2_000);
}

async function takeWaterfalls(window: EditorWindow, wanted: ReadonlySet<string>): Promise<void> {
  const frame = await openTrace(window);
  await settle(window);
  if (wanted.has("waterfall-dark")) await window.page.screenshot({ path: picture("waterfall-dark") });
  if (wanted.has("details")) await frame.locator(".details").screenshot({ path: picture("details") });
  for (const [name, theme] of themes) {
    if (!wanted.has(name)) continue;
    await chooseTheme(window, theme);
    await settle(window);
    await window.page.screenshot({ path: picture(name) });
  }
}

/** The text of a line of code that is on screen. */
function codeLine(window: EditorWindow, text: string): Locator {
  return window.page.locator(".view-line").filter({ hasText: text }).first();
}

/** The jump from the slowest span to its line, with the hint above the function and its hover. */
async function takeHints(window: EditorWindow): Promise<void> {
  await openTrace(window);
  await window.page.keyboard.press("t");
  await window.page.locator(".tab.active", { hasText: "taxes.ts" }).waitFor();
  await window.codeLens(/p50/).first().waitFor();
  await settle(window);
  const line = (await codeLine(window, "calculate taxes").boundingBox())!;
  await window.page.mouse.move(line.x + 185, line.y + line.height / 2, { steps: 4 });
  await window.page.locator(".monaco-hover:visible").filter({ hasText: "critical path" }).waitFor();
  await pause(800);
  await window.page.screenshot({ path: picture("hints") });
}

/** Drags the edge of the side bar until there is room for what stands behind the names. */
async function widenSideBar(window: EditorWindow, by: number): Promise<void> {
  const bar = (await window.page.locator(".part.sidebar").boundingBox())!;
  const edge = bar.x + bar.width;
  await window.page.mouse.move(edge, 400);
  await window.page.mouse.down();
  await window.page.mouse.move(edge + by, 400, { steps: 5 });
  await window.page.mouse.up();
}

async function takeSidebar(window: EditorWindow): Promise<void> {
  await window.closeChat();
  await window.openFile(traceFile);
  const frame = await tracePage(window);
  const others = frame.locator(".siblings vscode-option");
  const count = Math.min(await others.count(), 9);
  for (let index = 1; index < count; index++) {
    const page = await window.frame(async (each) => (await each.locator(".siblings").count()) > 0);
    await page.locator(".siblings").click();
    await page.locator(".siblings vscode-option").nth(index).click();
    await pause(1_200);
  }
  await window.page.locator(".activitybar .action-label[aria-label*=Traceline]").first().click();
  await widenSideBar(window, 200);
  await settle(window);
  await window.page.screenshot({ path: picture("sidebar"), clip: { x: 0, y: 36, width: 548, height: 300 } });
}

/** A program that has just been started, its traces as they came, and the line of the slowest span. */
async function takeRun(window: EditorWindow): Promise<void> {
  await window.closeChat();
  await window.command("View: Show Traceline");
  await window.command("Traceline: Run with Tracing");
  await window.quickPicks().filter({ hasText: "Shop" }).first().click();
  const row = window.page.locator(".monaco-list-row", { hasText: "POST /checkout" }).first();
  await row.waitFor({ timeout: 120_000 });
  await window.page.locator(".repl", { hasText: "Try: curl" }).waitFor();
  await window.command("View: Toggle Panel Visibility");
  await widenSideBar(window, 60);
  await row.click();
  await tracePage(window);
  await window.page.keyboard.press("t");
  await window
    .codeLens(/p50|call/)
    .first()
    .waitFor();
  await settle(window);
  await window.page.screenshot({ path: picture("run") });
}

/** A query being written, with what may come next. */
async function takeTraceql(window: EditorWindow): Promise<void> {
  await window.closeChat();
  await window.command("Traceline: Edit TraceQL");
  await window.page.locator(".tab.active", { hasText: /traceql|Untitled/i }).waitFor();
  await window.page.keyboard.press("ControlOrMeta+A");
  await window.page.keyboard.type('{ resource.service.name = "gateway" && duration > 200ms && span.');
  await window.page.locator(".suggest-widget.visible .monaco-list-row").first().waitFor();
  await settle(window);
  await window.page.screenshot({
    path: picture("traceql"),
    clip: { x: 352, y: 36, width: 1000, height: 300 },
  });
}

/** A waterfall of four bars, and its critical path, on a dark square. */
const iconDrawing = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">
  <rect width="256" height="256" rx="52" fill="#16202c"/>
  <rect x="36" y="46" width="184" height="30" rx="7" fill="#5aa9ea"/>
  <rect x="64" y="92" width="48" height="30" rx="7" fill="#1fb98c"/>
  <rect x="126" y="138" width="60" height="30" rx="7" fill="#e69f00"/>
  <rect x="200" y="184" width="20" height="30" rx="7" fill="#e08ac0"/>
  <path d="M40 84h12v46h62v46h74v46h28" fill="none" stroke="#fff" stroke-width="8" stroke-linejoin="round" stroke-linecap="round"/>
</svg>`;

async function drawIcon(): Promise<void> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
    await page.setContent(`<style>body { margin: 0; } svg { display: block; }</style>${iconDrawing}`);
    await page.screenshot({ path: picture("icon"), omitBackground: true });
  } finally {
    await browser.close();
  }
}

async function inWindow(
  take: (window: EditorWindow) => Promise<void>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const window = await openEditorWindow({
    version: "newest",
    workspace: inProject("test", "sample"),
    extensionPath: projectRoot,
    userSettings: {
      "workbench.colorTheme": "Dark Modern",
      "editor.minimap.enabled": false,
      "editor.hover.above": false,
      ...settings,
    },
  });
  try {
    await take(window);
  } finally {
    await window.close();
  }
}

exitOnSignals();
const names = [
  "icon",
  "waterfall-dark",
  "waterfall-light",
  "waterfall-high-contrast",
  "details",
  "hints",
  "sidebar",
  "run",
  "traceql",
];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no picture ${unknown.join(", ")}. There are: ${names.join(", ")}.`);
  process.exit(2);
}
const wanted = new Set(asked.length > 0 ? asked : names);
await mkdir(inProject("media"), { recursive: true });
if (wanted.has("icon")) await drawIcon();
if (names.some((name) => wanted.has(name) && /^(waterfall|details)/.test(name))) {
  await inWindow((window) => takeWaterfalls(window, wanted));
}
if (wanted.has("hints")) await inWindow(takeHints);
if (wanted.has("sidebar")) await inWindow(takeSidebar);
if (wanted.has("run")) await inWindow(takeRun);
if (wanted.has("traceql")) {
  const tempo = await startShopTempo(inProject("test", "sample"));
  try {
    const connection = { name: "Team Tempo", kind: "tempo", url: tempo.url };
    await inWindow(takeTraceql, { "traceline.connections": [connection] });
  } finally {
    await tempo.close();
  }
}
