import { hostname } from "node:os";
import { threadId } from "node:worker_threads";
import type { StationAddresses } from "./station.ts";
import { acquireLease, leaseHolder, releaseLease, renewLease } from "./store/lease.ts";

/** A lease not renewed for so long is over: a window that hangs loses it. */
const leaseMs = 1500;
const renewMs = 400;
/** How often a window that reads looks whether it can take over. */
const lookMs = 250;
/** A look that comes so much later than the one before tells nothing of the others; the next one that does comes after a rest. */
const late = { after: 2 * lookMs, rest: 2 * renewMs };

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
  /** When it looked last whether it can take over, and when it may take over at the earliest; monotonic ms. */
  #looked = 0;
  #earliest = 0;
  /** The lease was taken last from one that is gone. */
  #isHeir = false;

  constructor(folder: string, listener: LeaseListener) {
    this.#folder = folder;
    this.#listener = listener;
    this.say({ http: "", grpc: "" });
  }

  /**
   * Takes the lease if it is free, or of one that is gone, whose ports may then be free only a moment later (`isHeir`); else who
   * has it, whose end is then waited for.
   */
  begin(): { readonly token?: string; readonly isHeir?: boolean; readonly holder?: string } {
    const answer = this.#acquire();
    if (answer.acquired) {
      this.#token = answer.token;
      this.#timer = setInterval(() => this.#renew(), renewMs);
      return { token: answer.token, isHeir: this.#isHeir };
    }
    this.#wait();
    this.#heard = answer.current?.holder;
    return { holder: this.#heard };
  }

  /** What the others are told of this window: where it receives. */
  say(at: StationAddresses): void {
    this.#said = JSON.stringify({ pid: process.pid, thread: threadId, host: hostname(), at });
    this.#renew();
  }

  /** A write was refused: the lease is another's. Answers whose. */
  fenced(): string | undefined {
    if (this.#token === undefined) return this.#heard;
    this.#token = undefined;
    clearInterval(this.#timer);
    this.#wait();
    this.#heard = leaseHolder(this.#folder)?.holder;
    this.#listener.lost(this.#heard);
    return this.#heard;
  }

  end(): void {
    clearInterval(this.#timer);
    const token = this.#token;
    this.#token = undefined;
    if (token !== undefined) this.#attempt(() => releaseLease(this.#folder, token));
  }

  /** What a holder said of itself. */
  static said(holder: string | undefined): Said {
    try {
      const { pid, thread, host, at } = JSON.parse(holder ?? "") as Said;
      const isThread = Number.isInteger(thread);
      return {
        pid: Number(pid),
        ...(isThread ? { thread } : {}),
        ...(typeof host === "string" ? { host } : {}),
        at: { http: String(at.http), grpc: String(at.grpc) },
      };
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

  #wait(): void {
    this.#looked = performance.now();
    this.#earliest = 0;
    this.#timer = setInterval(() => this.#tryAgain(), lookMs);
  }

  #tryAgain(): void {
    const now = performance.now();
    // The machine slept, or was busy: so was who has the lease, and is given its time to renew.
    if (now - this.#looked > late.after) this.#earliest = now + late.rest;
    this.#looked = now;
    if (now < this.#earliest) return;
    const answer = this.#attempt(() => this.#acquire());
    // Others may have kept the store busy all the time.
    this.#looked = performance.now();
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
    this.#isHeir = false;
    return acquireLease(this.#folder, this.#said, leaseMs, {
      isGone: (holder) => {
        this.#isHeir = isGone(LeaseKeeper.said(holder));
        return this.#isHeir;
      },
      onNotice: (text) => this.#listener.notice(text),
    });
  }
}

interface Said {
  readonly pid: number;
  /** In that process; one that a test or an older version made may say none. */
  readonly thread?: number;
  /** The machine, or the container, whose process it is. */
  readonly host?: string;
  readonly at: StationAddresses;
}

/**
 * A process has one thread at a time that receives: an earlier one of this process has failed. Processes of another machine,
 * whose folder this is too, or of another container, cannot be seen: their lease has to run out.
 */
function isGone({ pid, thread, host = hostname() }: Said): boolean {
  if (host !== hostname()) return false;
  return !isRunning(pid) || (pid === process.pid && thread !== undefined && thread < threadId);
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
