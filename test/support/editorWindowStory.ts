import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame, Locator } from "playwright-core";
import { type EditorWindow, type EditorWindowOptions, openEditorWindow } from "../../scripts/editorWindow.ts";
import { inProject, projectRoot } from "../../scripts/projectRoot.ts";

/** The folder of the sample shop: the workspace of the windows. */
export const sample = inProject("test", "sample");

export interface WindowStoryOptions extends Omit<EditorWindowOptions, "workspace"> {
  /** The releases to tell it on; the newest alone when left out. */
  readonly on?: readonly ("oldest" | "newest")[];
  /** Settings of the person, asked for when the story begins. */
  readonly settings?: () => Readonly<Record<string, unknown>>;
  /** Absolute path of the folder to open; the sample when left out. */
  readonly folder?: () => string;
}

/** One thing a person does in a window of their own, told as a test for each release; the window is closed afterwards. */
export function windowStory(
  title: string,
  options: WindowStoryOptions,
  body: (window: EditorWindow) => Promise<void>,
): void {
  for (const release of options.on ?? ["newest"]) {
    test(release === "newest" ? title : `${title} (${release} VS Code)`, { timeout: 300_000 }, () =>
      inWindow(title, { ...options, version: release }, body),
    );
  }
}

/** Opens a window for a story and closes it afterwards; one that fails leaves a picture of it. */
export async function inWindow(
  title: string,
  options: WindowStoryOptions,
  body: (window: EditorWindow) => Promise<void>,
): Promise<void> {
  const window = await openEditorWindow({
    ...options,
    workspace: options.folder?.() ?? sample,
    extensionPath: process.env.TRACELINE_EXTENSION ?? projectRoot,
    userSettings: { ...options.userSettings, ...options.settings?.() },
  });
  try {
    await body(window);
  } catch (error) {
    const name = `failed-${options.version ?? "newest"}-${title.replace(/\W+/g, "-")}.png`;
    await window.screenshot(inProject("out", "editor", name)).catch(() => {});
    throw error;
  } finally {
    await window.close();
  }
}

/** A trace as it is on screen in a window. */
export interface ShownTrace {
  readonly frame: Frame;
  /** The rows on screen whose name is `name`. */
  row(name: string): Locator;
  /** The name of the selected row. */
  selected(): Locator;
  /** Selects the first row of this name with the mouse. */
  select(name: string): Promise<void>;
}

/** Waits until a trace with a row of this name is seen in the window. */
export async function shownTrace(window: EditorWindow, name: string): Promise<ShownTrace> {
  const named = (frame: Frame) =>
    frame.locator(".span-row").filter({ has: frame.locator(".span-name", { hasText: exactly(name) }) });
  const frame = await window.frame(async (one) => (await named(one).count()) > 0);
  const row = (wanted: string) =>
    frame.locator(".span-row").filter({ has: frame.locator(".span-name", { hasText: exactly(wanted) }) });
  return {
    frame,
    row,
    selected: () => frame.locator('.span-row[aria-selected="true"] .span-name'),
    select: (wanted) => row(wanted).first().locator(".name-cell").click(),
  };
}

/** Finds and selects the row of this name by keyboard, wherever it is; which of the branches comes first is up to the machine. */
export async function findRow({ page }: EditorWindow, trace: ShownTrace, name: string): Promise<void> {
  await trace.selected().first().click();
  await page.keyboard.press("ControlOrMeta+F");
  await page.keyboard.type(name);
  await trace.frame.locator('.span-row[aria-selected="true"]', { hasText: name }).waitFor();
  await trace.select(name);
}

/** Waits until the caret is in the active editor at `place`: "taxes.ts:22". */
export async function caretAt(window: EditorWindow, place: string): Promise<void> {
  const [file, line] = place.split(":");
  await window.page.locator(".tab.active", { hasText: file }).waitFor();
  await window.page.locator('[id="status.editor.selection"]', { hasText: `Ln ${line},` }).waitFor();
}

/** Reloads the window with VS Code's own command, which keeps what was open, and waits until it is there again. */
export async function reloadWindow(window: EditorWindow): Promise<void> {
  const { page } = window;
  await page.evaluate(() => Object.assign(globalThis, { isBeforeReload: true }));
  await window.command("Developer: Reload Window");
  await page.waitForFunction(() => !("isBeforeReload" in globalThis));
  await window.waitUntilReady();
}

/**
 * Chooses an item of the context menu that is open. VS Code passes over a click in the first moment of a menu, lest the one
 * that opened it counts: the item is then clicked again.
 */
export async function chooseFromMenu(window: EditorWindow, title: string): Promise<void> {
  const item = window.page.locator(".context-view .action-item", { hasText: title });
  await item.waitFor();
  for (let tries = 0; tries < 10; tries++) {
    await item.click({ timeout: 5_000 }).catch(() => {});
    const isGone = await item.waitFor({ state: "hidden", timeout: 1_000 }).then(
      () => true,
      () => false,
    );
    if (isGone) return;
  }
  throw new Error(`The menu item "${title}" stayed open.`);
}

/** Shows Traceline's own side bar. */
export async function openSideBar(window: EditorWindow): Promise<void> {
  const title = window.page.locator(".part.sidebar .composite.title", { hasText: /Traceline/i });
  const icon = window.page.locator('.part.activitybar .action-label[aria-label="Traceline"]');
  if (!(await title.isVisible())) await icon.first().click();
  await title.waitFor();
}

/** The rows of Traceline's side bar with this text. */
export function sideBarRow(window: EditorWindow, text: string | RegExp): Locator {
  return rowsOf(window.page.locator(".part.sidebar"), text);
}

/** The traces of the search results with this text. */
export function searchResult(window: EditorWindow, text: string | RegExp): Locator {
  const header = window.page.locator(".pane-header", { hasText: "Search Results" });
  const view = window.page.locator(".part.sidebar .pane", { has: header });
  return rowsOf(view, text);
}

/** Rows by a part of what they say; a trace by its service and name, as a screen reader hears them. */
function rowsOf(list: Locator, text: string | RegExp): Locator {
  if (typeof text === "string" && text.includes(" · "))
    return list.locator(`.monaco-list-row[aria-label*=${JSON.stringify(text)}]`);
  return list.locator(".monaco-list-row", { hasText: text });
}

/** Waits for the box with this title and puts `text` into it. */
export async function fillBox(window: EditorWindow, title: string, text: string): Promise<void> {
  await window.page.locator(".quick-input-title:visible", { hasText: exactly(title) }).waitFor();
  await window.page.locator(".quick-input-widget:visible input.input").fill(text);
}

/** Takes the first row of the open list that begins with this text. */
export async function choose(window: EditorWindow, text: string): Promise<void> {
  const label = window.page.locator(".label-name", { hasText: new RegExp(`^\\s*${escaped(text)}`) });
  await window.quickPicks().filter({ has: label }).first().click();
}

/** Writes a picture of the window to `out/editor/`. */
export function picture(window: EditorWindow, name: string): Promise<void> {
  return window.screenshot(inProject("out", "editor", `${name}.png`));
}

/** Fails when the page's policy has refused something. */
export function assertNoRefusals(window: EditorWindow): void {
  const refused = window.consoleErrors.filter((line) =>
    /Content Security Policy|TrustedHTML|Trusted Type/.test(line),
  );
  assert.deepEqual(refused, []);
}

function exactly(text: string): RegExp {
  return new RegExp(`^${escaped(text)}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
