import * as vscode from "vscode";
import { pickLanguage } from "./programLanguage.ts";
import { showSnippet } from "./snippet.ts";
import { type ZeroCodeSetup, zeroCodeSetups } from "./zeroCodeSetups.ts";

/** The command Set Up Tracing: names the official way for a language and its commands, and runs them after a yes. */
export async function setUpTracing(extension: vscode.Uri): Promise<void> {
  const language = await pickLanguage("Set Up Tracing");
  if (language === undefined) return;
  const setup = zeroCodeSetups[language];
  const folder = await pickFolder();
  const isDismissed = folder === undefined && (vscode.workspace.workspaceFolders ?? []).length > 0;
  if (isDismissed) return;
  const install = await forPackageManager(setup.install, folder);
  const run = "Run in Terminal";
  const show = setup.code === "" ? "Copy Commands" : "Show the Code";
  const told = await vscode.window.showInformationMessage(
    `Set up tracing for ${language}?`,
    { modal: true, detail: detailOf({ ...setup, install }, folder) },
    run,
    show,
  );
  if (told === undefined) return;
  if (setup.code !== "") await showSnippet(extension, setup.code, setup.languageId);
  if (told === run) runInTerminal({ ...setup, install }, folder);
  else if (told === "Copy Commands") {
    await vscode.env.clipboard.writeText([...install, setup.start].filter((line) => line !== "").join("\n"));
  }
}

function detailOf(setup: ZeroCodeSetup, folder: vscode.WorkspaceFolder | undefined): string {
  const lines = [
    setup.about,
    "",
    `These commands are run in ${folder ? `the folder ${folder.name}` : "a terminal"}:`,
    "",
    ...setup.install,
  ];
  if (setup.start !== "")
    lines.push("", "Then start the program with tracing from a new terminal:", "", setup.start);
  if (setup.code !== "") lines.push("", "Then add the code that is shown beside.");
  return lines.join("\n");
}

function runInTerminal(setup: ZeroCodeSetup, folder: vscode.WorkspaceFolder | undefined): void {
  const terminal = vscode.window.createTerminal({ name: "Set Up Tracing", cwd: folder?.uri });
  terminal.show();
  for (const command of setup.install) terminal.sendText(command);
  // Its file is the person's to name.
  if (setup.start !== "") terminal.sendText(setup.start, false);
}

async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const active = vscode.window.activeTextEditor?.document.uri;
  const own = active && vscode.workspace.getWorkspaceFolder(active);
  if (own !== undefined || folders.length < 2) return own ?? folders[0];
  return vscode.window.showWorkspaceFolderPick({ placeHolder: "The folder of the program" });
}

const managers = [
  ["pnpm-lock.yaml", "pnpm add --save-dev"],
  ["yarn.lock", "yarn add --dev"],
  ["bun.lock", "bun add --dev"],
  // Of Bun before 1.2.
  ["bun.lockb", "bun add --dev"],
] as const;

/** A project that has another package manager's lock file is not given one of npm. */
async function forPackageManager(
  install: readonly string[],
  folder: vscode.WorkspaceFolder | undefined,
): Promise<readonly string[]> {
  if (folder === undefined || !install.some((command) => command.startsWith("npm install"))) return install;
  for (const [lock, command] of managers) {
    const uri = vscode.Uri.joinPath(folder.uri, lock);
    const isThere = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (isThere) return install.map((line) => line.replace("npm install --save-dev", command));
  }
  return install;
}
