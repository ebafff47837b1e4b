import type { EventLoopUtilization } from "node:perf_hooks";

/** The longest rest, in lengths of the slice before it; and when very much is waiting. */
const most = { usual: 19, behind: 1 };
/** A thread that idles less than this has no time to give: senders that wait for answers let one idle that they keep busy. */
const idleShare = 0.3;
const growth = 1.5;

/**
 * How long work that can wait is to rest between its slices, for the other work of its thread to be done first: it takes the
 * time in which the thread would idle and, when there is none, a twentieth. The rest grows step by step while the thread never
 * idles, and is halved as soon as it does.
 */
export class Thrift {
  #rest = 1;
  #last: EventLoopUtilization = performance.eventLoopUtilization();

  /** ms to rest after a slice of `ms`; called after each slice. */
  after(ms: number, isBehind: boolean): number {
    const now = performance.eventLoopUtilization();
    const { idle, active } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    if (idle > (idle + active) * idleShare) this.#rest /= 2;
    else this.#rest = Math.min(isBehind ? most.behind : most.usual, Math.max(1, this.#rest) * growth);
    return ms * this.#rest;
  }
}
