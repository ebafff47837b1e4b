import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";

const WAIT_MS = 40_000;
const POLL_MS = 50;

/** The folder of the sample shop, which is the workspace of the stories. */
export function sampleFolder(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, "no folder is open");
  return folder.uri.fsPath;
}

/** A file of the sample by its path in there. */
export function sampleFile(path: string): vscode.Uri {
  return vscode.Uri.file(join(sampleFolder(), path));
}

/** Asks again until there is an answer; an exception counts as none, and the last one is told when time is up. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    let last = "";
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error instanceof Error ? `: ${error.message}` : "";
    }
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}${last}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The tabs that show traces, by their titles. */
export function traceTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => {
      if (input instanceof vscode.TabInputWebview) return input.viewType.endsWith("traceline.trace");
      return input instanceof vscode.TabInputCustom && input.viewType.startsWith("traceline.");
    });
}

/** Waits for the tab of a trace whose title contains `title`. */
export function traceTab(title: string): Promise<vscode.Tab> {
  return until(`a trace tab "${title}" is there (there are: ${titles()})`, () =>
    traceTabs().find((tab) => tab.label.includes(title)),
  );
}

/** Opens the recorded slow checkout in a tab and waits for it. */
export async function openSlowCheckout(): Promise<vscode.Tab> {
  await vscode.commands.executeCommand(
    "traceline.openTraceFile",
    sampleFile("traces/checkout-slow.otlp.json"),
  );
  return traceTab("POST /checkout");
}

/** What the side bar's items hand to commands, for the trace at an address. */
export function recentNode(address: { readonly traceId: string } & Readonly<Record<string, string>>): object {
  const { traceId } = address;
  const counts = { startMs: 0, durationNs: 0, spans: 0, errors: 0 };
  const summary = { traceId, rootService: "", rootName: "", services: [], ...counts };
  return { kind: "trace", trace: { address, summary, pinned: false, openedMs: 0 } };
}

/** Closes every tab, and what was typed into documents is forgotten. */
export async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty || !document.uri.path.startsWith(sampleFolder())) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  }
  await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap((group) => group.tabs));
}

/** Sets a setting of Traceline for one story: the function it answers puts the old value back. */
export async function change(name: string, value: unknown): Promise<() => Promise<void>> {
  const configuration = () => vscode.workspace.getConfiguration("traceline");
  const before = configuration().inspect(name)?.globalValue;
  await configuration().update(name, value, vscode.ConfigurationTarget.Global);
  return async () => configuration().update(name, before, vscode.ConfigurationTarget.Global);
}

/** Traceline's lenses in a file, by line from 1. */
export async function lensesOf(uri: vscode.Uri): Promise<{ line: number; title: string }[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    uri,
    100,
  );
  return lenses
    .filter((lens) => lens.command?.command === "traceline.openHintTrace")
    .map((lens) => ({ line: lens.range.start.line + 1, title: lens.command!.title }));
}

/** The text of the hovers at a line (from 1), the lens's own excepted. */
export async function hoverAt(uri: vscode.Uri, line: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    uri,
    new vscode.Position(line - 1, 3),
  );
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === "string" ? content : content.value))
    .filter((text) => text.includes("openHintTrace"))
    .join("\n");
}

/** Where the caret is: the path in the sample, and the line from 1. */
export function caret(): string {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return "no text editor is active";
  const path = vscode.workspace.asRelativePath(editor.document.uri);
  return `${path}:${editor.selection.active.line + 1}`;
}

function titles(): string {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .map((tab) => tab.label)
    .join(", ");
}
