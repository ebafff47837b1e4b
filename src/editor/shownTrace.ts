import { UserError } from "../base/userError.ts";
import { addressKey, type TraceAddress } from "./address.ts";
import { TraceGrowth } from "./traceGrowth.ts";
import type { LoadedTrace, LoadTrace } from "./traceLoader.ts";

/** What hears of the trace that a tab shows. */
export interface ShownTraceListener {
  /** How many bytes have been read so far. */
  progress(bytes: number): void;
  /** It is there, for the first time or by itself with more in it. */
  loaded(loaded: LoadedTrace, isGrown: boolean): void;
  /** There is more than what was asked for last. */
  grown(): void;
  /** It is fetched again by itself from now on, or no longer. */
  growing(isGrowing: boolean): void;
  isSeen(): boolean;
}

/**
 * The trace of one tab: fetched as soon as it exists, fetched again while it grows or when the person asks, and what was
 * fetched last is answered as often as the page asks. Disposing it ends the fetch.
 */
export class ShownTrace {
  readonly #load: LoadTrace;
  readonly #listener: ShownTraceListener;
  readonly #growth: TraceGrowth;
  #asked: TraceAddress;
  #address: TraceAddress;
  #controller = new AbortController();
  #loading: Promise<LoadedTrace>;
  #loaded: LoadedTrace | undefined;
  #version = 0;
  /** The last fetch failed, or is of something else: the next `open()` begins a new one. */
  #stale = false;

  constructor(address: TraceAddress, load: LoadTrace, listener: ShownTraceListener) {
    this.#asked = address;
    this.#address = address;
    this.#load = load;
    this.#listener = listener;
    this.#growth = new TraceGrowth(() => this.#refresh(), listener.isSeen, listener.growing);
    this.#loading = this.#fetch();
    this.#loading.catch(() => {});
  }

  /** Where the trace turned out to be. */
  get address(): TraceAddress {
    return this.#address;
  }

  /** Grows with each answer that differs. */
  get version(): number {
    return this.#version;
  }

  get loaded(): LoadedTrace | undefined {
    return this.#loaded;
  }

  /** What was fetched last, or is being fetched. */
  get loading(): Promise<LoadedTrace> {
    return this.#loading;
  }

  get isGrowing(): boolean {
    return this.#growth.isGrowing;
  }

  get isStale(): boolean {
    return this.#stale;
  }

  /** Aborted when the trace is fetched anew or the tab is closed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether this is the trace at an address: the one it was asked for by, or where it turned out to be. */
  isFor(address: TraceAddress): boolean {
    const key = addressKey(address);
    return key === addressKey(this.#asked) || key === addressKey(this.#address);
  }

  /** What was fetched; fetched anew with `again`, or when the last fetch failed. */
  async open(again: boolean): Promise<LoadedTrace> {
    if (this.#stale || again) {
      this.#stale = false;
      this.#leave();
      this.#loading = this.#fetch();
    }
    const loading = this.#loading;
    return loading.catch((error: unknown) => {
      // The end of a fetch that has a successor says nothing of that.
      if (loading === this.#loading) this.#stale = true;
      throw error;
    });
  }

  /** Another trace takes its place at the next `open()`. */
  goTo(address: TraceAddress): void {
    this.#leave();
    this.#asked = address;
    this.#address = address;
    this.#loaded = undefined;
    this.#stale = true;
  }

  /** Its source has more of the trace. */
  received(): void {
    this.#growth.received();
  }

  /** The person looks at it again. */
  seen(): void {
    this.#growth.seen();
  }

  dispose(): void {
    this.#growth.dispose();
    this.#controller.abort();
  }

  /** Ends what is on its way: an older answer is never taken over a newer one. */
  #leave(): void {
    this.#controller.abort();
    this.#controller = new AbortController();
  }

  async #fetch(): Promise<LoadedTrace> {
    const { signal } = this.#controller;
    const loaded = await this.#load(this.#address, signal, (bytes) => {
      if (!signal.aborted) this.#listener.progress(bytes);
    });
    signal.throwIfAborted();
    this.#take(loaded, false);
    return loaded;
  }

  #take(loaded: LoadedTrace, isGrown: boolean): void {
    this.#loaded = loaded;
    this.#version++;
    this.#address = loaded.address;
    this.#growth.loaded(loaded);
    this.#listener.loaded(loaded, isGrown);
  }

  /** Fetches the trace anew behind what is shown; answers whether there was more. */
  async #refresh(): Promise<boolean> {
    if (this.#loaded === undefined) {
      if (this.#stale) return false;
      // What has come since that fetch began may not be in its answer.
      await this.#loading;
    }
    const { signal } = this.#controller;
    const loaded = await this.#load(this.#address, signal, () => {});
    // A fetch that begins later ends this one, so what has been taken meanwhile is older.
    signal.throwIfAborted();
    if (this.#loaded === undefined || !hasMore(this.#loaded, loaded)) return false;
    this.#take(loaded, true);
    this.#loading = Promise.resolve(loaded);
    this.#listener.grown();
    return true;
  }
}

/** What a page is told that asks for a part of an older answer. */
export function traceChanged(): UserError {
  return new UserError("The trace has changed. Load it again.");
}

/** Whether a later answer holds more than an earlier one, or other times. */
function hasMore(before: LoadedTrace, after: LoadedTrace): boolean {
  return (
    after.trace.length !== before.trace.length ||
    after.trace.end !== before.trace.end ||
    (after.logs?.length ?? 0) !== (before.logs?.length ?? 0) ||
    after.partial !== before.partial
  );
}
