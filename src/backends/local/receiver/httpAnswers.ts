import type { IncomingMessage, ServerResponse } from "node:http";
import { Code, statusMessage } from "./answers.ts";
import type { Encoding } from "./ingest.ts";

/** Of a body that is refused, this much is still read, so that the sender gets to read the answer. */
const drainedBytes = 64 << 20;
const drainMs = 2_000;

const codes: ReadonlyMap<number, number> = new Map([
  [401, Code.unauthenticated],
  [403, Code.permissionDenied],
  [404, Code.notFound],
  [405, Code.unimplemented],
  [413, Code.resourceExhausted],
  [503, Code.unavailable],
]);

/** Answers a request whose body has been taken. `type` is "" for an answer without a body. */
export function sendAnswer(
  response: ServerResponse,
  status: number,
  type: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): void {
  writeHead(response, status, type, body, headers);
  response.end(body);
}

/** Why a request is not taken, and how that is said. */
export interface HttpRefusal {
  readonly status: number;
  /** "" for an answer without a body. */
  readonly message: string;
  readonly encoding: Encoding | "text";
  /** 0 where the sender is not to come again. */
  readonly retryAfterSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers without taking the body; what still comes of it is passed over, for a while. */
export function refuseRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message, encoding, retryAfterSeconds, headers }: HttpRefusal,
): void {
  if (response.destroyed) return;
  const retry: Record<string, string> =
    retryAfterSeconds > 0 ? { "retry-after": String(retryAfterSeconds) } : {};
  const isText = encoding === "text";
  const body = isText
    ? Buffer.from(message === "" ? "" : `${message}\n`)
    : statusMessage(encoding, codes.get(status) ?? Code.invalidArgument, message, retryAfterSeconds);
  const type = message === "" ? "" : isText ? "text/plain; charset=utf-8" : typeOf(encoding);
  const all = { ...headers, ...retry };
  if (request.complete) {
    sendAnswer(response, status, type, body, all);
    return;
  }
  response.shouldKeepAlive = false;
  writeHead(response, status, type, body, all);
  if (body.length > 0) response.write(body);
  else response.flushHeaders();
  // A connection that is closed while the sender still writes is reset, and the answer lost.
  drain(request, () => response.end());
}

/** The encoding that a refusal is written in, before it is known whether the type is one that is taken. */
export function encodingIn(contentType: string | undefined): Encoding | "text" {
  const type = contentType?.split(";", 1)[0].trim().toLowerCase();
  if (type === "application/json") return "json";
  return type === "application/x-protobuf" || type === "application/protobuf" ? "protobuf" : "text";
}

function writeHead(
  response: ServerResponse,
  status: number,
  type: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): void {
  const contentType = type === "" ? {} : { "content-type": type };
  const length = status === 204 ? {} : { "content-length": body.length };
  response.writeHead(status, { ...contentType, ...length, ...headers });
}

/** The content type of an encoding. */
export function typeOf(encoding: Encoding): string {
  return encoding === "json" ? "application/json" : "application/x-protobuf";
}

/** Passes over what comes of a body until it ends, is too much or takes too long. */
function drain(request: IncomingMessage, done: () => void): void {
  let left = drainedBytes;
  const late = setTimeout(done, drainMs);
  late.unref();
  const end = (): void => {
    clearTimeout(late);
    done();
  };
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  request.once("end", end);
  request.once("close", end);
  request.resume();
}
