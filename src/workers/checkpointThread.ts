import { Worker } from "node:worker_threads";
import type { Checkpointer } from "../backends/local/store/checkpointer.ts";

/** What the thread is told: the folder of a store; and what it answers: "" or what went wrong. */
export interface CheckpointMessages {
  readonly folder: string;
  readonly failed: string;
}

/** The checkpointer in its thread, which is started by the first log that is long, and ended when none was for a while. */
export function checkpointThread(workerFile: string | URL, idleMs = 30_000): Checkpointer {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  const settle = (error?: Error): void => {
    const { resolve, reject } = waiting ?? {};
    waiting = undefined;
    if (error === undefined) resolve?.();
    else reject?.(error);
  };
  const end = (): void => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    void ending?.terminate();
    settle(new Error("The thread was ended."));
  };
  const started = (): Worker => {
    const own = new Worker(workerFile, { workerData: { checkpoints: true } });
    const lost = (error: Error): void => {
      if (worker !== own) return;
      worker = undefined;
      settle(error);
    };
    own.on("message", ({ failed }: CheckpointMessages) => {
      if (worker !== own) return;
      idle = setTimeout(end, idleMs).unref();
      settle(failed === "" ? undefined : new Error(failed));
    });
    own.on("error", (error) => lost(error instanceof Error ? error : new Error(String(error))));
    own.on("exit", () => lost(new Error("The thread has ended.")));
    own.unref();
    return own;
  };

  return {
    run: (folder) => {
      clearTimeout(idle);
      worker ??= started();
      const running = worker;
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        running.postMessage({ folder });
      });
    },
    end,
  };
}
