import type { StationAddresses } from "./station.ts";
import { acquireLease, leaseHolder, releaseLease, renewLease } from "./store/lease.ts";

/** A lease not renewed for so long is over: a window that hangs loses it. */
const leaseMs = 1500;
const renewMs = 400;
/** How often a window that reads looks whether it can take over. */
const lookMs = 250;

export interface LeaseListener {
  /** The lease is this window's now, although it was another's. */
  gained(token: string): void;
  /** It was this window's, and is `holder`'s. */
  lost(holder: string | undefined): void;
  /** It is another's than before, or they say something else of themselves. */
  held(holder: string): void;
  notice(text: string): void;
}

/** Holds the lease of a store, or waits until it is free. */
export class LeaseKeeper {
  readonly #folder: string;
  readonly #listener: LeaseListener;
  #token: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #said = "";
  /** What the other one said last. */
  #heard: string | undefined;
  #isFaulty = false;

  constructor(folder: string, listener: LeaseListener) {
    this.#folder = folder;
    this.#listener = listener;
    this.say({ http: "", grpc: "" });
  }

  /** Takes the lease if it is free; else who has it, whose end is then waited for. */
  begin(): { readonly token?: string; readonly holder?: string } {
    const answer = this.#acquire();
    if (answer.acquired) {
      this.#token = answer.token;
      this.#timer = setInterval(() => this.#renew(), renewMs);
      return { token: answer.token };
    }
    this.#timer = setInterval(() => this.#tryAgain(), lookMs);
    this.#heard = answer.current?.holder;
    return { holder: this.#heard };
  }

  /** What the others are told of this window: where it receives. */
  say(at: StationAddresses): void {
    this.#said = JSON.stringify({ pid: process.pid, at });
    this.#renew();
  }

  /** A write was refused: the lease is another's. */
  fenced(): void {
    if (this.#token === undefined) return;
    this.#token = undefined;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tryAgain(), lookMs);
    this.#heard = leaseHolder(this.#folder)?.holder;
    this.#listener.lost(this.#heard);
  }

  end(): void {
    clearInterval(this.#timer);
    const token = this.#token;
    this.#token = undefined;
    if (token !== undefined) this.#attempt(() => releaseLease(this.#folder, token));
  }

  /** What a holder said of itself. */
  static said(holder: string | undefined): { readonly pid: number; readonly at: StationAddresses } {
    try {
      const { pid, at } = JSON.parse(holder ?? "") as { pid: number; at: StationAddresses };
      return { pid: Number(pid), at: { http: String(at.http), grpc: String(at.grpc) } };
    } catch {
      return { pid: 0, at: { http: "", grpc: "" } };
    }
  }

  #renew(): void {
    const token = this.#token;
    if (token === undefined) return;
    // A store that was begun anew has what this window said first: it is said again each time.
    const renewed = this.#attempt(() => renewLease(this.#folder, token, leaseMs, { holder: this.#said }));
    if (renewed === false) this.fenced();
  }

  #tryAgain(): void {
    const answer = this.#attempt(() => this.#acquire());
    if (answer === undefined) return;
    if (!answer.acquired) {
      const holder = answer.current?.holder;
      if (holder === undefined || holder === this.#heard) return;
      this.#heard = holder;
      this.#listener.held(holder);
      return;
    }
    this.#token = answer.token;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#renew(), renewMs);
    this.#listener.gained(answer.token);
  }

  /**
   * Undefined for a fault, which is told once until it is over. A full disk does not end the lease: nobody else could take it
   * either.
   */
  #attempt<T>(action: () => T): T | undefined {
    try {
      const result = action();
      this.#isFaulty = false;
      return result;
    } catch (error) {
      const said = error instanceof Error ? error.message : error;
      if (!this.#isFaulty) this.#listener.notice(`The store of received traces cannot be written: ${said}`);
      this.#isFaulty = true;
      return undefined;
    }
  }

  #acquire(): ReturnType<typeof acquireLease> {
    return acquireLease(this.#folder, this.#said, leaseMs, {
      isGone: (holder) => !isRunning(LeaseKeeper.said(holder).pid),
      onNotice: (text) => this.#listener.notice(text),
    });
  }
}

/** Whether a process of this machine runs; one that may not be asked does. */
function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
