import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { inspect } from "node:util";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { inProject } from "./projectRoot.ts";
import type { Settings } from "./quietSettings.ts";
import { exitOnSignals } from "./runningProcess.ts";
import { startVscodeServer, type VscodeServer, windowUrl } from "./vscodeServer.ts";

/*
 * Stands in for the desktop program of VS Code in `runTests` of @vscode/test-electron: takes the same arguments, runs
 * the suite in a real VS Code whose window is a page in headless Chromium, and exits with the suite's code.
 * TRACELINE_VSCODE chooses the version, TRACELINE_VSCODE_LIMIT_S how many seconds the whole may take.
 */

interface Launch {
  readonly extensions: readonly string[];
  readonly tests: string | undefined;
  readonly userData: string | undefined;
  readonly trust: boolean;
  readonly folder: string | undefined;
}

function parseArguments(args: readonly string[]): Launch {
  const values = (name: string) =>
    args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => resolve(arg.slice(name.length + 3)));
  return {
    extensions: values("extensionDevelopmentPath"),
    tests: values("extensionTestsPath")[0],
    userData: values("user-data-dir")[0],
    trust: args.includes("--disable-workspace-trust"),
    folder: args.filter((arg) => !arg.startsWith("-")).map((arg) => resolve(arg))[0],
  };
}

async function settingsOf(userData: string | undefined): Promise<Settings> {
  if (!userData) return {};
  const text = await readFile(join(userData, "User", "settings.json"), "utf8").catch(() => "{}");
  return JSON.parse(text) as Settings;
}

/**
 * Everything the window and its extension host print, kept in a file. Only the suite's own lines reach the terminal
 * (those that start with `ok`, `not ok`, `#`, or the counts), or all with TRACELINE_VERBOSE=1: a VS Code prints
 * hundreds of lines about itself.
 */
class WindowLog {
  readonly file: string;
  readonly #lines: string[] = [];
  /** Whether the suite came to its end and counted. */
  counted = false;
  /** The last errors that are not about VS Code's own missing parts. */
  readonly errors: string[] = [];

  constructor(file: string) {
    this.file = file;
  }

  add(type: string, args: unknown): void {
    const parts = (Array.isArray(args) ? args : [args]).map((part) =>
      typeof part === "string" ? part : inspect(part),
    );
    const text = parts.join(" ");
    this.#lines.push(text);
    if (COUNTS_LINE.test(text)) this.counted = true;
    if (type === "error" && !NOISE.test(text)) this.errors.push(text);
    if (this.errors.length > 5) this.errors.shift();
    if (SUITE_LINE.test(text) || process.env.TRACELINE_VERBOSE) console.log(text);
  }

  async save(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    await writeFile(this.file, `${this.#lines.join("\n")}\n`);
  }
}

const SUITE_LINE = /^(ok|not ok|#) |^\{"stories":/;
const COUNTS_LINE = /^\{"stories":/;
const NOISE = /spdlog|bindings file|watchdog|Service Worker|authentication provider/i;

async function runSuite(launch: Launch, server: VscodeServer, page: Page, log: WindowLog): Promise<number> {
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  await page.exposeFunction("codeAutomationLog", (type: string, args: unknown) => log.add(type, args));
  await page.exposeFunction("codeAutomationExit", (code: number) => end(code));
  page.on("crash", () => {
    console.error("The page of the VS Code window crashed.");
    end(1);
  });
  const limit = Number(process.env.TRACELINE_VSCODE_LIMIT_S ?? 300);
  setTimeout(() => {
    console.error(`The suite did not end within ${limit} s.`);
    end(124);
  }, limit * 1000).unref();
  const url = windowUrl(server, {
    folder: launch.folder,
    extensionDevelopmentPaths: launch.extensions,
    extensionTestsPath: launch.tests,
  });
  await page.goto(url, { waitUntil: "commit" });
  return ended;
}

async function main(): Promise<number> {
  exitOnSignals();
  const launch = parseArguments(process.argv.slice(2));
  if (!launch.tests) {
    console.error(
      "headless-code runs a test suite: --extensionTestsPath=<file> is missing. To open a window: npm start",
    );
    return 2;
  }
  const server = await startVscodeServer({
    version: process.env.TRACELINE_VSCODE,
    trust: launch.trust,
    developmentHost: true,
    userSettings: await settingsOf(launch.userData),
  });
  try {
    console.log(`VS Code ${server.version}, headless`);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const log = new WindowLog(inProject("out", "editor", `${server.version}.log`));
      const answer = await runSuite(launch, server, page, log);
      // A suite that ends the extension host itself is told from one that passed by the counts alone.
      const code = answer === 0 && !log.counted ? 1 : answer;
      await log.save();
      if (code !== 0) {
        const picture = inProject("out", "editor", `${server.version}.png`);
        const taken = await page.screenshot({ path: picture, timeout: 10_000 }).catch(() => undefined);
        if (!log.counted) console.error("The suite ended before it had counted its stories.");
        for (const error of log.errors) console.error(error);
        console.error(`The suite ended with ${code}. What the window printed: ${log.file}`);
        if (taken) console.error(`The window as it was: ${picture}`);
        console.error(`The server printed last:\n${server.logTail()}`);
      }
      return code;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
