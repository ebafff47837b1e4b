import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { UserError } from "../base/userError.ts";
import { askForSecret, keepSecret } from "./askForSecret.ts";
import { connectionRefusing } from "./connectionState.ts";
import type { Connections } from "./connections.ts";
import type { Log } from "./log.ts";
import { noLinks } from "./noLinks.ts";
import type { Secrets } from "./secrets.ts";
import { weakTlsCode } from "./tlsConsent.ts";

/**
 * The messages about backends that want a secret, or a yes before they get it: one a connection at a time, and one alone for
 * what is asked in the background, until it has been answered. A secret that is given lets what was refused be asked again.
 */
export class RefusalMessages implements vscode.Disposable {
  readonly #connections: Connections;
  readonly #secrets: Secrets;
  readonly #log: Log;
  readonly #open = new Set<string>();
  readonly #told = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(connections: Connections, secrets: Secrets, log: Log) {
    this.#connections = connections;
    this.#secrets = secrets;
    this.#log = log;
    this.#subscriptions = [
      connections.onRefused(({ connection, error }) => {
        const isAnswered = this.#told.has(connection.name) || connections.isDeclined(connection);
        if (!isAnswered) void this.#show(connection.name, error);
      }),
      connections.onRetry(({ name }) => this.#told.delete(name)),
      connections.onChange(() => this.#forgetAnswered()),
    ];
  }

  /** Tells an error that a connection refused for want of a secret; false when it is not one. */
  tell(error: unknown): boolean {
    const name = connectionRefusing(error);
    if (name === undefined || !(error instanceof UserError)) return false;
    if (!this.#open.has(name)) void this.#show(name, error);
    return true;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #forgetAnswered(): void {
    for (const name of this.#told) {
      const connection = this.#connections.named(name);
      if (connection === undefined || !this.#connections.isRefused(connection)) this.#told.delete(name);
    }
  }

  async #show(name: string, { message, code }: UserError): Promise<void> {
    this.#open.add(name);
    this.#told.add(name);
    this.#log.info(message);
    const asked = this.#connections.named(name);
    const isCommand = asked?.auth === "command";
    const enter = isCommand ? "Edit Auth Commands" : "Enter Token";
    const retry = "Retry";
    const allow = "Allow for This Workspace";
    const decline = "Don't Connect";
    const buttons = code === weakTlsCode ? [allow, decline] : [enter, retry];
    let choice: string | undefined;
    try {
      choice = await vscode.window.showErrorMessage(noLinks(message), ...buttons);
    } finally {
      this.#open.delete(name);
    }
    const connection = this.#connections.named(name);
    if (connection === undefined || choice === undefined) return;
    if (choice === allow || choice === decline) {
      // An answer is for the connection as it was when it was asked.
      if (connection === asked) await this.#connections.consent(connection, choice === allow);
    } else if (choice === retry) this.#connections.retry(connection);
    else if (isCommand) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "traceline.authCommands");
    } else await enterSecret(connection, this.#connections, this.#secrets);
  }
}

/**
 * Asks for a secret of a connection and keeps it; the connection is changed where it stands when it did not say that the
 * secret is to be sent. What was refused is asked again. False when it was given up.
 */
export async function enterSecret(
  connection: Connection,
  connections: Connections,
  secrets: Secrets,
  all = false,
): Promise<boolean> {
  const given = await askForSecret(connection, all);
  if (given === undefined) return false;
  // First: a secret that is not sent yet would be refused once more.
  await connections.change(connection, given.change);
  await keepSecret(secrets, connection.url, given);
  return true;
}
