import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import { codeOnPath, downloadsReachable, hasDisplay } from "./desktop.ts";
import { inProject, projectRoot } from "./projectRoot.ts";
import { exitOnSignals } from "./runningProcess.ts";
import { startVscodeServer, windowUrl } from "./vscodeServer.ts";

/* What `npm start` does after the build: opens VS Code with the extension and the sample workspace in it. */

const workspace = inProject("test", "sample");
/** A recording of the shop: the window begins with its waterfall, for the extension opens what this variable names. */
process.env.TRACELINE_OPEN = inProject("test", "sample", "traces", "shop.otlp.jsonl");

function openDesktop(program: string, extra: readonly string[]): void {
  const args = [`--extensionDevelopmentPath=${projectRoot}`, "--new-window", ...extra, workspace];
  const shell = process.platform === "win32";
  const child = spawn(shell ? `"${program}"` : program, args, { stdio: "inherit", shell });
  child.on("error", (error) => {
    console.error(`${program} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
}

async function openHeadless(): Promise<void> {
  console.log(
    "No desktop VS Code can be used here: starting the VS Code server. Its window opens in a browser.",
  );
  const server = await startVscodeServer({ extensions: [projectRoot], gallery: true });
  console.log(
    `\nVS Code ${server.version} with Traceline and the sample workspace:\n\n  ${windowUrl(server, { folder: workspace })}\n`,
  );
  console.log("Open that address in a browser on this machine. Ctrl+C ends it.");
  let ending = false;
  const end = async () => {
    ending = true;
    console.log("Stopping VS Code.");
    await server.stop();
    process.exit(0);
  };
  process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
  process.on("SIGINT", end).on("SIGTERM", end);
  // The server's output is not shown: what went wrong is.
  void server.exited.then((code) => {
    if (ending) return;
    console.error(`The VS Code server ended with ${code}:\n${server.logTail()}`);
    process.exit(1);
  });
}

exitOnSignals();
if (!existsSync(inProject("dist", "extension.cjs"))) {
  console.error("dist/extension.cjs is not there. Build first: npm run build");
  process.exit(1);
}
const installed = hasDisplay() ? codeOnPath() : undefined;
try {
  if (installed) {
    console.log(`Opening the sample workspace in ${installed}, with Traceline.`);
    openDesktop(installed, []);
  } else if (hasDisplay() && (await downloadsReachable())) {
    console.log("VS Code is not on the PATH: downloading it into .vscode-test/.");
    const program = await downloadAndUnzipVSCode({ version: "stable", cachePath: inProject(".vscode-test") });
    const state = inProject(".vscode-test", "start");
    openDesktop(program, [`--user-data-dir=${state}/user`, `--extensions-dir=${state}/extensions`]);
  } else {
    await openHeadless();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
