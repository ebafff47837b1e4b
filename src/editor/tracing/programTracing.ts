import { delimiter } from "node:path";
import type * as vscode from "vscode";
import { type Preload, type TracedEnvironment, tracedEnvironment } from "../../model/tracedProgram.ts";
import type { Log } from "../log.ts";
import { setting } from "../settings.ts";
import { installPreloads } from "./preloadFiles.ts";
import type { ReceiverState } from "./receiverState.ts";

/** Answers what the environment of a program is to be; undefined while nothing receives. */
export class ProgramTracing {
  readonly receiver: ReceiverState;
  readonly #context: vscode.ExtensionContext;
  readonly #log: Log;
  #preload: Promise<Preload | undefined> | undefined;

  constructor(context: vscode.ExtensionContext, receiver: ReceiverState, log: Log) {
    this.#context = context;
    this.receiver = receiver;
    this.#log = log;
  }

  async environment(
    given: ReadonlyMap<string, string>,
    serviceName?: string,
  ): Promise<TracedEnvironment | undefined> {
    if (this.receiver.endpoint === undefined) return undefined;
    const preload = setting("tracing.codeLocations") ? await this.#installed() : undefined;
    const { endpoint } = this.receiver;
    if (endpoint === undefined) return undefined;
    return tracedEnvironment({ endpoint, given, serviceName, preload, delimiter });
  }

  /** Traces without lines are better than none: a disk that is full costs the lines only. */
  #installed(): Promise<Preload | undefined> {
    const { extensionUri, globalStorageUri } = this.#context;
    this.#preload ??= installPreloads(extensionUri, globalStorageUri).catch((error) => {
      this.#log.error("Source lines for spans could not be set up", error);
      this.#preload = undefined;
      return undefined;
    });
    return this.#preload;
  }
}
