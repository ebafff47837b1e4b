import { createServer } from "node:http";
import { context, propagation, SpanKind } from "@opentelemetry/api";
import { inSpan, recordFailure } from "./spans.js";

/** A request that cannot be answered as asked; `status` is what the caller is told. */
export class HttpError extends Error {
  name = "HttpError";

  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Answers HTTP requests on `PORT`. A route is `[method, pattern, handler]`; a handler returns `{ status, body }`. */
export function serve(routes) {
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(routes, request);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  server.listen(Number(process.env.PORT), "127.0.0.1");
}

async function answer(routes, request) {
  for (const [method, pattern, handler] of routes) {
    const match = request.method === method && pattern.exec(request.url);
    if (match) return handler(request, ...match.slice(1));
  }
  return { status: 404, body: { error: "No such route" } };
}

/** Handles a request in a server span that continues the caller's trace. `name` is method and route. */
export function serveSpan(name, request, handle) {
  const [method, route] = name.split(" ");
  const attributes = { "http.request.method": method, "http.route": route, "url.path": request.url };
  const reply = async (span) => {
    const { status, body } = await handle(span).catch((error) => refusal(span, error));
    span.setAttribute("http.response.status_code", status);
    return { status, body };
  };
  const caller = propagation.extract(context.active(), request.headers);
  return context.with(caller, () => inSpan(name, { kind: SpanKind.SERVER, attributes }, reply));
}

/** The caller's own mistakes (4xx) do not mark the server's span as failed. */
function refusal(span, error) {
  const status = error.status ?? 500;
  if (status >= 500) recordFailure(span, error);
  return { status, body: { error: error.message } };
}

/** Calls another service inside a client span; throws an `HttpError` unless it answers 2xx. */
export function callJson(method, url, body) {
  const { hostname, port, pathname } = new URL(url);
  const attributes = {
    "http.request.method": method,
    "server.address": hostname,
    "server.port": Number(port),
    "url.full": url,
  };
  return inSpan(`${method} ${pathname}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const headers = { "content-type": "application/json" };
    propagation.inject(context.active(), headers);
    const options = {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    };
    const response = await fetch(url, options).catch((error) => {
      throw new HttpError(502, `${pathname} cannot be reached: ${error.cause?.code ?? error.name}`);
    });
    span.setAttribute("http.response.status_code", response.status);
    const reply = await response.json();
    if (!response.ok) throw new HttpError(response.status, reply.error);
    return reply;
  });
}

export async function readJson(request) {
  const chunks = await request.toArray();
  return JSON.parse(Buffer.concat(chunks).toString());
}
