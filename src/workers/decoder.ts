import { stat } from "node:fs/promises";
import { setImmediate as nextTask } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Decode, Decoded, DecodeRequest } from "../backends/backend.ts";
import { UserError } from "../base/userError.ts";
import type { Hotspot } from "../model/hotspot.ts";
import type { Trace } from "../model/trace.ts";
import { userError } from "../wire/channel.ts";
import { packTrace, unpackTrace } from "../wire/pack.ts";
import { ChunkBatch } from "./chunkBatch.ts";
import type { DecodeResult, FromDecode, ToDecode } from "./decodeMessages.ts";
import { type Thread, ThreadPool } from "./threadPool.ts";

/** Decodes in worker threads: nothing that runs in the caller's thread grows with the number of spans. */
export interface TraceDecoder {
  readonly decode: Decode;
  /** The same for a file, which the thread reads itself. Only a regular file is opened. */
  decodeFile(path: string, request: DecodeRequest, signal: AbortSignal): Promise<Decoded>;
  /** Several answers about one trace, as one; there are no summaries. */
  merge(traces: readonly Trace[], signal: AbortSignal): Promise<Decoded>;
  dispose(): void;
}

export interface DecoderOptions {
  /** Bytes that a compressed input may become, read anew for each; 1 GB. */
  readonly maxInflated?: number;
  /** Threads at a time; 2. */
  readonly threads?: number;
  /** ms after which a thread without work ends; 60 s. */
  readonly idleMs?: number;
  /** MB that a thread's objects may take; 2,048. The columns are outside of it. */
  readonly heapMb?: number;
}

/** Bytes that may be on their way to a thread before the input is left waiting. */
const ahead = 4 << 20;

/** A decoder whose threads run `workerFile`: the bundle of `workers/decode.ts`. */
export function createDecoder(workerFile: string | URL, options: DecoderOptions = {}): TraceDecoder {
  const { threads = 2, idleMs = 60_000, heapMb = 2048 } = options;
  const start = (): Worker => new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: heapMb } });
  const pool = new ThreadPool(start, threads, idleMs);
  let lastJob = 0;

  const run = async (
    request: DecodeRequest,
    signal: AbortSignal,
    send: (job: Job, begin: (path?: string) => void) => Promise<void>,
  ): Promise<Decoded> => {
    const thread = await pool.acquire(signal);
    const job = beginJob(thread, ++lastJob, request, signal);
    try {
      const { traceId, want, label } = request;
      const { maxInflated = 2 ** 30 } = options;
      const begin = (path?: string): void =>
        job.post({ kind: "begin", job: job.id, request: { traceId, want, label }, maxInflated, path });
      // Whichever comes first: an input that is refused early is not read to its end.
      await Promise.race([send(job, begin), job.result]);
      const decoded = decodedOf(await job.result, job.hotspots);
      const leave = (): void => {
        job.stop();
        pool.release(thread);
      };
      // A thread that has ended meanwhile is not kept by the pool.
      job.hotspots.then(leave, leave);
      return decoded;
    } catch (error) {
      job.stop();
      // A thread that refused its input has nothing left to do; one in the middle of it is ended.
      if (job.refused()) pool.release(thread);
      else pool.end(thread);
      throw error;
    }
  };

  return {
    decode: (body, request, signal) =>
      run(request, signal, (job, begin) => {
        begin();
        return sendBody(body, job);
      }),
    decodeFile: async (path, request, signal) => {
      await aborted(signal, checkFile(path, request.label));
      return run(request, signal, async (_, begin) => begin(path));
    },
    merge: (traces, signal) => {
      const request = { traceId: "", want: "trace", label: "The merged trace" } as const;
      return run(request, signal, async (job) => {
        const packed: ArrayBuffer[] = [];
        for (const trace of traces) {
          // A task each: 200,000 spans take 25 ms, and would take 60 more if they were not given away.
          await nextTask(undefined, { signal });
          packed.push(packTrace(trace));
        }
        job.post({ kind: "merge", job: job.id, traces: packed }, packed);
      });
    },
    dispose: () => pool.dispose(),
  };
}

interface Job {
  readonly id: number;
  readonly result: Promise<DecodeResult>;
  /** Comes after the result, and whether or not the signal has been aborted since. */
  readonly hotspots: Promise<readonly Hotspot[]>;
  post(message: ToDecode, transfer?: ArrayBuffer[]): void;
  /** Resolves when more may be sent; rejects when the job has failed. */
  room(bytes: number): Promise<void>;
  /** Whether the thread itself has answered with an error. */
  refused(): boolean;
  stop(): void;
}

function beginJob(thread: Thread, id: number, request: DecodeRequest, signal: AbortSignal): Job {
  const { worker } = thread;
  const { label } = request;
  let sent = 0;
  let taken = 0;
  let refused = false;
  let stop = (): void => {};
  let wake = (): void => {};
  let follow = (_: readonly Hotspot[]): void => {};
  let lose = (_: unknown): void => {};
  const hotspots = new Promise<readonly Hotspot[]>((resolve, reject) => {
    follow = resolve;
    lose = reject;
  });
  const result = new Promise<DecodeResult>((resolve, fail) => {
    const reject = (error: unknown): void => {
      fail(error);
      lose(error);
    };
    const onMessage = (message: FromDecode): void => {
      if (message.job !== id) return;
      if (message.kind === "taken") {
        taken += message.bytes;
        request.onProgress?.(taken);
        wake();
      } else if (message.kind === "done") {
        signal.removeEventListener("abort", onAbort);
        resolve(message.result);
      } else if (message.kind === "hotspots") follow(message.hotspots);
      else {
        refused = true;
        reject(message.defect === "" ? userError(message.error) : threadDefect(label, message.defect));
      }
    };
    const onError = (error: unknown): void => reject(threadFailure(label, error));
    const onExit = (): void =>
      reject(new UserError(`Decoding ${label} ended unexpectedly.`, { action: "retry" }));
    const onAbort = (): void => reject(signal.reason);
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("exit", onExit);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    stop = () => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
      signal.removeEventListener("abort", onAbort);
    };
  });
  // Heard by whoever awaits it; a rejection while bytes are being sent is no unhandled one.
  result.catch(() => wake());
  hotspots.catch(() => {});
  return {
    id,
    result,
    hotspots,
    refused: () => refused,
    stop: () => stop(),
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    room: async (bytes) => {
      sent += bytes;
      while (sent - taken > ahead) {
        const more = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([more, result]);
      }
    },
  };
}

async function sendBody(body: AsyncIterable<Uint8Array>, job: Job): Promise<void> {
  const batch = new ChunkBatch();
  const iterator = body[Symbol.asyncIterator]();
  const post = ({ buffer, length }: { buffer: ArrayBuffer; length: number }): void =>
    job.post({ kind: "chunk", job: job.id, buffer, length }, [buffer]);
  let finished = false;
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), job.result]);
      if (!("done" in next) || next.done === true) break;
      for (const full of batch.add(next.value)) {
        post(full);
        await job.room(full.length);
      }
    }
    finished = true;
  } finally {
    // Not awaited: a body that hangs would keep the refusal from being told.
    if (!finished) void iterator.return?.()?.catch?.(() => {});
  }
  for (const rest of batch.rest()) post(rest);
  job.post({ kind: "end", job: job.id });
}

function decodedOf(result: DecodeResult, hotspots: Promise<readonly Hotspot[]>): Decoded {
  return { ...result, trace: result.trace === undefined ? undefined : unpackTrace(result.trace), hotspots };
}

/** Refuses what is not a regular file with something in it, before it is opened: a pipe or a device would not end. */
async function checkFile(path: string, label: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${label} cannot be read: ${reasons.get(error.code ?? "") ?? error.code}.`, {
      cause: error,
    });
  });
  if (found.isDirectory()) throw new UserError(`${label} is a folder, not a file.`);
  if (!found.isFile()) throw new UserError(`${label} is not a regular file.`);
  if (found.size === 0) throw new UserError(`${label} is empty.`);
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["EACCES", "no permission to read it"],
  ["EPERM", "no permission to read it"],
  ["ELOOP", "its links lead in a circle"],
]);

/** `work`, or the signal's reason as soon as it is aborted: what hangs is left to itself. */
function aborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function threadFailure(label: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new UserError(`${label} needs more memory to decode than there is.`, {
      code: "tooLarge",
      cause: error,
    });
  }
  return new Error(`The decode thread failed on ${label}.`, { cause: error });
}

function threadDefect(label: string, stack: string): Error {
  if (stack.startsWith("RangeError: Array buffer allocation failed")) {
    return new UserError(`${label} needs more memory to decode than there is.`, { code: "tooLarge" });
  }
  return new Error(`The decode thread failed on ${label}: ${stack}`);
}
