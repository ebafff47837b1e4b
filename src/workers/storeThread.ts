import { Worker } from "node:worker_threads";
import type { IndexedSlice, IndexJob } from "../backends/local/store/indexer.ts";
import type { StoreAides } from "../backends/local/store/openStore.ts";

/** What a thread beside that of the store does for it. */
export type StoreTask = "checkpoint" | "index";

/** What such a thread is begun with. */
export interface StoreThreadData {
  readonly task: StoreTask;
}

export type StoreThreadAnswer = { readonly answer: unknown } | { readonly failed: string };

/** Answers come in the order of the questions. */
export interface StoreThread<Question, Answer> {
  /** Rejects when the question failed, or the thread. */
  ask(question: Question): Promise<Answer>;
  end(): void;
}

/** A thread for one task, which is started by the first question, and ended when none came for a while. */
export function storeThread<Question, Answer>(
  workerFile: string | URL,
  task: StoreTask,
  idleMs = 30_000,
): StoreThread<Question, Answer> {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  /** Questions that were not answered yet: the thread answers in their order. */
  const waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] =
    [];

  const settle = (message: StoreThreadAnswer): void => {
    const asked = waiting.shift();
    if ("failed" in message) asked?.reject(new Error(message.failed));
    else asked?.resolve(message.answer as Answer);
  };
  const failAll = (failed: string): void => {
    while (waiting.length > 0) settle({ failed });
  };
  const end = (): void => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    void ending?.terminate();
    failAll("The thread was ended.");
  };
  const started = (): Worker => {
    const own = new Worker(workerFile, { workerData: { task } satisfies StoreThreadData });
    const lost = (failed: string): void => {
      if (worker !== own) return;
      worker = undefined;
      failAll(failed);
    };
    own.on("message", (message: StoreThreadAnswer) => {
      if (worker !== own) return;
      settle(message);
      clearTimeout(idle);
      if (waiting.length === 0) idle = setTimeout(end, idleMs).unref();
    });
    own.on("error", (error) => lost(String(error)));
    own.on("exit", () => lost("The thread has ended."));
    own.unref();
    return own;
  };

  return {
    ask: (question) => {
      clearTimeout(idle);
      worker ??= started();
      const asked = worker;
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        asked.postMessage(question);
      });
    },
    end,
  };
}

/** What the thread that indexes is asked. */
export interface IndexQuestion {
  readonly folder: string;
  readonly jobs: readonly IndexJob[];
}

/** The threads that work for a store. */
export function storeAides(workerFile: string | URL, idleMs?: number): Required<StoreAides> {
  const checkpoints = storeThread<string, undefined>(workerFile, "checkpoint", idleMs);
  const indexing = storeThread<IndexQuestion, IndexedSlice>(workerFile, "index", idleMs);
  return {
    checkpointer: { run: (folder) => checkpoints.ask(folder), end: checkpoints.end },
    indexer: { run: (folder, jobs) => indexing.ask({ folder, jobs }), end: indexing.end },
  };
}
