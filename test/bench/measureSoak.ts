// Receives for a long time at an even rate, with questions between, and prints what it takes: whether memory, open files and the
// store stay where they are. node test/bench/measureSoak.ts [--minutes 480] [--rate 200] [--spans 100000] [bundle of the receiving thread]
import { readdirSync, statSync } from "node:fs";
import { Agent } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { projectRoot } from "../../scripts/projectRoot.ts";
import type { Station } from "../../src/backends/local/station.ts";
import { postTraces } from "../support/postTraces.ts";
import { query, spansOfTrace, Traffic } from "./measureStore.ts";
import { withReceivingThread } from "./receivingThread.ts";

export interface SoakLoad {
  readonly minutes: number;
  /** Spans a second. */
  readonly rate: number;
  /** The most that are kept: older ones go from then on. */
  readonly spans: number;
}

/** What a minute came to; sizes in MB. */
export interface SoakMinute {
  readonly sent: number;
  readonly rss: number;
  readonly files: number;
  readonly disk: number;
  /** ms of the slowest question. */
  readonly slowest: number;
}

const perRequest = 5;

/** `told` hears of each minute as it ends. */
export async function measureSoak(
  worker: string,
  { minutes, rate, spans }: SoakLoad,
  told: (minute: SoakMinute) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const limits = { maxSpans: spans, maxBytes: 0, maxAgeHours: 0 };
  try {
    await withReceivingThread(worker, limits, async ({ station, folder, ports }) => {
      const next = new Traffic().request(perRequest);
      const began = performance.now();
      let sent = 0;
      for (let minute = 1; minute <= minutes; minute++) {
        let slowest = 0;
        for (let second = (minute - 1) * 60 + 1; second <= minute * 60; second++) {
          for (; sent < second * rate; sent += perRequest * spansOfTrace) {
            const status = await postTraces(agent, ports.http, next());
            if (status !== 200) throw new Error(`The answer was ${status}.`);
          }
          slowest = Math.max(slowest, await ask(station));
          await pause(Math.max(0, began + second * 1000 - performance.now()));
        }
        told({ sent, slowest, ...taken(folder) });
      }
    });
  } finally {
    agent.destroy();
  }
}

/** What a window asks, and how many ms it waits for all of it. */
async function ask(station: Station): Promise<number> {
  const began = performance.now();
  const { summaries } = await station.search(query({ limit: 50 }));
  if (summaries.length > 0) await station.spans(summaries[0].traceId);
  await station.hotspots({ fileTail: "orders.js", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
  return performance.now() - began;
}

/** What this process holds now. */
function taken(folder: string): { rss: number; files: number; disk: number } {
  const sizes = readdirSync(folder).map((file) => {
    try {
      return statSync(join(folder, file)).size;
    } catch {
      return 0;
    }
  });
  const files = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
  return {
    rss: process.memoryUsage.rss() / 2 ** 20,
    files,
    disk: sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20,
  };
}

/** A minute as a line. */
export function soakLine({ sent, rss, files, disk, slowest }: SoakMinute): string {
  return `${sent.toLocaleString("en")} spans sent; ${rss.toFixed(0)} MB of memory, ${files} files, ${disk.toFixed(1)} MB on disk; slowest question ${slowest.toFixed(0)} ms`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: "string", default: "480" },
      rate: { type: "string", default: "200" },
      spans: { type: "string", default: "100000" },
    },
  });
  const load = { minutes: Number(values.minutes), rate: Number(values.rate), spans: Number(values.spans) };
  const worker = resolve(positionals[0] ?? join(projectRoot, "dist", "local.cjs"));
  await measureSoak(worker, load, (minute) => console.log(soakLine(minute)));
}
