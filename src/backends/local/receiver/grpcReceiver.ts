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
import { inflateInTurn, widenWindows } from "./grpcInternals.ts";
import type { PortReceiver, ReceiverParts } from "./httpReceiver.ts";
import { overloaded } from "./inFlight.ts";
import type { Signal } from "./ingest.ts";
import { listen } from "./listening.ts";
import { isAllowedHost } from "./requestChecks.ts";
import { type Turn, Turns } from "./turns.ts";
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
/**
 * Of those, how many have their message inflated at a time. 32 messages of 64 KB that become 64 MB each took 2.5 GB together, and
 * take 0.5 GB in turns: grpc-js holds each twice for a moment. Node inflates in four threads.
 */
const mostInflating = 4;
/** How long a call whose message was compressed may then be without an end. */
const halfCloseMs = 1_000;
/** How long a connection may say nothing before it is closed. */
const idleMs = 30 * 60_000;

/** The export services of traces, logs and metrics, their messages as raw bytes, on connections from wherever they come. */
export class GrpcCalls {
  readonly #parts: ReceiverParts;
  readonly #cap: ConnectionCap;
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  readonly #inflating = new Turns(mostInflating);
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
        const taken = await ingest.take(signal, "protobuf", call.request, holding);
        return exportResponse(signal, "protobuf", taken);
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
      let turn: Turn | undefined;
      let ended = false;
      const settle = (): void => {
        if (waiting === undefined) return;
        clearTimeout(waiting);
        waiting = undefined;
        this.#receiving--;
        turn?.end();
      };
      const end = (failed: Partial<StatusObject>): void => {
        settle();
        ended = true;
        const { code = status.UNKNOWN, details = "", metadata = null } = failed;
        call.sendStatus({ code, details, metadata });
      };
      const late = (): void => {
        const said = "The rest of the request did not come.";
        end(turn?.waits ? this.#failure(overloaded()) : refusal(status.DEADLINE_EXCEEDED, said, 0));
      };
      const listener = new ServerListenerBuilder()
        .withOnReceiveMetadata((metadata, next) => {
          const refused = this.#checked(call.getHost(), metadata);
          if (refused !== undefined) {
            end(refused);
            return;
          }
          this.#receiving++;
          waiting = setTimeout(late, limits.bodyIdleMs);
          next(metadata);
        })
        .withOnReceiveMessage((message, next) => {
          if (turn !== undefined && waiting !== undefined) {
            // Others wait for its turn, and all that is missing is the end of the stream.
            clearTimeout(waiting);
            waiting = setTimeout(late, Math.min(halfCloseMs, limits.bodyIdleMs));
          }
          if (!ended) next(message);
        })
        .withOnReceiveHalfClose((next) => {
          // From here on the exporter has the message, and counts its bytes among those in flight.
          if (!ended) next();
          settle();
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
      inflateInTurn(call, async () => {
        if (waiting === undefined) return false;
        turn ??= this.#inflating.take();
        return turn.come;
      });
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
