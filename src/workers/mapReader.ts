import { Worker } from "node:worker_threads";
import type { SourceMapRead } from "../source/maps/sourceMap.ts";
import { ThreadPool } from "./threadPool.ts";

/** To the decode thread, which answers it with a `MapAnswer`. */
export interface MapQuestion {
  readonly kind: "sourceMap";
  readonly job: number;
  readonly buffer: ArrayBuffer;
  readonly isScript: boolean;
}

export interface MapAnswer {
  readonly job: number;
  readonly read: SourceMapRead;
}

/** Reads source maps in a thread of its own, started when first needed: traces are decoded at the same time. */
export interface MapReader {
  /** What the bytes, which are given away, say; nothing where they are too much for a thread. Rejects with the signal's reason. */
  read(buffer: ArrayBuffer, isScript: boolean, signal: AbortSignal): Promise<SourceMapRead>;
  dispose(): void;
}

const nothing: SourceMapRead = { link: "", map: undefined };
const idleMs = 20_000;
/** MB: the largest map that is decoded at all takes a third of it. */
const heapMb = 1024;

/** A reader whose thread runs `workerFile`: the bundle of `workers/decode.ts`. */
export function createMapReader(workerFile: string | URL): MapReader {
  const start = () => new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: heapMb } });
  const pool = new ThreadPool(start, 1, idleMs);
  let lastJob = 0;
  return {
    async read(buffer, isScript, signal) {
      const thread = await pool.acquire(signal);
      const { worker } = thread;
      const job = ++lastJob;
      let stop = () => {};
      try {
        const read = await new Promise<SourceMapRead>((resolve, reject) => {
          const onMessage = (answer: MapAnswer) => answer.job === job && resolve(answer.read);
          const onEnd = () => resolve(nothing);
          const onAbort = () => reject(signal.reason);
          worker.on("message", onMessage);
          worker.on("error", onEnd);
          worker.on("exit", onEnd);
          signal.addEventListener("abort", onAbort, { once: true });
          stop = () => {
            worker.off("message", onMessage);
            worker.off("error", onEnd);
            worker.off("exit", onEnd);
            signal.removeEventListener("abort", onAbort);
          };
          signal.throwIfAborted();
          worker.postMessage({ kind: "sourceMap", job, buffer, isScript } satisfies MapQuestion, [buffer]);
        });
        pool.release(thread);
        return read;
      } catch (error) {
        pool.end(thread);
        throw error;
      } finally {
        stop();
      }
    },
    dispose: () => pool.dispose(),
  };
}
