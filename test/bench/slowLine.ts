// A line of limited speed, in a thread of its own so that it costs the measured one nothing but the bytes.
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

export interface SlowLine {
  /** Leads to the server by way of the line. */
  readonly url: string;
  close(): Promise<unknown>;
}

interface Line {
  readonly to: string;
  readonly bytesPerSecond: number;
}

/** A line to the server at `url` that passes so many bytes a second of what it answers. */
export async function slowLine(url: string, bytesPerSecond: number): Promise<SlowLine> {
  const workerData: Line = { to: url, bytesPerSecond };
  const worker = new Worker(new URL(import.meta.url), { workerData });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return { url: `http://127.0.0.1:${port}`, close: () => worker.terminate() };
}

async function pass(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  let free = performance.now();
  for await (const chunk of from as AsyncIterable<Uint8Array>) {
    free = Math.max(free, performance.now()) + (chunk.length / bytesPerSecond) * 1000;
    // Timers are of whole ms: some of them are waited for at once.
    if (free - performance.now() > 4) await pause(free - performance.now());
    if (!to.write(chunk)) await new Promise((resolve) => to.once("drain", resolve));
  }
  to.end();
}

if (!isMainThread && parentPort !== null) {
  const { to, bytesPerSecond } = workerData as Line;
  const target = new URL(to);
  const server = createServer((asking) => {
    const answering = connect(Number(target.port), target.hostname);
    asking.pipe(answering);
    asking.on("error", () => answering.destroy());
    answering.on("error", () => asking.destroy());
    pass(answering, asking, bytesPerSecond).catch(() => asking.destroy());
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object") parentPort?.postMessage(address?.port);
  });
}
