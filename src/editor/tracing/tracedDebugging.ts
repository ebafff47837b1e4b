import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { variablesOf } from "../../model/tracedProgram.ts";
import type { Log } from "../log.ts";
import { noLinks } from "../noLinks.ts";
import { setting } from "../settings.ts";
import {
  launchesProgram,
  runsInTerminal,
  serviceNameOf,
  variablesOfConfiguration,
  variablesOfFiles,
  withVariables,
} from "./debugVariables.ts";
import { givenVariables, withoutTraced } from "./givenVariables.ts";
import type { ProgramTracing } from "./programTracing.ts";
import { settledVariables, variablesOfTerminals } from "./terminalVariables.ts";

/** Points the programs of debug sessions at the receiver while it runs, whichever debugger launches them. */
export class TracedDebugging implements vscode.DebugConfigurationProvider {
  readonly #tracing: ProgramTracing;
  readonly #log: Log;
  /** How many sessions are being started by Run with Tracing, for which the setting need not be on. */
  #asked = 0;

  constructor(tracing: ProgramTracing, log: Log) {
    this.#tracing = tracing;
    this.#log = log;
  }

  /** Runs a task that starts debug sessions, which are traced even if the setting is off. */
  async traced<T>(task: () => Thenable<T>): Promise<T> {
    this.#asked++;
    try {
      return await task();
    } finally {
      this.#asked--;
    }
  }

  /** After the debugger's own providers, and after variables as `${workspaceFolder}` have been replaced. */
  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    config: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    if ((!setting("tracing.debugSessions") && this.#asked === 0) || !launchesProgram(config)) return config;
    try {
      return await this.#pointed(folder, config);
    } catch (error) {
      this.#log.error("The environment of a debug session could not be set", error);
      return config;
    }
  }

  async #pointed(
    folder: vscode.WorkspaceFolder | undefined,
    config: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    if (this.#tracing.receiver.endpoint === undefined) return config;
    const ofFiles = await variablesOfFiles(config, (path) => readFile(path, "utf8"));
    const given = givenVariables(
      withoutTraced(process.env),
      runsInTerminal(config) ? ofTerminal(config, folder) : {},
      ...ofFiles,
      // Some debuggers put in it all that the editor has.
      withoutTraced(variablesOfConfiguration(config)),
    );
    const environment = await this.#tracing.environment(given, serviceNameOf(config, folder?.name));
    if (environment === undefined) return config;
    if (environment.note !== "") {
      const told = `${config.name} is left as it is: ${environment.note}`;
      this.#log.info(told);
      // Who asked for its traces would wait for them in vain.
      if (this.#asked > 0) void vscode.window.showInformationMessage(noLinks(told));
      return config;
    }
    const variables = new Map(variablesOf(environment, given));
    // What refers to something that is not known here must not be put in the place of what the program would have got.
    for (const name of [...environment.append.keys(), ...environment.prepend.keys()])
      if (given.get(name)?.includes("${")) variables.delete(name);
    return withVariables(config, variables);
  }
}

/** What a program gets of the settings of the terminal that its debugger runs it in. */
function ofTerminal(
  { type }: vscode.DebugConfiguration,
  folder: vscode.WorkspaceFolder | undefined,
): Readonly<Record<string, unknown>> {
  const { NODE_OPTIONS, ...others } = settledVariables(variablesOfTerminals(folder), process.env, folder);
  // The debugger for Node puts its own in their place.
  const isReplaced = /^(?:pwa-)?node(?:-terminal)?$/.test(type) || NODE_OPTIONS === undefined;
  return isReplaced ? others : { NODE_OPTIONS, ...others };
}
