import * as vscode from "vscode";
import { Bag } from "../../base/bag.ts";
import { latest } from "../../base/latest.ts";
import { namesService, type TracedEnvironment } from "../../model/tracedProgram.ts";
import type { Log } from "../log.ts";
import { onSetting, setting } from "../settings.ts";
import { isCancelled } from "../tell.ts";
import { givenVariables, marks, withoutTraced } from "./givenVariables.ts";
import type { ProgramTracing } from "./programTracing.ts";
import {
  defaultProfile,
  variablesOfProfiles,
  variablesOfTasks,
  variablesOfTerminals,
} from "./terminalVariables.ts";

/** Nothing but shell integration tells a terminal from that of a task, which has none; it comes after the shell's own start. */
const inShells: vscode.EnvironmentVariableMutatorOptions = {
  applyAtProcessCreation: false,
  applyAtShellIntegration: true,
};

/**
 * Points the programs of new integrated terminals, and of tasks, which run in terminals, at the receiver while it runs.
 * Terminals that are open already keep what they have, and VS Code marks them.
 */
export class TracedTerminals implements vscode.Disposable {
  readonly #bag = new Bag();
  readonly #collection: vscode.GlobalEnvironmentVariableCollection;
  readonly #tracing: ProgramTracing;
  readonly #log: Log;
  readonly #latest = latest();
  #applied: Promise<void> = Promise.resolve();

  constructor(context: vscode.ExtensionContext, tracing: ProgramTracing, log: Log) {
    this.#collection = context.environmentVariableCollection;
    // A receiver does not outlive its window, and a new window asks for its own.
    this.#collection.persistent = false;
    this.#tracing = tracing;
    this.#log = log;
    const update = () => this.#update();
    this.#bag.add(tracing.receiver.onChange(update));
    this.#bag.add(onSetting(["tracing.terminals", "tracing.tasks", "tracing.codeLocations"], update));
    this.#bag.add(vscode.workspace.onDidChangeWorkspaceFolders(update));
    this.#bag.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (["terminal.integrated", "tasks"].some((name) => event.affectsConfiguration(name))) update();
      }),
    );
    if (tracing.receiver.endpoint !== undefined) update();
  }

  /** Resolves once new terminals have what holds now. */
  get applied(): Promise<void> {
    return this.#applied;
  }

  dispose(): void {
    this.#bag.dispose();
  }

  #update(): void {
    this.#applied = this.#latest(async (signal) => {
      const environment = setting("tracing.terminals")
        ? await this.#tracing.environment(givenToTerminals())
        : undefined;
      signal.throwIfAborted();
      this.#apply(environment);
    }).catch((error) => {
      if (!isCancelled(error)) this.#log.error("The environment of terminals could not be set", error);
    });
  }

  #apply(environment: TracedEnvironment | undefined): void {
    const folders = vscode.workspace.workspaceFolders ?? [];
    this.#collection.clear();
    for (const workspaceFolder of folders) this.#collection.getScoped({ workspaceFolder }).clear();
    this.#collection.description = undefined;
    if (environment === undefined) return;
    if (environment.note !== "") {
      this.#log.info(`Terminals are left as they are: ${environment.note}`);
      return;
    }
    const { set, append, prepend } = environment;
    const withTasks = setting("tracing.tasks");
    const how = withTasks ? undefined : inShells;
    // A collection wins over what a task sets for itself.
    const ofTasks = givenVariables(...(withTasks ? variablesOfTasks() : []));
    if (ofTasks.has("OTEL_EXPORTER_OTLP_ENDPOINT")) {
      this.#log.info(
        "Terminals are left as they are: a task sets OTEL_EXPORTER_OTLP_ENDPOINT, and traceline.tracing.tasks is on.",
      );
      return;
    }
    if (
      !withTasks &&
      !vscode.workspace.getConfiguration("terminal.integrated").get("shellIntegration.enabled")
    )
      this.#log.info(
        "Terminals are left as they are: traceline.tracing.tasks and terminal.integrated.shellIntegration.enabled are off.",
      );
    this.#collection.description =
      "Programs send their traces and logs to Traceline while its receiver runs.";
    for (const [name, value] of set) {
      if (ofTasks.has(name)) continue;
      this.#collection.replace(name, value, how);
      const mark = marks.get(name);
      if (mark !== undefined) this.#collection.replace(mark, value, how);
    }
    for (const [name, value] of append) this.#collection.append(name, value, how);
    for (const [name, value] of prepend) this.#collection.prepend(name, value, how);
    if (namesService(givenToTerminals()) || namesService(ofTasks)) return;
    for (const workspaceFolder of folders) {
      // VS Code would put the value of a variable of its own into it.
      if (workspaceFolder.name.includes("${")) continue;
      const scoped = this.#collection.getScoped({ workspaceFolder });
      for (const name of ["OTEL_SERVICE_NAME", "TRACELINE_SERVICE_NAME"])
        scoped.replace(name, workspaceFolder.name, how);
    }
  }
}

/** What terminals have by the editor's own environment, the person's settings and any of the profiles. */
export function givenToTerminals(): Map<string, string> {
  return givenVariables(
    withoutTraced(process.env),
    variablesOfTerminals(),
    ...variablesOfProfiles().values(),
  );
}

/** What one that is opened without choosing its profile has. */
export function givenToUsualTerminal(): Map<string, string> {
  const ofProfile = variablesOfProfiles().get(defaultProfile());
  return givenVariables(withoutTraced(process.env), variablesOfTerminals(), ofProfile);
}
