import { Mark, type Trace } from "../model/trace.ts";
import type { LoadedTrace } from "./traceLoader.ts";

/** A trace that ended longer ago than this is taken to be whole, unless parents are missing. */
const recentMs = 60_000;
/** One with missing parents is waited for so much longer. */
const incompleteMs = 10 * 60_000;
/** Between two fetches: longer each time nothing has come. */
const firstWaitMs = 2000;
const longestWaitMs = 15_000;
/** Fetches without anything new after which a trace is left alone. */
const patience = 5;
/** A longer one would run out at once: a trace may say that it ends in a hundred years. */
const longestTimerMs = 2 ** 31 - 1;
/** Between two fetches of a trace whose source tells of what arrives. */
const liveWaitMs = 100;

/**
 * Decides when an open trace is fetched again: soon after its source has told of more, else now and then while it may still
 * grow and its tab is seen. One fetch at a time.
 */
export class TraceGrowth {
  readonly #fetch: () => Promise<boolean>;
  readonly #isSeen: () => boolean;
  readonly #changed: (isGrowing: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  /** The timer runs because the source has told of more: nothing may put that off. */
  #isDue = false;
  /** Until the time is over in which it may grow. */
  #limit: NodeJS.Timeout | undefined;
  #told = false;
  #busy = false;
  #again = false;
  #loaded: LoadedTrace | undefined;
  #quiet = 0;
  #ended = false;

  /** `fetch` answers whether there was more; `changed` hears when `isGrowing` has become another. */
  constructor(
    fetch: () => Promise<boolean>,
    isSeen: () => boolean,
    changed: (isGrowing: boolean) => void = () => {},
  ) {
    this.#fetch = fetch;
    this.#isSeen = isSeen;
    this.#changed = changed;
  }

  /** Whether it is fetched again by itself. */
  get isGrowing(): boolean {
    return this.#loaded !== undefined && this.#mayGrow(this.#loaded);
  }

  /** The trace has been loaded, by the person or by itself. */
  loaded(loaded: LoadedTrace): void {
    this.#loaded = loaded;
    this.#schedule();
    this.#tell();
  }

  /** The person looks at it again. */
  seen(): void {
    this.#quiet = 0;
    this.#schedule();
    this.#tell();
  }

  /** Its source has more of it. */
  received(): void {
    this.#quiet = 0;
    if (this.#busy) this.#again = true;
    // Each that comes while it waits would begin the wait anew, and what arrives all the time would never be fetched.
    else if (!this.#ended && !this.#isDue) this.#wait(liveWaitMs, true);
  }

  dispose(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#limit);
  }

  #schedule(): void {
    if (this.#ended || this.#busy || this.#isDue || this.#loaded === undefined) return;
    clearTimeout(this.#timer);
    if (!this.#isSeen() || !this.#mayGrow(this.#loaded) || this.#loaded.live === true) return;
    this.#wait(Math.min(longestWaitMs, firstWaitMs * 1.6 ** this.#quiet), false);
  }

  #mayGrow(loaded: LoadedTrace): boolean {
    return timeLeft(loaded) > 0 && (loaded.live === true || this.#quiet < patience);
  }

  #tell(): void {
    clearTimeout(this.#limit);
    if (this.#ended || this.#loaded === undefined) return;
    const growing = this.isGrowing;
    if (growing) {
      const left = Math.min(longestTimerMs, Math.ceil(timeLeft(this.#loaded)));
      this.#limit = setTimeout(() => this.#tell(), left);
    }
    if (growing === this.#told) return;
    this.#told = growing;
    this.#changed(growing);
  }

  #wait(ms: number, told: boolean): void {
    clearTimeout(this.#timer);
    this.#isDue = told;
    this.#timer = setTimeout(() => void this.#run(told), ms);
  }

  async #run(told: boolean): Promise<void> {
    this.#isDue = false;
    if (this.#ended || (!told && !this.#isSeen())) return;
    this.#busy = true;
    try {
      const more = await this.#fetch();
      this.#quiet = more ? 0 : this.#quiet + 1;
    } catch {
      // What is on screen stays; the connection's own state shows the failure.
      this.#quiet++;
    }
    this.#busy = false;
    if (this.#ended) return;
    if (this.#again) {
      this.#again = false;
      this.#wait(liveWaitMs, true);
    } else this.#schedule();
    this.#tell();
  }
}

/** For how many ms more spans may come. What a source left out of a partial answer is not on its way. */
function timeLeft({ address, trace, summary, partial }: LoadedTrace): number {
  if (address.kind === "file") return 0;
  const endMs = summary.startMs + summary.durationNs / 1e6;
  const isAwaited = partial !== true && lacksParents(trace);
  return endMs + (isAwaited ? incompleteMs : recentMs) - Date.now();
}

function lacksParents(trace: Trace): boolean {
  for (let row = 0; row < trace.length; row++) if ((trace.mark[row] & Mark.orphan) !== 0) return true;
  return false;
}
