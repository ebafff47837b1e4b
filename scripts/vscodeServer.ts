import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { UserError } from "../src/base/userError.ts";
import { installOnce } from "./installOnce.ts";
import { inProject } from "./projectRoot.ts";
import { quietSettings, type Settings } from "./quietSettings.ts";
import { type RunningProcess, runToEnd, startProcess } from "./runningProcess.ts";
import { makeTempFolder } from "./tempFolder.ts";
import { type VscodeRelease, vscodeRelease } from "./vscodeRelease.ts";

export interface ServerOptions {
  /** As `vscodeRelease` takes it. */
  readonly version?: string;
  /** False opens windows in Restricted Mode until the person trusts the folder; true when left out. */
  readonly trust?: boolean;
  /** A packed extension to install before the start. */
  readonly vsix?: string;
  /** Absolute paths of unpacked extensions to have installed, in place. */
  readonly extensions?: readonly string[];
  /** True lets the address of a window name extensions under development and a test suite; no toasts are shown then. */
  readonly developmentHost?: boolean;
  /** Over `quietSettings`. The theme is `workbench.colorTheme`. */
  readonly userSettings?: Settings;
  readonly machineSettings?: Settings;
  /** True when the marketplace may be asked; the tests leave it alone. */
  readonly gallery?: boolean;
  /** Environment of the extension host, over that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A real VS Code whose window is a page at `url`; all its state is in a temporary folder that `stop` removes. */
export interface VscodeServer {
  readonly version: string;
  readonly url: string;
  readonly port: number;
  /** The exit code or signal of the server, however it ended. */
  readonly exited: Promise<number | string>;
  /** The last lines the server printed. */
  logTail(): string;
  stop(): Promise<void>;
}

export interface WindowAddress {
  /** Absolute path of the workspace folder. */
  readonly folder?: string;
  readonly extensionDevelopmentPaths?: readonly string[];
  readonly extensionTestsPath?: string;
  readonly openFile?: string;
}

const RIPGREP = "@vscode/ripgrep-universal@1.18.0";
const START_MS = 90_000;
/** The logger's missing native binding (it logs to the console instead), told at length by every process. */
const NOISE =
  /spdlog|bindings file|^\s+at .*(node:internal|bindings\.js|server-main\.js)|^\s*(tries: \[|\]|\})\s*$/;

/** Starts a headless VS Code on a free port of the loopback interface, installing it at first use. */
export async function startVscodeServer(options: ServerOptions = {}): Promise<VscodeServer> {
  const release = vscodeRelease(options.version);
  const { node, main } = await installVscodeServer(release);
  const temporary = await makeTempFolder("traceline-vscode-");
  const state = temporary.path;
  const folders = ["--server-data-dir", join(state, "data"), "--extensions-dir", join(state, "extensions")];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(options.gallery ? {} : { EXTENSIONS_GALLERY: "{}" }),
    ...options.env,
  };
  // A terminal inside VS Code sets these; the server would take itself for a child of that window.
  for (const name of Object.keys(env)) if (/^(VSCODE_|ELECTRON_)/.test(name)) delete env[name];
  let server: RunningProcess | undefined;
  try {
    await writeSettings(join(state, "data", "data", "User"), { ...quietSettings, ...options.userSettings });
    await writeSettings(join(state, "data", "data", "Machine"), options.machineSettings ?? {});
    if (options.vsix) await runToEnd(node, [main, "--install-extension", options.vsix, ...folders], { env });
    await linkExtensions(join(state, "extensions"), options.extensions ?? []);
    let port = 0;
    server = startProcess(
      node,
      [
        ...[main, "--host", "127.0.0.1", "--port", "0", "--without-connection-token"],
        ...["--accept-server-license-terms", "--telemetry-level", "off"],
        // Without it the workbench ignores the payload's development paths; with it, it never shows a notification.
        ...(options.developmentHost ? ["--enable-smoke-test-driver"] : []),
        ...(options.trust === false ? [] : ["--disable-workspace-trust"]),
        ...folders,
      ],
      {
        env,
        noise: NOISE,
        onLine(line) {
          const announced = /^Extension host agent listening on (\d+)/.exec(line);
          if (announced) port = Number(announced[1]);
        },
      },
    );
    await untilReady(server, () => port);
    const { exited, logTail, stop } = server;
    return {
      version: release.version,
      url: `http://127.0.0.1:${port}/`,
      port,
      exited,
      logTail,
      async stop() {
        await stop();
        await temporary.remove();
      },
    };
  } catch (error) {
    await server?.stop();
    await temporary.remove();
    throw error;
  }
}

/** An extension folder is known by its name, `publisher.name-version`; a link to one counts as one. */
async function linkExtensions(folder: string, extensions: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const path of extensions) {
    const text = await readFile(join(path, "package.json"), "utf8");
    const { publisher, name, version } = JSON.parse(text) as Record<string, string>;
    await symlink(path, join(folder, `${publisher}.${name}-${version}`));
  }
}

async function writeSettings(folder: string, settings: Settings): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "settings.json"), JSON.stringify(settings, undefined, 2));
}

/** The address of a window: a folder, extensions under development, and a test suite to run, by absolute paths. */
export function windowUrl(server: { readonly port: number }, address: WindowAddress): string {
  const remote = (path: string) => `vscode-remote://127.0.0.1:${server.port}${pathToFileURL(path).pathname}`;
  const payload: [string, string][] = [["skipWelcome", "true"]];
  for (const path of address.extensionDevelopmentPaths ?? [])
    payload.push(["extensionDevelopmentPath", remote(path)]);
  if (address.extensionTestsPath) payload.push(["extensionTestsPath", remote(address.extensionTestsPath)]);
  if (address.openFile) payload.push(["openFile", remote(address.openFile)]);
  const url = new URL(`http://127.0.0.1:${server.port}/`);
  if (address.folder) url.searchParams.set("folder", address.folder);
  url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}

/** Installs the server of a release once, under `.vscode-test/`: 780 MB, and no compiler is needed. */
export async function installVscodeServer(release: VscodeRelease): Promise<{ node: string; main: string }> {
  if (process.platform !== "linux" || (process.arch !== "x64" && process.arch !== "arm64")) {
    throw new UserError(
      `The headless VS Code runs on Linux (x64 and arm64), not on ${process.platform} ${process.arch}. Use the desktop VS Code: it is downloaded when update.code.visualstudio.com can be reached.`,
    );
  }
  const nodePackage = `node-linux-${process.arch}`;
  const target = inProject(".vscode-test", `server-${release.version}`);
  const vscode = join("node_modules", "code-server", "lib", "vscode");
  await installOnce(target, async (folder) => {
    console.log(`Installing the headless VS Code ${release.version}, once (780 MB).`);
    // Without a package.json of its own npm would install into the project around it.
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund"];
    const packages = [`code-server@${release.server}`, `${nodePackage}@${release.node}`, RIPGREP];
    await npm(folder, ["install", "--no-save", ...quiet, ...packages]);
    await npm(join(folder, vscode), ["install", "--omit=dev", ...quiet]);
    // The language server of the built-in TypeScript extension: symbols of JavaScript and TypeScript come from it.
    await npm(join(folder, vscode, "extensions"), ["install", "--omit=dev", ...quiet]);
    await symlink("node_modules", join(folder, vscode, "node_modules.asar"));
    await addRipgrep(folder, join(folder, vscode, "node_modules", "@vscode", "ripgrep"));
  });
  return {
    node: join(target, "node_modules", nodePackage, "bin", "node"),
    main: join(target, vscode, "out", "server-main.js"),
  };
}

/**
 * The ripgrep package of older releases fetches its program in an install script, from where it may not be had, and
 * without it VS Code finds no file. A package of the same authors has the program in it.
 */
async function addRipgrep(folder: string, ripgrep: string): Promise<void> {
  if (!existsSync(ripgrep) || existsSync(join(ripgrep, "bin", "rg"))) return;
  const program = join(
    folder,
    "node_modules",
    "@vscode",
    "ripgrep-universal",
    "bin",
    `linux-${process.arch}`,
    "rg",
  );
  await mkdir(join(ripgrep, "bin"), { recursive: true });
  await copyFile(program, join(ripgrep, "bin", "rg"));
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const env = { ...process.env };
  // Inside `npm run` these name the project, and npm would install there.
  for (const name of Object.keys(env)) {
    if (/^npm_(package_|lifecycle_|config_local_prefix$|config_prefix$|command$)/i.test(name))
      delete env[name];
  }
  await runToEnd("npm", args, { cwd, env });
}

async function untilReady(server: RunningProcess, port: () => number): Promise<void> {
  const deadline = Date.now() + START_MS;
  let ended: number | string | undefined;
  void server.exited.then((code) => {
    ended = code;
  });
  for (;;) {
    if (ended !== undefined) throw new Error(`The VS Code server ended with ${ended}:\n${server.logTail()}`);
    if (Date.now() > deadline)
      throw new Error(`The VS Code server did not start in time:\n${server.logTail()}`);
    if (port() !== 0 && (await answers(`http://127.0.0.1:${port()}/version`))) return;
    await sleep(100);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
