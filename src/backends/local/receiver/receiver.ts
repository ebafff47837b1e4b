import { apiKeyCheck } from "./apiKey.ts";
import { createTeller } from "./eventTeller.ts";
import { GrpcCalls, startGrpcReceiver } from "./grpcReceiver.ts";
import { type PortReceiver, type ReceiverParts, startHttpReceiver } from "./httpReceiver.ts";
import { InFlight } from "./inFlight.ts";
import { createIngest } from "./ingest.ts";
import {
  type Receiver,
  type ReceiverAddress,
  type ReceiverCounts,
  type ReceiverOptions,
  receiverLimits,
} from "./receiverOptions.ts";

/**
 * Receives OTLP over HTTP and gRPC, and Zipkin's JSON, and puts it into an intake. It only takes: no path gives anything back,
 * and none is a file's. Rejects with a PortUnavailable when a port cannot be had, and then listens on none.
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { hosts, intake, allowedHosts, allowedOrigins } = options;
  const limits = { ...receiverLimits, ...options.limits };
  const counts: ReceiverCounts = {
    requests: 0,
    bytes: 0,
    spans: 0,
    logs: 0,
    rejected: 0,
    logsWithoutTrace: 0,
    refused: 0,
    overloaded: 0,
  };
  const tell = createTeller(options.onEvent);
  const isKey = apiKeyCheck(options.apiKey);
  const origins = allowedOrigins.map((origin) => origin.toLowerCase());
  const parts: ReceiverParts = {
    ingest: createIngest(intake, counts, tell),
    intake,
    inFlight: new InFlight(limits.inFlightBytes),
    limits,
    rules: { allowedHosts, allowedOrigins: origins, bodyBytes: limits.bodyBytes, isKey },
    counts,
    tell,
  };
  const calls = new GrpcCalls(parts);
  let http: PortReceiver | undefined;
  let grpc: PortReceiver;
  try {
    http = await startHttpReceiver(options.httpPort, hosts, parts, (socket) => calls.take(socket));
    grpc = await startGrpcReceiver(options.grpcPort, hosts, calls);
  } catch (error) {
    await Promise.all([http?.stop(0), calls.stop([], 0)]);
    throw error;
  }
  const addresses = (protocol: "http" | "grpc", { listening }: PortReceiver): ReceiverAddress[] =>
    listening.hosts.map((host) => ({ protocol, host, port: listening.port }));
  return {
    addresses: [...addresses("http", http), ...addresses("grpc", grpc)],
    counts,
    stop: async (graceMs) => {
      await Promise.all([http.stop(graceMs), grpc.stop(graceMs)]);
    },
  };
}
