import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { UserError } from "../src/base/userError.ts";
import { runToEnd } from "./runningProcess.ts";

/** Flags for a Chromium that only ever talks to this machine: without them it asks its maker's servers at every start. */
export const chromiumFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let found: Promise<string> | undefined;

/**
 * The program of Chromium, Chrome or Edge on this machine. CHROMIUM_PATH wins. As root on Debian or Ubuntu a missing
 * one is installed; elsewhere a UserError says what to do.
 */
export function chromiumPath(): Promise<string> {
  found ??= findOrInstall();
  return found;
}

/** Starts a headless Chromium with `chromiumFlags`; the caller closes it. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumPath(), args: [...chromiumFlags], headless: true });
}

async function findOrInstall(): Promise<string> {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted) {
    if (await runnable(wanted)) return wanted;
    throw new UserError(
      `CHROMIUM_PATH names ${wanted}, which is not a program. Set it to the program of Chromium or Chrome.`,
    );
  }
  const installed = await findInstalled();
  if (installed) return installed;
  if (process.getuid?.() === 0 && (await runnable("/usr/bin/apt-get"))) {
    console.log("Chromium is not installed: installing it with apt-get.");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await runToEnd("apt-get", ["update"], { env });
    // Ubuntu's own package only fetches a snap, so what counts is the program that is there afterwards.
    await runToEnd("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], { env });
    const now = await findInstalled();
    if (now) return now;
  }
  throw new UserError(
    "Chromium was not found. Install Chromium or Chrome (on Debian: sudo apt-get install chromium), or set CHROMIUM_PATH to its program.",
  );
}

async function findInstalled(): Promise<string | undefined> {
  for (const path of [...pathCandidates(), ...usualPlaces(), ...(await playwrightPlaces())]) {
    // Ubuntu ships a stub of this name that only says to install a snap: a program that cannot say its version is none.
    if ((await runnable(path)) && (await answersVersion(path))) return path;
  }
  return undefined;
}

function pathCandidates(): string[] {
  const names =
    process.platform === "win32"
      ? ["chrome.exe", "msedge.exe"]
      : ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)].filter(
    (folder) => folder !== "",
  );
  return folders.flatMap((folder) => names.map((name) => join(folder, name)));
}

function usualPlaces(): string[] {
  if (process.platform === "darwin") {
    const apps = ["Google Chrome", "Chromium", "Microsoft Edge"];
    return ["/Applications", join(homedir(), "Applications")].flatMap((folder) =>
      apps.map((app) => join(folder, `${app}.app`, "Contents", "MacOS", app)),
    );
  }
  if (process.platform === "win32") {
    const folders = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA];
    const programs = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];
    return folders.flatMap((folder) => (folder ? programs.map((program) => join(folder, program)) : []));
  }
  return ["/opt/google/chrome/chrome", "/snap/bin/chromium"];
}

async function playwrightPlaces(): Promise<string[]> {
  const caches = [
    process.env.PLAYWRIGHT_BROWSERS_PATH,
    join(homedir(), ".cache", "ms-playwright"),
    join(homedir(), "Library", "Caches", "ms-playwright"),
    process.env.LOCALAPPDATA && join(process.env.LOCALAPPDATA, "ms-playwright"),
  ];
  const inside = [
    "chrome-linux/chrome",
    "chrome-linux64/chrome",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    "chrome-win/chrome.exe",
  ];
  const places: string[] = [];
  for (const cache of caches) {
    if (!cache) continue;
    const builds = (await readdir(cache).catch(() => [])).filter((name) => /^chromium-\d+$/.test(name));
    const newestFirst = builds.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
    for (const build of newestFirst) places.push(...inside.map((rest) => join(cache, build, rest)));
  }
  return places;
}

async function runnable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function answersVersion(path: string): Promise<boolean> {
  if (process.platform === "win32") return true;
  return promisify(execFile)(path, ["--version"], { timeout: 20_000 }).then(
    ({ stdout }) => /\d+\.\d+/.test(stdout),
    () => false,
  );
}
