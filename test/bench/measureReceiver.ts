// Measures how many spans a second the receiver acknowledges, its intake only counting them: node test/bench/measureReceiver.ts
// [--seconds 5] [--senders 8] [--traces 50]. The receiver runs in a thread of its own, as in the extension.
import { Agent } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { startReceiver } from "../../src/backends/local/receiver/receiver.ts";
import { postTraces } from "../support/postTraces.ts";
import { protobufTrace } from "./generateProtobuf.ts";

export type ReceiverProtocol = "http" | "grpc";

/** What one protocol came to. */
export interface ReceiverFigures {
  readonly protocol: ReceiverProtocol;
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

/** Sends requests over one protocol; `sender` makes what a sender asks for each of its requests. */
export async function measureReceiver(
  protocol: ReceiverProtocol,
  port: number,
  load: ReceiverLoad,
  sender: () => () => Buffer,
): Promise<ReceiverFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.senders });
  // As senders are processes of their own, each has a connection.
  const sessions =
    protocol === "grpc"
      ? Array.from({ length: load.senders }, () => connect(`http://127.0.0.1:${port}`))
      : [];
  const send = (body: Buffer, sender: number) =>
    protocol === "http" ? post(agent, port, body) : call(sessions[sender], body);
  try {
    return await measured(protocol, sender, load, send);
  } finally {
    agent.destroy();
    for (const session of sessions) session.close();
  }
}

/** The same requests again and again. */
function repeated({ traces }: ReceiverLoad): () => () => Buffer {
  let senders = 0;
  return () => {
    const body = requestOf(traces, senders++ * traces);
    return () => body;
  };
}

/** A request of traces of ten spans, as a program under load sends its batches. */
function requestOf(traces: number, seed: number): Buffer {
  return Buffer.concat(
    Array.from({ length: traces }, (_, i) => [...protobufTrace(spansPerTrace, seed + i + 1)]).flat(),
  );
}

async function measured(
  protocol: ReceiverProtocol,
  sender: () => () => Buffer,
  { seconds, senders, traces }: ReceiverLoad,
  send: (body: Buffer, sender: number) => Promise<void>,
): Promise<ReceiverFigures> {
  let times: number[] = [];
  let bytes = 0;
  let end = performance.now() + 1_000;
  const requests = Array.from({ length: senders }, sender);
  const run = (): Promise<unknown> =>
    Promise.all(
      requests.map(async (next, own) => {
        while (performance.now() < end) {
          const body = next();
          const began = performance.now();
          await send(body, own);
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

async function post(agent: Agent, port: number, body: Buffer): Promise<void> {
  const status = await postTraces(agent, port, body);
  if (status !== 200) throw new Error(`The answer was ${status}.`);
}

const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/** A gRPC call as it is on the wire; a whole client would take as long for each as a receiver. */
function call(session: ClientHttp2Session, body: Buffer): Promise<void> {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    let status: unknown;
    stream.on("response", (headers) => {
      status = headers["grpc-status"];
    });
    stream.on("trailers", (trailers) => {
      status ??= trailers["grpc-status"];
    });
    stream.on("error", reject);
    stream.on("close", () => (status === "0" ? resolve() : reject(new Error(`The status was ${status}.`))));
    stream.resume();
    stream.write(prefix);
    stream.end(body);
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
  for (const protocol of ["http", "grpc"] as const) {
    const figures = await measureReceiver(protocol, ports[protocol], load, repeated(load));
    const { spansPerSecond, mbPerSecond, p50, p99 } = figures;
    console.log(
      `${protocol}: ${spansPerSecond.toLocaleString("en")} spans/s acknowledged, ${mbPerSecond.toFixed(1)} MB/s, answer after ${p50.toFixed(1)} ms (p50), ${p99.toFixed(1)} ms (p99)`,
    );
  }
  await worker.terminate();
}

if (!isMainThread) await receive();
else if (import.meta.main) await print();
