import { readFile } from "node:fs/promises";
import type * as vscode from "vscode";
import { variablesOf } from "../../model/tracedProgram.ts";
import type { Log } from "../log.ts";
import { setting } from "../settings.ts";
import {
  launchesProgram,
  serviceNameOf,
  variablesOfConfiguration,
  variablesOfFiles,
  withVariables,
} from "./debugVariables.ts";
import { givenVariables, withoutTraced } from "./givenVariables.ts";
import type { ProgramTracing } from "./programTracing.ts";

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
    const given = givenVariables(withoutTraced(process.env), ...ofFiles, variablesOfConfiguration(config));
    const environment = await this.#tracing.environment(given, serviceNameOf(config, folder?.name));
    if (environment === undefined) return config;
    if (environment.note !== "") {
      this.#log.info(`${config.name} is left as it is: ${environment.note}`);
      return config;
    }
    return withVariables(config, variablesOf(environment, given));
  }
}
