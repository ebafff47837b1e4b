// Measures how many spans a second the receiver acknowledges, its intake only counting them: node test/bench/measureReceiver.ts
// [--seconds 5] [--senders 8] [--traces 50]. The receiver runs in a thread of its own, as in the extension.
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { startReceiver } from "../../src/backends/local/receiver/receiver.ts";
import { protobufTrace } from "./generateProtobuf.ts";

/** What one protocol came to. */
export interface ReceiverFigures {
  readonly protocol: "http" | "grpc";
  readonly spansPerSecond: number;
  readonly mbPerSecond: number;
  /** ms from the request to its answer, half of them and 99 % of them at most. */
  readonly p50: number;
  readonly p99: number;
}

export interface ReceiverLoad {
  readonly seconds: number;
  /** Requests that are on their way at a time. */
  readonly senders: number;
  /** Traces of ten spans in a request. */
  readonly traces: number;
}

const spansPerTrace = 10;

/** Sends requests over each protocol: `next` of them, or the same again and again. */
export async function measureReceiver(
  ports: { readonly http: number; readonly grpc: number },
  load: ReceiverLoad,
  next: () => Buffer = repeated(load),
): Promise<ReceiverFigures[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.senders });
  const client = new Client(`127.0.0.1:${ports.grpc}`, credentials.createInsecure());
  try {
    return [
      await measured("http", next, load, (body) => post(agent, ports.http, body)),
      await measured("grpc", next, load, (body) => call(client, body)),
    ];
  } finally {
    agent.destroy();
    client.close();
  }
}

function repeated({ traces }: ReceiverLoad): () => Buffer {
  const bodies = Array.from({ length: 8 }, (_, i) => requestOf(traces, i * traces));
  let sent = 0;
  return () => bodies[sent++ % bodies.length];
}

/** A request of traces of ten spans, as a program under load sends its batches. */
function requestOf(traces: number, seed: number): Buffer {
  return Buffer.concat(
    Array.from({ length: traces }, (_, i) => [...protobufTrace(spansPerTrace, seed + i + 1)]).flat(),
  );
}

async function measured(
  protocol: "http" | "grpc",
  next: () => Buffer,
  { seconds, senders, traces }: ReceiverLoad,
  send: (body: Buffer) => Promise<void>,
): Promise<ReceiverFigures> {
  let times: number[] = [];
  let bytes = 0;
  let end = performance.now() + 1_000;
  const run = (): Promise<unknown> =>
    Promise.all(
      Array.from({ length: senders }, async () => {
        while (performance.now() < end) {
          const body = next();
          const began = performance.now();
          await send(body);
          times.push(performance.now() - began);
          bytes += body.length;
        }
      }),
    );
  await run();
  times = [];
  bytes = 0;
  const began = performance.now();
  end = began + seconds * 1_000;
  await run();
  const took = (performance.now() - began) / 1_000;
  times.sort((a, b) => a - b);
  return {
    protocol,
    spansPerSecond: Math.round((times.length * traces * spansPerTrace) / took),
    mbPerSecond: bytes / took / 2 ** 20,
    p50: times[times.length >> 1],
    p99: times[Math.floor(times.length * 0.99)],
  };
}

function post(agent: Agent, port: number, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({
      agent,
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/v1/traces",
      headers: { "content-type": "application/x-protobuf", "content-length": body.length },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume();
      response.on("end", () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`The answer was ${response.statusCode}.`)),
      );
    });
    sent.end(body);
  });
}

const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

function call(client: Client, body: Buffer): Promise<void> {
  const raw = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, raw, raw, body, new Metadata(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}

/** Starts a receiver in this thread that keeps nothing, and tells its ports. */
async function receive(): Promise<void> {
  const { addresses } = await startReceiver({
    httpPort: 0,
    grpcPort: 0,
    hosts: ["127.0.0.1"],
    allowedHosts: [],
    allowedOrigins: [],
    intake: { refusal: undefined, take: async () => {} },
    onEvent: ({ message }) => console.error(message),
  });
  const portOf = (protocol: string) => addresses.find((address) => address.protocol === protocol)?.port;
  parentPort?.postMessage({ http: portOf("http"), grpc: portOf("grpc") });
}

async function print(): Promise<void> {
  const { values } = parseArgs({
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
  const worker = new Worker(new URL(import.meta.url));
  const ports = await new Promise<{ http: number; grpc: number }>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  for (const { protocol, spansPerSecond, mbPerSecond, p50, p99 } of await measureReceiver(ports, load)) {
    console.log(
      `${protocol}: ${spansPerSecond.toLocaleString("en")} spans/s acknowledged, ${mbPerSecond.toFixed(1)} MB/s, answer after ${p50.toFixed(1)} ms (p50), ${p99.toFixed(1)} ms (p99)`,
    );
  }
  await worker.terminate();
}

if (!isMainThread) await receive();
else if (import.meta.main) await print();
