import type { Worker } from "node:worker_threads";
import { UserError } from "../base/userError.ts";

/** A worker thread that does one job at a time, and stays warm between jobs. */
export interface Thread {
  readonly worker: Worker;
  /** Set when it has ended: it takes no further job. */
  ended: boolean;
  idle: NodeJS.Timeout | undefined;
}

/** Keeps at most `most` threads of one kind; a job waits until one is free, and an idle thread ends after `idleMs`. */
export class ThreadPool {
  readonly #start: () => Worker;
  readonly #most: number;
  readonly #idleMs: number;
  readonly #threads = new Set<Thread>();
  readonly #free: Thread[] = [];
  readonly #waiting: ((thread: Thread) => void)[] = [];
  #disposed = false;

  constructor(start: () => Worker, most: number, idleMs: number) {
    this.#start = start;
    this.#most = most;
    this.#idleMs = idleMs;
  }

  /** A thread for one job: `release` it, or `end` it. Rejects with the signal's reason. */
  acquire(signal: AbortSignal): Promise<Thread> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.#disposed) throw closed();
      const abort = (): void => {
        const at = this.#waiting.indexOf(give);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      const give = (thread: Thread): void => {
        signal.removeEventListener("abort", abort);
        resolve(thread);
      };
      const free = this.#free.pop();
      if (free !== undefined) {
        clearTimeout(free.idle);
        free.worker.ref();
        give(free);
      } else if (this.#threads.size < this.#most) give(this.#add());
      else {
        this.#waiting.push(give);
        signal.addEventListener("abort", abort, { once: true });
      }
    });
  }

  /** Gives a thread back for the next job. */
  release(thread: Thread): void {
    if (thread.ended || this.#disposed) {
      this.end(thread);
      return;
    }
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next(thread);
      return;
    }
    this.#free.push(thread);
    thread.worker.unref();
    thread.idle = setTimeout(() => this.end(thread), this.#idleMs);
    thread.idle.unref();
  }

  /** Ends a thread at once, whatever it is doing. */
  end(thread: Thread): void {
    this.#forget(thread);
    void thread.worker.terminate();
    if (!this.#disposed && this.#threads.size < this.#most) {
      const next = this.#waiting.shift();
      if (next !== undefined) next(this.#add());
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const thread of [...this.#threads]) this.end(thread);
  }

  #add(): Thread {
    const thread: Thread = { worker: this.#start(), ended: false, idle: undefined };
    thread.worker.on("exit", () => this.#forget(thread));
    // The job that runs hears of it too; an idle thread's error is nobody's.
    thread.worker.on("error", () => this.#forget(thread));
    this.#threads.add(thread);
    return thread;
  }

  #forget(thread: Thread): void {
    thread.ended = true;
    clearTimeout(thread.idle);
    this.#threads.delete(thread);
    const at = this.#free.indexOf(thread);
    if (at >= 0) this.#free.splice(at, 1);
  }
}

function closed(): UserError {
  return new UserError("Traceline is shutting down.", { code: "closed" });
}
