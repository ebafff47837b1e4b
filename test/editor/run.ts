import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runTests } from "@vscode/test-electron";
import { downloadsReachable, hasDisplay } from "../../scripts/desktop.ts";
import { inProject, projectRoot } from "../../scripts/projectRoot.ts";
import {
  newestRelease,
  oldestRelease,
  type VscodeRelease,
  vscodeRelease,
} from "../../scripts/vscodeRelease.ts";

/*
 * Runs the stories of test/editor in a real VS Code, the oldest supported and the newest: in the desktop program where
 * it can be downloaded and shown, else in the headless one through the same `runTests` call.
 * node test/editor/run.ts [--vscode oldest|newest|<version>] [--extension <folder>] [--suite <file>] [--workspace <folder>]
 */
const { values } = parseArgs({
  options: {
    vscode: { type: "string" },
    extension: { type: "string", default: projectRoot },
    suite: { type: "string", default: inProject("dist", "test", "editor", "suite.cjs") },
    workspace: { type: "string", default: inProject("test", "sample") },
  },
});

async function runOn(release: VscodeRelease, desktop: boolean): Promise<boolean> {
  console.log(`Editor stories in VS Code ${release.version}, ${desktop ? "desktop" : "headless"}`);
  // The path of a socket in there has at most 103 characters, which the project's own folder may not leave room for.
  const userData = await mkdtemp(join(tmpdir(), "tl-user-"));
  try {
    await runTests({
      ...(desktop
        ? { version: release.version }
        : { vscodeExecutablePath: inProject("scripts", "headless-code") }),
      extensionDevelopmentPath: values.extension,
      extensionTestsPath: values.suite,
      extensionTestsEnv: { TRACELINE_VSCODE: release.version },
      launchArgs: [values.workspace, `--user-data-dir=${userData}`, "--disable-extensions"],
    });
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (!existsSync(values.suite)) {
  console.error(`${values.suite} is not there. Build first: npm run build`);
  process.exit(1);
}
const releases = values.vscode ? [vscodeRelease(values.vscode)] : [oldestRelease, newestRelease];
const desktop = hasDisplay() && (await downloadsReachable());
let good = true;
for (const release of releases) good = (await runOn(release, desktop)) && good;
process.exit(good ? 0 : 1);
