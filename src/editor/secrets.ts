import type * as vscode from "vscode";
import type { Log } from "./log.ts";

/**
 * Tokens and passwords, each bound to the origin (scheme, host, port) it was given for: a workspace that changes a URL gets
 * none. Where the machine has no secret storage they live in memory until the window closes.
 */
export class Secrets {
  readonly #storage: vscode.SecretStorage;
  readonly #memory = new Map<string, string>();
  readonly #log: Log;

  constructor(storage: vscode.SecretStorage, log: Log) {
    this.#storage = storage;
    this.#log = log;
  }

  async get(origin: string): Promise<string | undefined> {
    const kept = this.#memory.get(origin);
    if (kept !== undefined) return kept;
    try {
      return await this.#storage.get(keyOf(origin));
    } catch (error) {
      this.#log.error("Secret storage cannot be read", error);
      return undefined;
    }
  }

  /** Answers false when it could be kept in memory only. */
  async set(origin: string, secret: string): Promise<boolean> {
    try {
      await this.#storage.store(keyOf(origin), secret);
      await this.#remember(origin);
      this.#memory.delete(origin);
      return true;
    } catch (error) {
      this.#log.error("Secret storage cannot be written", error);
      this.#memory.set(origin, secret);
      return false;
    }
  }

  /** Removes every secret ever given; answers how many there were. */
  async forgetAll(): Promise<number> {
    const origins = await this.#origins();
    for (const origin of origins) await this.#storage.delete(keyOf(origin));
    await this.#storage.delete(listKey);
    const count = new Set([...origins, ...this.#memory.keys()]).size;
    this.#memory.clear();
    return count;
  }

  async #origins(): Promise<string[]> {
    const list: unknown = JSON.parse((await this.#storage.get(listKey)) ?? "[]");
    return Array.isArray(list) ? list.filter((entry): entry is string => typeof entry === "string") : [];
  }

  async #remember(origin: string): Promise<void> {
    const origins = await this.#origins();
    if (!origins.includes(origin)) await this.#storage.store(listKey, JSON.stringify([...origins, origin]));
  }
}

const listKey = "traceline.origins";

function keyOf(origin: string): string {
  return `traceline.secret:${origin}`;
}
