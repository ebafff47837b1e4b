// Measures how many spans a second are acknowledged and durable, beside a real Jaeger that keeps the same bytes in memory:
// node test/bench/measureReceiving.ts [--seconds 5] [--senders 8] [--traces 50] [bundle of the receiving thread]
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Jaeger, startJaeger } from "../../scripts/jaeger.ts";
import { projectRoot } from "../../scripts/projectRoot.ts";
import { makeTempFolder } from "../../scripts/tempFolder.ts";
import type { StationOptions, StationState } from "../../src/backends/local/station.ts";
import { createLocalThread } from "../../src/workers/localThread.ts";
import { measureReceiver, type ReceiverFigures, type ReceiverLoad } from "./measureReceiver.ts";
import { Traffic } from "./measureStore.ts";

/** What both came to over one protocol. */
export interface ReceivingFigures {
  readonly traceline: ReceiverFigures;
  /** Undefined where no Jaeger can be had. */
  readonly jaeger: ReceiverFigures | undefined;
}

const options: StationOptions = {
  httpPort: 0,
  grpcPort: 0,
  hosts: ["127.0.0.1"],
  allowedHosts: [],
  allowedOrigins: [],
  apiKey: "",
  maxBodyBytes: 64 << 20,
  limits: { maxSpans: 5_000_000, maxBytes: 16 * 2 ** 30, maxAgeHours: 168 },
};

/**
 * The extension's own thread, then Jaeger, for one protocol and then the other, each begun anew: one runs at a time, and none
 * has work left of what was measured before.
 */
export async function measureReceiving(worker: string, load: ReceiverLoad): Promise<ReceivingFigures[]> {
  const figures: ReceivingFigures[] = [];
  for (const protocol of ["http", "grpc"] as const) {
    // Every request has traces of its own, so that nothing is dropped as a resend.
    const traffic = new Traffic();
    const measure = (address: string): Promise<ReceiverFigures> =>
      measureReceiver(protocol, portOf(address), load, () => traffic.request(load.traces));
    figures.push({
      traceline: await ofTraceline(worker, ({ at }) => measure(at[protocol])),
      jaeger: await ofJaeger(({ otlpHttp, otlpGrpc }) => measure(protocol === "http" ? otlpHttp : otlpGrpc)),
    });
  }
  return figures;
}

type Receiving = Extract<StationState, { role: "receiving" }>;

async function ofTraceline<T>(worker: string, measure: (state: Receiving) => Promise<T>): Promise<T> {
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
    const state = await station.start(options);
    if (state.role !== "receiving") throw new Error(`It does not receive: ${JSON.stringify(state)}`);
    return await measure(state);
  } finally {
    // How quickly it ends is not measured here.
    await station.close().catch(() => {});
    await folder.remove();
    clearInterval(alive);
  }
}

async function ofJaeger<T>(measure: (jaeger: Jaeger) => Promise<T>): Promise<T | undefined> {
  let jaeger: Jaeger;
  try {
    jaeger = await startJaeger();
  } catch (error) {
    console.error(`No Jaeger to compare with: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
  try {
    return await measure(jaeger);
  } finally {
    await jaeger.stop();
  }
}

function portOf(address: string): number {
  return Number(/:(\d+)/.exec(address.replace(/^https?:\/\//, ""))?.[1]);
}

/** The figures as lines. */
export function receivingLines(figures: readonly ReceivingFigures[]): string {
  return figures
    .map(({ traceline, jaeger }) => {
      const { protocol, spansPerSecond, p50, p99 } = traceline;
      const own = `OTLP/${protocol}: ${spansPerSecond.toLocaleString("en")} spans/s acknowledged and durable (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`;
      if (jaeger === undefined) return own;
      const ratio = spansPerSecond / jaeger.spansPerSecond;
      return `${own}; Jaeger in memory ${jaeger.spansPerSecond.toLocaleString("en")}: ${ratio.toFixed(2)} times`;
    })
    .join("\n");
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: "5" },
      senders: { type: "string", default: "8" },
      traces: { type: "string", default: "50" },
    },
  });
  const load = {
    seconds: Number(values.seconds),
    senders: Number(values.senders),
    traces: Number(values.traces),
  };
  const worker = resolve(positionals[0] ?? join(projectRoot, "dist", "local.cjs"));
  console.log(receivingLines(await measureReceiving(worker, load)));
}
