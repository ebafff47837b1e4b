import { createHash } from "node:crypto";
import * as vscode from "vscode";
import { shared } from "../backends/shared.ts";
import { Emitter } from "../base/event.ts";
import { UserError } from "../base/userError.ts";
import { type AuthCommand, authCommandOf } from "./authCommandSetting.ts";
import { printedToken } from "./authProgram.ts";
import type { Log } from "./log.ts";
import { onSetting, setting } from "./settings.ts";

interface Kept {
  readonly token: string;
  readonly command: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A token that is this fresh is not asked for anew: the server refuses it, and would refuse the next one. */
const freshMs = 10_000;

/**
 * The tokens that programs print, by origin, kept in memory for their lifetime. A program is run only after the person has
 * seen it whole and agreed, once for that program and that origin.
 */
export class AuthCommands implements vscode.Disposable {
  readonly #agreed: vscode.Memento;
  readonly #log: Log;
  readonly #run: typeof printedToken;
  readonly #kept = new Map<string, Kept>();
  readonly #once = shared<string>();
  /** Questions that are open: who gives up waiting leaves the question where it is, and the next one joins it. */
  readonly #asking = new Map<string, Promise<void>>();
  readonly #ended = new AbortController();
  readonly #changed = new Emitter<void>();
  readonly #watch: vscode.Disposable;
  /** The setting has changed. */
  readonly onChange = this.#changed.event;

  constructor(agreed: vscode.Memento, log: Log, run = printedToken) {
    this.#agreed = agreed;
    this.#log = log;
    this.#run = run;
    this.#watch = onSetting(["authCommands"], () => {
      this.#kept.clear();
      this.#changed.fire();
    });
  }

  /** The token for an origin; `again` when the last one was refused. Rejects with a UserError a person can act on. */
  async token(origin: string, again: boolean, signal: AbortSignal): Promise<string> {
    const command = authCommandOf(setting("authCommands"), origin);
    if ("problem" in command) {
      throw new UserError(command.problem, { action: "enterSecret", code: "authCommand" });
    }
    const key = JSON.stringify([origin, command.command]);
    const kept = this.#kept.get(origin);
    const nowMs = Date.now();
    const isGood = kept !== undefined && kept.command === key && nowMs < kept.untilMs;
    if (isGood && (!again || nowMs - kept.sinceMs < freshMs)) return kept.token;
    this.#kept.delete(origin);
    const either = AbortSignal.any([signal, this.#ended.signal]);
    return this.#once(key, (wanted) => this.#print(origin, command, key, wanted), either);
  }

  /** Forgets the tokens that programs have printed; answers how many there were. */
  forgetTokens(): number {
    const count = this.#kept.size;
    this.#kept.clear();
    return count;
  }

  dispose(): void {
    this.#ended.abort(new vscode.CancellationError());
    this.#watch.dispose();
    this.#changed.dispose();
    this.#kept.clear();
  }

  async #print(origin: string, command: AuthCommand, key: string, signal: AbortSignal): Promise<string> {
    await this.#confirm(origin, command, key);
    signal.throwIfAborted();
    const token = await this.#run(command.command, signal);
    const nowMs = Date.now();
    this.#kept.set(origin, {
      token,
      command: key,
      sinceMs: nowMs,
      untilMs: nowMs + command.lifetimeMs,
    });
    this.#log.info(`The auth command for ${origin} printed a token.`);
    return token;
  }

  #confirm(origin: string, command: AuthCommand, key: string): Promise<void> {
    const asking =
      this.#asking.get(key) ?? this.#ask(origin, command, key).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(origin: string, { command }: AuthCommand, key: string): Promise<void> {
    const hash = createHash("sha256").update(key).digest("hex");
    const agreed = this.#agreed.get<unknown>(agreedKey);
    const known = Array.isArray(agreed) ? agreed : [];
    if (known.includes(hash)) return;
    const run = "Run Program";
    const choice = await vscode.window.showWarningMessage(
      `Run this program to get a token for ${origin}?`,
      { modal: true, detail: `${commandText(command)}\n\nIt is in your setting traceline.authCommands.` },
      run,
    );
    if (choice !== run) {
      throw new UserError(`The auth command for ${origin} has not been allowed to run.`, {
        action: "enterSecret",
        code: "authCommand",
      });
    }
    await this.#agreed.update(agreedKey, [...known.slice(-99), hash]);
  }
}

const agreedKey = "traceline.agreedAuthCommands";

/** The program and its arguments, each on a line as JSON writes them, so that no character hides. */
function commandText(command: readonly string[]): string {
  return command
    .map((part) =>
      JSON.stringify(part).replace(
        /[^\x20-\x7e]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    )
    .join("\n");
}
