import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { UserError } from "../../../base/userError.ts";
import { type Intake, IntakeRefusal } from "../parts.ts";
import { exportResponse } from "./answers.ts";
import { ConnectionCap } from "./connectionCap.ts";
import type { Tell } from "./eventTeller.ts";
import { lookAtFirst } from "./firstLook.ts";
import { encodingIn, type HttpRefusal, refuseRequest, sendAnswer, typeOf } from "./httpAnswers.ts";
import { type InFlight, overloaded } from "./inFlight.ts";
import type { Ingest } from "./ingest.ts";
import { type Listening, listen } from "./listening.ts";
import type { ReceiverCounts, ReceiverLimits } from "./receiverOptions.ts";
import { readBody } from "./requestBody.ts";
import { type Accepted, checkRequest, corsHeaders, type RequestRules } from "./requestChecks.ts";

/** What the receivers of both protocols share. */
export interface ReceiverParts {
  readonly ingest: Ingest;
  readonly intake: Intake;
  readonly inFlight: InFlight;
  readonly limits: ReceiverLimits;
  readonly rules: RequestRules;
  readonly counts: ReceiverCounts;
  readonly tell: Tell;
}

/** A port that is being received on. */
export interface PortReceiver {
  readonly listening: Listening;
  stop(graceMs: number): Promise<void>;
}

/** Receives OTLP over HTTP and Zipkin's JSON. A connection that begins as gRPC's do is given to `takeHttp2`. */
export async function startHttpReceiver(
  port: number,
  hosts: readonly string[],
  parts: ReceiverParts,
  takeHttp2: (socket: Socket) => void,
): Promise<PortReceiver> {
  const cap = new ConnectionCap(parts.limits.connections);
  const requests = new HttpRequests(parts, cap, takeHttp2);
  const listening = await listen(port, hosts, () => requests.server());
  return { listening, stop: (graceMs) => requests.stop(graceMs) };
}

class HttpRequests {
  readonly #parts: ReceiverParts;
  readonly #cap: ConnectionCap;
  readonly #takeHttp2: (socket: Socket) => void;
  readonly #servers: Server[] = [];
  #stopping = false;

  constructor(parts: ReceiverParts, cap: ConnectionCap, takeHttp2: (socket: Socket) => void) {
    this.#parts = parts;
    this.#cap = cap;
    this.#takeHttp2 = takeHttp2;
  }

  server(): Server {
    const { headersMs } = this.#parts.limits;
    const server = createServer({
      headersTimeout: headersMs,
      connectionsCheckingInterval: Math.min(2_000, headersMs),
      keepAliveTimeout: 60_000,
      maxHeaderSize: 16 << 10,
    });
    // Programs whose code says gRPC and whose endpoint comes from the environment call this port: each connection is looked
    // at before the server's own listener has it.
    const [begin] = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (socket: Socket) => {
      socket.on("error", () => {});
      if (!this.#cap.add(socket)) return;
      const late = (): void => void socket.end(timeout);
      lookAtFirst(socket, { patienceMs: headersMs, late }, (protocol) => {
        if (protocol === "http2") {
          this.#cap.setUnseen(socket);
          this.#takeHttp2(socket);
        } else if (protocol === "tls") this.#closeTls(socket);
        else {
          begin.call(server, socket);
          socket.resume();
        }
      });
    });
    server.on("request", (request, response) => this.#answer(request, response, false));
    server.on("checkContinue", (request, response) => this.#answer(request, response, true));
    server.on("clientError", (error, socket) => this.#broken(error, socket as Socket));
    this.#servers.push(server);
    return server;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const closed = this.#servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          if (server.listening) server.close(() => resolve());
          else resolve();
        }),
    );
    for (const server of this.#servers) server.closeIdleConnections();
    this.#cap.destroyIdle();
    const force = setTimeout(() => this.#cap.destroyAll(), graceMs);
    await Promise.all(closed);
    clearTimeout(force);
  }

  #answer(request: IncomingMessage, response: ServerResponse, waits: boolean): void {
    const { socket } = request;
    this.#cap.setBusy(socket);
    response.once("close", () => this.#cap.setIdle(socket));
    response.on("error", () => {});
    request.on("error", () => {});
    this.#handle(request, response, waits).catch((error: unknown) => {
      // A defect of ours: the sender is to keep its data and come again.
      this.#parts.tell("failure", `A request failed: ${error instanceof Error ? error.stack : error}`);
      if (!response.headersSent) {
        const message = "Something went wrong.";
        this.#refuse(request, response, {
          status: 503,
          message,
          encoding: "text",
          retryAfterSeconds: 5,
          headers: {},
        });
      } else response.destroy();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse, waits: boolean): Promise<void> {
    const { rules, limits, ingest, inFlight, intake } = this.#parts;
    const { method = "", url = "", headers, rawHeaders } = request;
    const checked = checkRequest({ method, url, headers, rawHeaders }, rules);
    if ("status" in checked) {
      if (checked.status >= 400) this.#tellRefused(request, checked.status, checked.message);
      const encoding = encodingIn(headers["content-type"]);
      this.#refuse(request, response, { ...checked, encoding, retryAfterSeconds: 0 });
      return;
    }
    const cors = checked.origin === "" ? {} : corsHeaders(checked.origin);
    const holding = inFlight.begin();
    try {
      if (intake.refusal !== undefined) throw intake.refusal;
      if (this.#stopping) throw new IntakeRefusal("The receiver is being stopped.", 1);
      if (inFlight.full) throw overloaded();
      if (waits) response.writeContinue();
      const body = await readBody(request, checked.compression, limits, holding);
      const taken = await ingest.take(checked.signal, checked.encoding, body, holding);
      if (checked.signal === "zipkin") this.#send(response, 202, "", new Uint8Array(0), cors);
      else {
        const answer = exportResponse(checked.signal, checked.encoding, taken);
        this.#send(response, 200, typeOf(checked.encoding), answer, cors);
      }
    } catch (error) {
      this.#failed(request, response, checked, error, cors);
    } finally {
      holding.release();
    }
  }

  #failed(
    request: IncomingMessage,
    response: ServerResponse,
    { encoding, signal }: Accepted,
    error: unknown,
    cors: Readonly<Record<string, string>>,
  ): void {
    const { counts, tell } = this.#parts;
    const as = signal === "zipkin" ? "text" : encoding;
    if (error instanceof IntakeRefusal) {
      counts.overloaded++;
      tell("overloaded", `Senders were asked to send again later: ${error.message}`, error.message);
      const { message, retryAfterSeconds } = error;
      this.#refuse(request, response, {
        status: 503,
        message,
        encoding: as,
        retryAfterSeconds,
        headers: cors,
      });
      return;
    }
    if (!(error instanceof UserError)) {
      if (!request.destroyed) throw error;
      // The sender has gone in the middle of its body.
      return;
    }
    // A program that stands at a breakpoint while it sends is to send again: what gets a 408 is thrown away.
    const isLate = error.code === "timeout";
    const status = error.code === "tooLarge" ? 413 : isLate ? 503 : 400;
    counts.refused++;
    tell(status === 400 ? "malformed" : "refused", `A request was refused: ${error.message}`, String(status));
    const { message } = error;
    const retryAfterSeconds = isLate ? 1 : 0;
    this.#refuse(request, response, { status, message, encoding: as, retryAfterSeconds, headers: cors });
  }

  #tellRefused(request: IncomingMessage, status: number, message: string): void {
    const { counts, tell } = this.#parts;
    counts.refused++;
    // A browser that looks at the port, and a program that asks whether it is there, are no news.
    if (status === 404 || status === 405) return;
    const { host = "", origin = "", "content-type": type = "" } = request.headers;
    const from = [host && `host ${host}`, origin && `origin ${origin}`, type && `content type ${type}`];
    const said = from.filter((part) => part !== "").join(", ");
    tell("refused", `A request was refused (${status}; ${said}): ${message}`, `${status} ${host} ${origin}`);
  }

  #send(
    response: ServerResponse,
    status: number,
    type: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    sendAnswer(response, status, type, body, headers);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, refusal: HttpRefusal): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    refuseRequest(request, response, refusal);
  }

  /** What is no HTTP request. */
  #broken(error: NodeJS.ErrnoException, socket: Socket): void {
    if (socket.writable && error.code !== "ECONNRESET") {
      socket.end(errorAnswer(badRequests.get(error.code ?? "") ?? "400 Bad Request"));
    } else socket.destroy();
  }

  #closeTls(socket: Socket): void {
    this.#parts.tell(
      "tls",
      `A program tried TLS on port ${socket.localPort}. The receiver takes http:// only: set its endpoint to http:// or mark it as insecure.`,
    );
    socket.destroy();
  }
}

function errorAnswer(status: string): string {
  return `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
}

/** To who was too late: come again. */
const tooLate = "503 Service Unavailable\r\nretry-after: 1";
const timeout = errorAnswer(tooLate);

const badRequests: ReadonlyMap<string, string> = new Map([
  ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"],
  ["ERR_HTTP_REQUEST_TIMEOUT", tooLate],
]);
