import type { Http2Server } from "node:http2";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import {
  type ConnectionInjector,
  type handleUnaryCall,
  Metadata,
  ResponderBuilder,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import { UserError } from "../../../base/userError.ts";
import { IntakeRefusal } from "../parts.ts";
import { exportResponse, statusMessage } from "./answers.ts";
import { apiKeyHeader } from "./apiKey.ts";
import { ConnectionCap } from "./connectionCap.ts";
import { lookAtFirst } from "./firstLook.ts";
import type { PortReceiver, ReceiverParts } from "./httpReceiver.ts";
import { overloaded } from "./inFlight.ts";
import type { Signal } from "./ingest.ts";
import { listen } from "./listening.ts";
import { isAllowedHost } from "./requestChecks.ts";
import { type FirstBytes, http1Goodbye } from "./wrongProtocol.ts";

/** Receives OTLP over gRPC on a port. */
export async function startGrpcReceiver(
  port: number,
  hosts: readonly string[],
  calls: GrpcCalls,
): Promise<PortReceiver> {
  const listening = await listen(port, hosts, () => calls.port());
  return { listening, stop: (graceMs) => calls.stop(listening.servers, graceMs) };
}

const services: readonly (readonly [signal: Signal, name: string])[] = [
  ["traces", "opentelemetry.proto.collector.trace.v1.TraceService"],
  ["logs", "opentelemetry.proto.collector.logs.v1.LogsService"],
  ["metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService"],
];

/** Calls whose message is being received, over all connections: grpc-js holds each whole. */
const mostReceiving = 32;
/** How long a connection may say nothing before it is closed. */
const idleMs = 30 * 60_000;

/** The export services of traces, logs and metrics, their messages as raw bytes, on connections from wherever they come. */
export class GrpcCalls {
  readonly #parts: ReceiverParts;
  readonly #cap: ConnectionCap;
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  #receiving = 0;
  #stopping = false;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#cap = new ConnectionCap(parts.limits.connections);
    this.#server = new Server({
      "grpc.max_receive_message_length": parts.limits.messageBytes,
      "grpc.max_concurrent_streams": parts.limits.streams,
      "grpc.max_connection_idle_ms": idleMs,
      "grpc.enable_channelz": 0,
      interceptors: [this.#guard()],
    });
    for (const [signal, service] of services) {
      const method = {
        path: `/${service}/Export`,
        requestStream: false,
        responseStream: false,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
        requestSerialize: (bytes: Buffer) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
      } as const;
      this.#server.addService({ Export: method }, { Export: this.#exporter(signal) });
    }
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    widenWindows(this.#server);
  }

  /** A server of bare connections: each is looked at before it is taken for HTTP/2. */
  port(): NetServer {
    return createServer((socket) => {
      socket.on("error", () => {});
      if (!this.#cap.add(socket)) return;
      const { headersMs: patienceMs } = this.#parts.limits;
      lookAtFirst(socket, { patienceMs, late: () => socket.destroy() }, (protocol) =>
        this.#begin(socket, protocol),
      );
    });
  }

  /** Takes a connection that begins with HTTP/2's preface and is paused; gRPC itself closes it when it has no calls. */
  take(socket: Socket): void {
    this.#injector.injectConnection(socket);
  }

  async stop(ports: readonly NetServer[], graceMs: number): Promise<void> {
    this.#stopping = true;
    const closed = ports.map((port) => new Promise<void>((resolve) => port.close(() => resolve())));
    // Tells each connection that it ends, and lets its calls finish.
    this.#injector.drain(graceMs);
    this.#cap.destroyIdle();
    const force = setTimeout(() => this.#cap.destroyAll(), graceMs);
    await Promise.all(closed);
    clearTimeout(force);
    this.#injector.destroy();
    this.#server.forceShutdown();
  }

  #begin(socket: Socket, protocol: FirstBytes): void {
    const { tell } = this.#parts;
    const port = socket.localPort;
    if (protocol === "http2") {
      this.#cap.setUnseen(socket);
      this.take(socket);
    } else if (protocol === "tls") {
      tell(
        "tls",
        `A program tried TLS on port ${port}. The receiver takes http:// only: set its endpoint to http:// or mark it as insecure.`,
      );
      socket.destroy();
    } else if (protocol === "http1") {
      tell(
        "wrongPort",
        `A program sent HTTP to the gRPC port ${port}. Set its endpoint to the HTTP port, or its protocol to grpc.`,
      );
      socket.end(
        http1Goodbye(
          "This port takes OTLP over gRPC. Send OTLP over HTTP to the HTTP port, which is usually 4318.\n",
        ),
      );
    } else socket.destroy();
  }

  #exporter(signal: Signal): handleUnaryCall<Buffer, Buffer> {
    return (call, answer) => {
      const { ingest, inFlight } = this.#parts;
      const holding = inFlight.begin();
      const taking = async (): Promise<Uint8Array> => {
        holding.hold(call.request.length);
        return exportResponse(signal, "protobuf", await ingest.take(signal, "protobuf", call.request));
      };
      taking()
        .then(
          (bytes) => answer(null, Buffer.from(bytes)),
          (error: unknown) => answer(this.#failure(error)),
        )
        .finally(() => holding.release());
    };
  }

  #failure(error: unknown): Partial<StatusObject> {
    const { counts, tell } = this.#parts;
    if (error instanceof IntakeRefusal) {
      counts.overloaded++;
      tell("overloaded", `Senders were asked to send again later: ${error.message}`, error.message);
      return refusal(status.UNAVAILABLE, error.message, error.retryAfterSeconds);
    }
    if (error instanceof UserError) {
      counts.refused++;
      const isLarge = error.code === "tooLarge";
      tell(isLarge ? "refused" : "malformed", `A request was refused: ${error.message}`, error.code);
      return refusal(isLarge ? status.RESOURCE_EXHAUSTED : status.INVALID_ARGUMENT, error.message, 0);
    }
    tell("failure", `A request failed: ${error instanceof Error ? error.stack : error}`);
    return refusal(status.UNAVAILABLE, "Something went wrong.", 5);
  }

  /** Checks a call before its message comes, and ends one whose message does not. */
  #guard(): ServerInterceptor {
    return (_method, call) => {
      const { limits } = this.#parts;
      let waiting: NodeJS.Timeout | undefined;
      let ended = false;
      const settle = (): void => {
        if (waiting === undefined) return;
        clearTimeout(waiting);
        waiting = undefined;
        this.#receiving--;
      };
      const end = (failed: Partial<StatusObject>): void => {
        settle();
        ended = true;
        const { code = status.UNKNOWN, details = "", metadata = null } = failed;
        call.sendStatus({ code, details, metadata });
      };
      const listener = new ServerListenerBuilder()
        .withOnReceiveMetadata((metadata, next) => {
          const refused = this.#checked(call.getHost(), metadata);
          if (refused !== undefined) {
            end(refused);
            return;
          }
          this.#receiving++;
          waiting = setTimeout(() => {
            end(refusal(status.DEADLINE_EXCEEDED, "The rest of the request did not come.", 0));
          }, limits.bodyIdleMs);
          next(metadata);
        })
        .withOnReceiveMessage((message, next) => {
          settle();
          if (!ended) next(message);
        })
        .withOnReceiveHalfClose((next) => {
          settle();
          if (!ended) next();
        })
        .withOnCancel(settle)
        .build();
      const responder = new ResponderBuilder()
        .withStart((next) => next(listener))
        .withSendStatus((sent, next) => {
          settle();
          if (!ended) next(sent);
        })
        .build();
      return new ServerInterceptingCall(call, responder);
    };
  }

  #checked(host: string, metadata: Metadata): Partial<StatusObject> | undefined {
    const { rules, counts, tell, intake, inFlight } = this.#parts;
    const refuse = (code: status, message: string): Partial<StatusObject> => {
      counts.refused++;
      tell("refused", `A call was refused (host ${host}): ${message}`, `${code} ${host}`);
      return refusal(code, message, 0);
    };
    if (!isAllowedHost(host, rules.allowedHosts)) {
      return refuse(status.PERMISSION_DENIED, "The receiver does not answer to this host name.");
    }
    const [key] = metadata.get(apiKeyHeader);
    if (!rules.isKey(key?.toString())) {
      return refuse(status.UNAUTHENTICATED, `The metadata ${apiKeyHeader} does not have the receiver's key.`);
    }
    if (this.#stopping) return this.#failure(new IntakeRefusal("The receiver is being stopped.", 1));
    if (intake.refusal !== undefined) return this.#failure(intake.refusal);
    return inFlight.full || this.#receiving >= mostReceiving ? this.#failure(overloaded()) : undefined;
  }
}

/** A status whose trailer has the same as google.rpc.Status, and when to come again. */
function refusal(code: status, details: string, retryAfterSeconds: number): Partial<StatusObject> {
  const metadata = new Metadata();
  if (retryAfterSeconds > 0) {
    const bytes = statusMessage("protobuf", code, details, retryAfterSeconds);
    metadata.set("grpc-status-details-bin", Buffer.from(bytes));
  }
  return { code, details, metadata };
}

/** How much a sender may have on its way, for a call and for a connection. HTTP/2's 64 KB is five round trips for a batch. */
const windowBytes = 4 << 20;

/**
 * Widens the windows of the server's connections. grpc-js has that option for clients only, so this reaches for its HTTP/2
 * servers, and does nothing where a later version has them elsewhere.
 */
function widenWindows(server: Server): void {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  for (const http2 of http2Servers?.keys() ?? []) {
    http2.updateSettings({ initialWindowSize: windowBytes });
    http2.on("session", (session) => session.setLocalWindowSize(windowBytes));
  }
}
