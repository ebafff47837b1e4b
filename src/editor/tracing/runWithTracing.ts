import * as vscode from "vscode";
import { variablesOf } from "../../model/tracedProgram.ts";
import { noLinks } from "../noLinks.ts";
import { plainLabel } from "../plainLabel.ts";
import { setting } from "../settings.ts";
import type { ProgramTracing } from "./programTracing.ts";
import type { ReceiverState } from "./receiverState.ts";
import type { TracedDebugging } from "./tracedDebugging.ts";
import { givenToUsualTerminal, type TracedTerminals } from "./tracedTerminals.ts";

const lastKey = "tracing.lastRun";
/** How long the receiver may take to start, a choice of the person's about a port included. */
const startMs = 60_000;

interface Choice extends vscode.QuickPickItem {
  /** What is remembered as the last one. */
  readonly key: string;
  readonly run: () => Thenable<unknown>;
}

/** The command Run with Tracing: asks what to run, has the receiver run, then a debug configuration or a terminal. */
export async function runWithTracing(
  tracing: ProgramTracing,
  debugging: TracedDebugging,
  terminals: TracedTerminals,
  memento: vscode.Memento,
): Promise<void> {
  const last = memento.get(lastKey);
  const choices = choicesOf(debugging, () => openTerminal(tracing, terminals));
  choices.sort((a, b) => Number(b.key === last) - Number(a.key === last));
  const choice = await vscode.window.showQuickPick(choices, {
    title: "Run with Tracing",
    placeHolder: "What to run. Its traces appear in Traceline's view as they happen.",
  });
  // Only now: who changes their mind leaves everything as it was.
  if (choice === undefined || !(await receiverRuns(tracing.receiver))) return;
  await memento.update(lastKey, choice.key);
  // What is to be looked at: the traces as they come. The keyboard stays where it is.
  await vscode.commands.executeCommand("traceline.recent.focus", { preserveFocus: true });
  await choice.run();
}

function choicesOf(debugging: TracedDebugging, terminal: () => Thenable<unknown>): Choice[] {
  const choices: Choice[] = [];
  const folders = vscode.workspace.workspaceFolders ?? [];
  for (const folder of folders) {
    for (const { name } of entriesOf(["configurations", "compounds"], "workspaceFolderValue", folder)) {
      choices.push({
        key: `${folder.name}/${name}`,
        label: `$(debug-alt) ${plainLabel(name)}`,
        description: folder.name,
        run: () => debugging.traced(() => vscode.debug.startDebugging(folder, name)),
      });
    }
  }
  // VS Code finds by its name only what a folder's launch.json has, and a compound in no other way.
  const named = new Set(choices.map(({ label }) => label));
  for (const [place, description] of [
    ["workspaceValue", "workspace"],
    ["globalValue", "user settings"],
  ] as const) {
    for (const config of entriesOf(["configurations"], place, folders[0])) {
      const label = `$(debug-alt) ${plainLabel(config.name)}`;
      if (named.has(label)) continue;
      choices.push({
        key: `/${place}/${config.name}`,
        label,
        description,
        run: () => debugging.traced(() => vscode.debug.startDebugging(folders[0], config)),
      });
    }
  }
  choices.push(
    {
      key: "/debug",
      label: "$(debug-alt) Start Debugging",
      description:
        choices.length === 0 ? "the active file, with the debugger for its language" : "as F5 does",
      run: () => debugging.traced(() => vscode.commands.executeCommand("workbench.action.debug.start")),
    },
    {
      key: "/terminal",
      label: "$(terminal) Open a Terminal",
      description: "and run it there",
      run: terminal,
    },
  );
  return choices;
}

/** What can be launched of what is written in one place: anything may be, by hand. */
function entriesOf(
  kinds: readonly string[],
  place: "workspaceFolderValue" | "workspaceValue" | "globalValue",
  folder: vscode.WorkspaceFolder | undefined,
): vscode.DebugConfiguration[] {
  const launch = vscode.workspace.getConfiguration("launch", folder?.uri);
  return kinds.flatMap((kind) => {
    const entries: unknown = launch.inspect(kind)?.[place];
    return (Array.isArray(entries) ? entries : []).filter((entry: unknown) => {
      const { name, request } = (entry ?? {}) as { name?: unknown; request?: unknown };
      return typeof name === "string" && name !== "" && request !== "attach";
    });
  });
}

async function openTerminal(tracing: ProgramTracing, terminals: TracedTerminals): Promise<void> {
  await terminals.applied;
  const given = givenToUsualTerminal();
  const name = vscode.workspace.workspaceFolders?.[0]?.name;
  const environment = await tracing.environment(given, name);
  if (environment !== undefined && environment.note !== "")
    void vscode.window.showInformationMessage(noLinks(`The terminal is left as it is: ${environment.note}`));
  const isOwn = environment !== undefined && !setting("tracing.terminals");
  const env = isOwn && Object.fromEntries(variablesOf(environment, given));
  vscode.window.createTerminal({ name: "Traced", ...(env && { env }) }).show();
}

/** Starts the receiver unless it runs. Its command tells what is in the way, and may stay open longer than it takes. */
async function receiverRuns(receiver: ReceiverState): Promise<boolean> {
  if (receiver.endpoint !== undefined) return true;
  let listening: { dispose(): void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const up = new Promise<void>((resolve) => {
    listening = receiver.onChange(() => {
      if (receiver.endpoint !== undefined) resolve();
    });
    timer = setTimeout(resolve, startMs);
  });
  const ended = Promise.resolve(vscode.commands.executeCommand("traceline.startReceiver", true));
  await Promise.race([up, ended]).finally(() => {
    listening?.dispose();
    clearTimeout(timer);
  });
  return receiver.endpoint !== undefined;
}
