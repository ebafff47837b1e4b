// Measures how many spans a second are acknowledged and durable, beside a real Jaeger that keeps the same bytes in memory:
// node test/bench/measureReceiving.ts [--seconds 5] [--senders 8] [--traces 50] [bundle of the receiving thread]
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Jaeger, startJaeger } from "../../scripts/jaeger.ts";
import { projectRoot } from "../../scripts/projectRoot.ts";
import { measureReceiver, type ReceiverFigures, type ReceiverLoad } from "./measureReceiver.ts";
import { Traffic } from "./measureStore.ts";
import { portOf, withReceivingThread } from "./receivingThread.ts";

/** What both came to over one protocol. */
export interface ReceivingFigures {
  readonly traceline: ReceiverFigures;
  /** Undefined where no Jaeger can be had. */
  readonly jaeger: ReceiverFigures | undefined;
}

/** None is deleted while it is measured. */
const limits = { maxSpans: 5_000_000, maxBytes: 16 * 2 ** 30, maxAgeHours: 168 };

/**
 * The extension's own thread, then Jaeger, for one protocol and then the other, each begun anew: one runs at a time, and none
 * has work left of what was measured before.
 */
export async function measureReceiving(worker: string, load: ReceiverLoad): Promise<ReceivingFigures[]> {
  const figures: ReceivingFigures[] = [];
  for (const protocol of ["http", "grpc"] as const) {
    // Every request has traces of its own, so that nothing is dropped as a resend.
    const traffic = new Traffic();
    const measure = (port: number): Promise<ReceiverFigures> =>
      measureReceiver(protocol, port, load, () => traffic.request(load.traces));
    figures.push({
      traceline: await withReceivingThread(worker, limits, ({ ports }) => measure(ports[protocol])),
      jaeger: await ofJaeger(({ otlpHttp, otlpGrpc }) =>
        measure(portOf(protocol === "http" ? otlpHttp : otlpGrpc)),
      ),
    });
  }
  return figures;
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
