import { Worker } from "node:worker_threads";
import type { Station, StationListener } from "../backends/local/station.ts";
import { UserError } from "../base/userError.ts";
import { type Channel, createChannel } from "../wire/channel.ts";

/** A defect in the thread, for the log. */
export interface LocalDefects {
  defect(stack: string): void;
}

type Listener = StationListener & LocalDefects;

/** MB that the thread's objects may take. */
const heapMb = 512;
/** How long a thread may take to finish what it acknowledged. */
const closeMs = 3000;

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
      workerData: folder,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
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
        reason: "Receiving ended unexpectedly. Start the receiver again.",
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

  return {
    get running() {
      return line !== undefined;
    },
    start: (options) => started().ask("start", [options]),
    stop: async () => (line === undefined ? { role: "off" } : line.channel.ask("stop", [])),
    pin: (traceId, pinned) => started().ask("pin", [traceId, pinned]),
    deleteAll: () => started().ask("deleteAll", []),
    exportTo: (path, traceIds) => started().ask("exportTo", [path, traceIds]),
    cancelExport: async () => line?.channel.ask("cancelExport", []),
    services: () => started().ask("services", []),
    operations: (service) => started().ask("operations", [service]),
    attributeKeys: () => started().ask("attributeKeys", []),
    search: (query) => started().ask("search", [query]),
    summary: (traceId) => started().ask("summary", [traceId]),
    known: (traceIds) => started().ask("known", [traceIds]),
    spans: (traceId) => started().ask("spans", [traceId]),
    logs: (traceId, epoch) => started().ask("logs", [traceId, epoch]),
    hotspots: (query) => started().ask("hotspots", [query]),
    size: () => started().ask("size", []),
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
