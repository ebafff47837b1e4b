import type { Intake } from "../parts.ts";

/** What a receiver holds back. Sizes are bytes after decompression, times are ms. */
export interface ReceiverLimits {
  /** A request over HTTP. */
  readonly bodyBytes: number;
  /** A message over gRPC. */
  readonly messageBytes: number;
  /** All requests that are being read or stored: beyond it senders are asked to come again. */
  readonly inFlightBytes: number;
  /** Connections to each port. */
  readonly connections: number;
  /** Calls at a time on one gRPC connection. */
  readonly streams: number;
  readonly headersMs: number;
  /** Without a byte of a body. */
  readonly bodyIdleMs: number;
}

export const receiverLimits: ReceiverLimits = {
  bodyBytes: 64 << 20,
  messageBytes: 16 << 20,
  inFlightBytes: 64 << 20,
  connections: 256,
  streams: 100,
  headersMs: 10_000,
  bodyIdleMs: 30_000,
};

export interface ReceiverOptions {
  /** 0 for any free port. */
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Addresses to listen on: "127.0.0.1" and "::1". One that this machine does not have is passed over. */
  readonly hosts: readonly string[];
  readonly limits?: Partial<ReceiverLimits>;
  /** Names by which senders may call this machine, beside those of the machine itself and of containers on it. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may send, as a browser names them: "http://localhost:3000". */
  readonly allowedOrigins: readonly string[];
  /** What senders have to give as `x-otlp-api-key`. */
  readonly apiKey?: string;
  readonly intake: Intake;
  readonly onEvent: (event: ReceiverEvent) => void;
}

/** Something a person may want to know; each kind of it is told once while a receiver runs. */
export interface ReceiverEvent {
  readonly kind:
    | "metricsDropped"
    | "logsWithoutTrace"
    | "wrongPort"
    | "tls"
    | "refused"
    | "malformed"
    | "partial"
    | "overloaded"
    | "failure";
  /** One or two sentences. It may hold text of the sender. */
  readonly message: string;
}

/** What has been received since the start. */
export interface ReceiverCounts {
  requests: number;
  /** Bytes of accepted requests, inflated. */
  bytes: number;
  spans: number;
  logs: number;
  /** Spans and log records that were refused for what they are. */
  rejected: number;
  logsWithoutTrace: number;
  /** Requests that were refused, and those that were asked to come again. */
  refused: number;
  overloaded: number;
}

export interface ReceiverAddress {
  readonly protocol: "http" | "grpc";
  readonly host: string;
  readonly port: number;
}

/** A receiver that runs. */
export interface Receiver {
  readonly addresses: readonly ReceiverAddress[];
  readonly counts: Readonly<ReceiverCounts>;
  /** Takes no more requests, lets those that have begun finish for up to `graceMs`, then closes all connections. */
  stop(graceMs: number): Promise<void>;
}
