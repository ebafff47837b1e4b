import * as vscode from "vscode";
import { variablesOf } from "../../model/tracedProgram.ts";
import { plainLabel } from "../plainLabel.ts";
import { setting } from "../settings.ts";
import type { ProgramTracing } from "./programTracing.ts";
import type { ReceiverState } from "./receiverState.ts";
import type { TracedDebugging } from "./tracedDebugging.ts";
import { givenToTerminals, type TracedTerminals } from "./tracedTerminals.ts";

const lastKey = "tracing.lastRun";
/** How long the receiver may take to start, a choice of the person's about a port included. */
const startMs = 60_000;

interface Choice extends vscode.QuickPickItem {
  /** What is remembered as the last one. */
  readonly key: string;
  readonly run: () => Thenable<unknown>;
}

/** The command Run with Tracing: has the receiver run, then a debug configuration or a terminal. */
export async function runWithTracing(
  tracing: ProgramTracing,
  debugging: TracedDebugging,
  terminals: TracedTerminals,
  memento: vscode.Memento,
): Promise<void> {
  if (!(await receiverRuns(tracing.receiver))) return;
  const last = memento.get(lastKey);
  const choices = choicesOf(debugging, () => openTerminal(tracing, terminals));
  choices.sort((a, b) => Number(b.key === last) - Number(a.key === last));
  const choice = await vscode.window.showQuickPick(choices, {
    title: "Run with Tracing",
    placeHolder: "What to run. Its traces appear in Traceline's view as they happen.",
  });
  if (choice === undefined) return;
  await memento.update(lastKey, choice.key);
  // What is to be looked at: the traces as they come. The keyboard stays where it is.
  await vscode.commands.executeCommand("traceline.recent.focus", { preserveFocus: true });
  await choice.run();
}

function choicesOf(debugging: TracedDebugging, terminal: () => Thenable<unknown>): Choice[] {
  const choices: Choice[] = [];
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const launch = vscode.workspace.getConfiguration("launch", folder.uri);
    for (const kind of ["configurations", "compounds"]) {
      for (const entry of launch.get<unknown[]>(kind) ?? []) {
        const { name, request } = (entry ?? {}) as { name?: unknown; request?: unknown };
        if (typeof name !== "string" || name === "" || request === "attach") continue;
        choices.push({
          key: `${folder.name}/${name}`,
          label: `$(debug-alt) ${plainLabel(name)}`,
          description: folder.name,
          run: () => debugging.traced(() => vscode.debug.startDebugging(folder, name)),
        });
      }
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

async function openTerminal(tracing: ProgramTracing, terminals: TracedTerminals): Promise<void> {
  await terminals.applied;
  const given = givenToTerminals();
  const name = vscode.workspace.workspaceFolders?.[0]?.name;
  const environment = setting("tracing.terminals") ? undefined : await tracing.environment(given, name);
  const env = environment && Object.fromEntries(variablesOf(environment, given));
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
