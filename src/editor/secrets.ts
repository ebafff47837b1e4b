import type * as vscode from "vscode";
import { Emitter } from "../base/event.ts";
import type { Log } from "./log.ts";

/**
 * Tokens, passwords and values of secret headers, each bound to the origin (scheme, host, port) it was given for: a workspace
 * that changes a URL gets none. Where the machine has no secret storage they live in memory until the window closes.
 */
export class Secrets {
  readonly #storage: vscode.SecretStorage;
  readonly #memory = new Map<string, string>();
  readonly #log: Log;
  readonly #changed = new Emitter<string>();
  /** The origin whose secret was given or forgotten. */
  readonly onChange = this.#changed.event;

  constructor(storage: vscode.SecretStorage, log: Log) {
    this.#storage = storage;
    this.#log = log;
  }

  /** The token or password of an origin; with `header`, the value of that header. */
  async get(origin: string, header?: string): Promise<string | undefined> {
    const slot = slotOf(origin, header);
    const kept = this.#memory.get(slot);
    if (kept !== undefined) return kept;
    try {
      return await this.#storage.get(keyOf(slot));
    } catch (error) {
      this.#log.error("Secret storage cannot be read", error);
      return undefined;
    }
  }

  /** Answers false when it could be kept in memory only. */
  async set(origin: string, secret: string, header?: string): Promise<boolean> {
    const slot = slotOf(origin, header);
    const isStored = await this.#store(slot, secret);
    this.#changed.fire(origin);
    return isStored;
  }

  /** Removes all that was given for an origin; answers how many there were. */
  async forget(origin: string): Promise<number> {
    const count = await this.#forget((slot) => slot === origin || slot.startsWith(`${origin} `));
    if (count > 0) this.#changed.fire(origin);
    return count;
  }

  /** Removes every secret ever given; answers how many there were. */
  forgetAll(): Promise<number> {
    return this.#forget(() => true);
  }

  /** How many secrets are kept for an origin. */
  async count(origin: string): Promise<number> {
    const slots = new Set([...(await this.#slots()), ...this.#memory.keys()]);
    return [...slots].filter((slot) => slot === origin || slot.startsWith(`${origin} `)).length;
  }

  async #store(slot: string, secret: string): Promise<boolean> {
    try {
      await this.#storage.store(keyOf(slot), secret);
      const slots = await this.#slots();
      if (!slots.includes(slot)) await this.#storage.store(listKey, JSON.stringify([...slots, slot]));
      this.#memory.delete(slot);
      return true;
    } catch (error) {
      this.#log.error("Secret storage cannot be written", error);
      this.#memory.set(slot, secret);
      return false;
    }
  }

  async #forget(isWanted: (slot: string) => boolean): Promise<number> {
    const known = await this.#slots();
    const gone = new Set([...known, ...this.#memory.keys()].filter(isWanted));
    for (const slot of gone) {
      this.#memory.delete(slot);
      if (known.includes(slot)) await this.#storage.delete(keyOf(slot));
    }
    const left = known.filter((slot) => !gone.has(slot));
    if (left.length === 0 && known.length > 0) await this.#storage.delete(listKey);
    else if (left.length < known.length) await this.#storage.store(listKey, JSON.stringify(left));
    return gone.size;
  }

  /** What is kept in the storage, which cannot list it by itself on every version. */
  async #slots(): Promise<string[]> {
    try {
      const list: unknown = JSON.parse((await this.#storage.get(listKey)) ?? "[]");
      return Array.isArray(list) ? list.filter((entry): entry is string => typeof entry === "string") : [];
    } catch {
      return [];
    }
  }
}

const listKey = "traceline.origins";

/** An origin and the name of a header have no space in them. */
function slotOf(origin: string, header: string | undefined): string {
  return header === undefined ? origin : `${origin} ${header.toLowerCase()}`;
}

function keyOf(slot: string): string {
  return `traceline.secret:${slot}`;
}
