import { makeTempFolder } from "../../scripts/tempFolder.ts";
import type { Station } from "../../src/backends/local/station.ts";
import type { StoreLimits } from "../../src/backends/local/traceStore.ts";
import { createLocalThread } from "../../src/workers/localThread.ts";
import { loopbackStation } from "../support/loopbackStation.ts";

/** The extension's own thread, which receives into a folder of its own. */
export interface ReceivingThread {
  readonly station: Station;
  readonly folder: string;
  readonly ports: { readonly http: number; readonly grpc: number };
}

/** Runs `use` with the thread of the bundle `worker`; then thread and folder go. */
export async function withReceivingThread<T>(
  worker: string,
  limits: StoreLimits,
  use: (thread: ReceivingThread) => Promise<T>,
): Promise<T> {
  const folder = await makeTempFolder("receiving");
  // The thread alone keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  const station = createLocalThread(worker, folder.path, {
    stateChanged() {},
    tracesChanged() {},
    notice: console.error,
    log() {},
    exported() {},
    defect: console.error,
  });
  try {
    const state = await station.start({
      ...loopbackStation,
      limits,
    });
    if (state.role !== "receiving") throw new Error(`It does not receive: ${JSON.stringify(state)}`);
    const ports = { http: portOf(state.at.http), grpc: portOf(state.at.grpc) };
    return await use({ station, folder: folder.path, ports });
  } finally {
    // How quickly it ends is not measured.
    await station.close().catch(() => {});
    await folder.remove();
    clearInterval(alive);
  }
}

/** The port of an address with or without a scheme. */
export function portOf(address: string): number {
  return Number(/:(\d+)/.exec(address.replace(/^https?:\/\//, ""))?.[1]);
}
