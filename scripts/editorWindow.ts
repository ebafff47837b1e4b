import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Browser, Frame, Locator, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { inProject } from "./projectRoot.ts";
import { type ServerOptions, startVscodeServer, type VscodeServer, windowUrl } from "./vscodeServer.ts";

export interface EditorWindowOptions extends ServerOptions {
  /** Absolute path of the folder to open. */
  readonly workspace?: string;
  /** Absolute path of an unpacked extension, used in place; left out when a `vsix` is installed. */
  readonly extensionPath?: string;
  /** Absolute path of a file to open at the start. */
  readonly openFile?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

const WAIT_MS = 60_000;
const POLL_MS = 100;

/** Opens a real VS Code window to be used as a person would. The caller closes it. */
export async function openEditorWindow(options: EditorWindowOptions = {}): Promise<EditorWindow> {
  const server = await startVscodeServer({
    ...options,
    extensions: [...(options.extensions ?? []), ...(options.extensionPath ? [options.extensionPath] : [])],
  });
  let browser: Browser | undefined;
  try {
    browser = await launchChromium();
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1440, height: 900 } });
    const window = new EditorWindow(server, browser, page);
    const url = windowUrl(server, {
      folder: options.workspace,
      openFile: options.openFile,
    });
    await page.goto(url, { waitUntil: "commit" });
    await window.waitUntilReady();
    return window;
  } catch (error) {
    await browser?.close();
    await server.stop();
    throw error;
  }
}

/** A window of VS Code with the gestures of a person; a gesture that fails says what the window showed. */
export class EditorWindow {
  readonly page: Page;
  readonly server: VscodeServer;
  readonly #browser: Browser;
  /** What the page's console said, errors and warnings only. */
  readonly consoleErrors: string[] = [];

  constructor(server: VscodeServer, browser: Browser, page: Page) {
    this.server = server;
    this.#browser = browser;
    this.page = page;
    page.setDefaultTimeout(WAIT_MS);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.consoleErrors.push(message.text());
    });
  }

  /** Waits for the workbench and for the extension host behind it. */
  async waitUntilReady(): Promise<void> {
    await this.#said("the window to open", async () => {
      await this.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
      await this.page.locator('.statusbar-item[id="status.host"]').waitFor({ timeout: 60_000 });
    });
  }

  /** Runs a command by its title in the palette, category and all: `Traceline: Open Trace`. */
  async command(title: string): Promise<void> {
    await this.#said(`the command "${title}"`, async () => {
      const box = this.page.locator(".quick-input-widget input.input");
      const row = this.page.locator(".quick-input-list .monaco-list-row").filter({
        has: this.page.locator(".label-name", { hasText: new RegExp(`^${escaped(title)}$`) }),
      });
      // Commands of an extension appear once the window knows it, so the palette is asked until they do.
      await until(async () => {
        await this.page.keyboard.press("Escape");
        await this.page.keyboard.press("F1");
        await box.waitFor({ timeout: 5_000 });
        await box.fill(`>${title}`, { timeout: 5_000 });
        await row.first().waitFor({ timeout: 2_000 });
        // A tab that takes the focus meanwhile closes the palette.
        await row.first().click({ timeout: 5_000 });
        return true;
      });
      // Until the palette is gone, or is the box of the command itself, what is typed next would land in it.
      await until(async () => {
        // A command that reloads the window takes the box away between the two questions.
        const typed = (await box.isVisible()) ? await box.inputValue({ timeout: 1_000 }).catch(() => "") : "";
        return typed.startsWith(">") ? undefined : true;
      });
    });
  }

  /** Answers the box that is open, be it an input or a list, and presses Enter. */
  async quickInput(text: string): Promise<void> {
    await this.#said(`the box for "${text}"`, async () => {
      const box = this.page.locator(".quick-input-widget:visible input.input");
      await box.waitFor();
      await box.fill(text);
      await this.page.keyboard.press("Enter");
    });
  }

  /** The rows of the list that is open in the quick input, by their labels. */
  quickPicks(): Locator {
    return this.page.locator(".quick-input-widget:visible .quick-input-list .monaco-list-row");
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.#said(`the file ${name}`, async () => {
      const row = this.quickPicks().filter({ hasText: name }).first();
      await until(async () => {
        await this.page.keyboard.press("Escape");
        await this.page.keyboard.press("ControlOrMeta+P");
        await this.page.locator(".quick-input-widget:visible input.input").fill(name, { timeout: 5_000 });
        await row.waitFor({ timeout: 3_000 });
        // VS Code gives a webview that has just opened the focus late, which closes the list under the pointer.
        await row.click({ timeout: 5_000 });
        await this.page.locator(".tab.active", { hasText: basenameOf(name) }).waitFor({ timeout: 10_000 });
        return true;
      });
    });
  }

  /** The CodeLenses in view whose text matches. */
  codeLens(text: string | RegExp): Locator {
    return this.page.locator(".codelens-decoration a", { hasText: text });
  }

  /** The notifications in view whose text matches. */
  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast", { hasText: text });
  }

  /** The document of the first webview for which `matches` holds; of any visible one when it is left out. */
  async frame(matches: (frame: Frame) => boolean | Promise<boolean> = () => true): Promise<Frame> {
    return this.#said("a webview", () =>
      until(async () => {
        for (const frame of this.page.frames()) {
          if (!/\/fake\.html\?/.test(frame.url())) continue;
          const outer = await frame.parentFrame()?.frameElement();
          if ((await outer?.isVisible()) && (await matches(frame))) return frame;
        }
        return undefined;
      }),
    );
  }

  /** Writes a PNG of the window; folders on the way are made. */
  async screenshot(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  /** Closes the panel on the right where older releases open the chat by themselves. */
  async closeChat(): Promise<void> {
    const bar = this.page.locator(".part.auxiliarybar");
    if (!(await bar.isVisible())) return;
    await this.page.keyboard.press("ControlOrMeta+Alt+B");
    await bar.waitFor({ state: "hidden" });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.stop();
  }

  async #said<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const picture = inProject("out", "screenshots", `failed-${this.server.version}-${Date.now()}.png`);
      const taken = await this.screenshot(picture).then(
        () => ` The window as it was: ${picture}.`,
        () => "",
      );
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `Waited in vain for ${what}.${taken}\n${reason}\nThe server printed last:\n${this.server.logTail()}`,
      );
    }
  }
}

/** Calls `attempt` until it answers; a rejection counts as no answer, and the last one is told when time is up. */
async function until<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    let last: unknown;
    const answer = await attempt().catch((error: unknown) => {
      last = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw last ?? new Error(`nothing within ${WAIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function basenameOf(name: string): string {
  return name.split("/").at(-1) ?? name;
}
