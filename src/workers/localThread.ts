import { Worker } from "node:worker_threads";
import type { Station, StationListener } from "../backends/local/station.ts";
import { UserError } from "../base/userError.ts";
import { type Channel, createChannel } from "../wire/channel.ts";

/** A defect in the thread, for the log. */
export interface LocalDefects {
  defect(stack: string): void;
}

/** What the thread is begun with: where it keeps traces, and its own file, of which it begins other threads. */
export interface LocalData {
  readonly folder: string;
  /** A path, or a URL's text. */
  readonly file: string;
}

type Listener = StationListener & LocalDefects;

/**
 * MB that the thread's objects may take. Under 2 GB V8 lets a heap grow by 8 MB before it is marked anew, buffers of requests
 * among them: eight times a second under load, and with the threads that mark half of a processor. A young generation of a
 * third of the usual size gives buffers back sooner.
 */
const heap = { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 24 };
/** How long a thread may take to finish what it acknowledged. */
const closeMs = 3000;
const endedText = "Receiving ended unexpectedly. Start the receiver again.";

/**
 * The station in its thread, which is started by the first question and again after it has failed. `folder` is where it keeps
 * what it receives.
 */
export function createLocalThread(
  workerFile: string | URL,
  folder: string,
  listener: Listener,
): Station & { readonly running: boolean } {
  let line: { readonly worker: Worker; readonly channel: Channel<Station> } | undefined;

  const started = (): Channel<Station> => {
    if (line !== undefined) return line.channel;
    const worker = new Worker(workerFile, {
      workerData: { folder, file: String(workerFile) } satisfies LocalData,
      resourceLimits: heap,
    });
    const channel = createChannel<Station, Listener>((message) => worker.postMessage(message), listener);
    const own = { worker, channel };
    const lost = (why: string): void => {
      if (line !== own) return;
      line = undefined;
      channel.dispose();
      listener.defect(why);
      listener.stateChanged({
        role: "failed",
        reason: endedText,
        port: undefined,
      });
    };
    worker.on("message", (message) => channel.receive(message));
    worker.on("error", (error) =>
      lost(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    worker.on("exit", (code) => lost(`The receiving thread ended with ${code}.`));
    worker.unref();
    line = own;
    return channel;
  };

  const ask: Channel<Station>["ask"] = (method, args) =>
    started()
      .ask(method, args)
      .catch((error: unknown) => {
        throw error instanceof UserError && error.code === "closed" ? new UserError(endedText) : error;
      });

  return {
    get running() {
      return line !== undefined;
    },
    start: (options) => ask("start", [options]),
    stop: async () => (line === undefined ? { role: "off" } : line.channel.ask("stop", [])),
    pin: (traceId, pinned) => ask("pin", [traceId, pinned]),
    deleteAll: () => ask("deleteAll", []),
    exportTo: (path, traceIds) => ask("exportTo", [path, traceIds]),
    cancelExport: async () => line?.channel.ask("cancelExport", []),
    services: () => ask("services", []),
    operations: (service) => ask("operations", [service]),
    attributeKeys: () => ask("attributeKeys", []),
    search: (query) => ask("search", [query]),
    summary: (traceId) => ask("summary", [traceId]),
    known: (traceIds) => ask("known", [traceIds]),
    spans: (traceId) => ask("spans", [traceId]),
    logs: (traceId, epoch) => ask("logs", [traceId, epoch]),
    hotspots: (query) => ask("hotspots", [query]),
    size: () => ask("size", []),
    close: async () => {
      const ending = line;
      if (ending === undefined) return;
      line = undefined;
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new UserError("Receiving did not end in time.")), closeMs).unref();
      });
      try {
        await Promise.race([ending.channel.ask("close", []), late]);
      } finally {
        ending.channel.dispose();
        await ending.worker.terminate();
      }
    },
  };
}
