// A thread that sends spans at a rate over HTTP, each request with traces of its own, and looks how much waits to be indexed.
import { Agent } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { storePath } from "../../src/backends/local/store/storeFile.ts";
import { Traffic } from "../bench/measureStore.ts";
import { postTraces } from "../support/postTraces.ts";

export interface FloodLoad {
  readonly port: number;
  readonly folder: string;
  readonly spansPerSecond: number;
  readonly seconds: number;
}

export interface FloodFigures {
  readonly acknowledged: number;
  readonly refused: number;
  /** The most spans that were kept and not yet indexed, of the looks once a second. */
  readonly mostWaiting: number;
}

/** Spans that are kept and that no index entry counts. */
export function waitingSpans(folder: string): number {
  const database = new DatabaseSync(storePath(folder), { readOnly: true });
  try {
    const row = database
      .prepare("SELECT (SELECT spans FROM state) - (SELECT coalesce(sum(spans), 0) FROM trace) AS n")
      .get();
    return Number(row?.n);
  } finally {
    database.close();
  }
}

const tracesOfRequest = 50;
const spansOfRequest = 500;

async function flood({ port, folder, spansPerSecond, seconds }: FloodLoad): Promise<FloodFigures> {
  const traffic = new Traffic();
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const figures = { acknowledged: 0, refused: 0, mostWaiting: 0 };
  const onTheirWay = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  let looked = began;
  while (performance.now() - began < seconds * 1000) {
    const due = ((performance.now() - began) / 1000) * spansPerSecond;
    while (sent < due) {
      sent += spansOfRequest;
      // Of its own memory, for it is still being sent when the next one is made.
      const sending = postTraces(agent, port, traffic.request(tracesOfRequest)()).then((status) => {
        if (status === 200) figures.acknowledged += spansOfRequest;
        else figures.refused += spansOfRequest;
        onTheirWay.delete(sending);
      });
      onTheirWay.add(sending);
    }
    if (performance.now() - looked > 1000) {
      looked = performance.now();
      figures.mostWaiting = Math.max(figures.mostWaiting, waitingSpans(folder));
    }
    await pause(5);
  }
  await Promise.all(onTheirWay);
  agent.destroy();
  return figures;
}

if (parentPort !== null) parentPort.postMessage(await flood(workerData as FloodLoad));
