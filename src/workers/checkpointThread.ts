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
  const end = (): void => {
    clearTimeout(idle);
    void worker?.terminate();
    worker = undefined;
  };
  return {
    run: (folder) => {
      clearTimeout(idle);
      worker ??= new Worker(workerFile, { workerData: { checkpoints: true } });
      const running = worker;
      running.unref();
      return new Promise<void>((resolve, reject) => {
        const leave = (error?: Error): void => {
          running.removeAllListeners();
          // The thread may fail later, when nobody waits for it.
          running.on("error", () => {});
          if (worker === running && error === undefined) idle = setTimeout(end, idleMs).unref();
          else if (worker === running) end();
          if (error === undefined) resolve();
          else reject(error);
        };
        running.on("message", ({ failed }: CheckpointMessages) =>
          leave(failed === "" ? undefined : new Error(failed)),
        );
        running.on("error", leave);
        running.on("exit", () => leave(new Error("The thread has ended.")));
        running.postMessage({ folder });
      });
    },
    end,
  };
}
