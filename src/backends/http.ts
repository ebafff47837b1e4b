import { setTimeout as pause } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { UserError } from "../base/userError.ts";
import { type Answer, openAnswer, refusalOf } from "./answer.ts";
import type { BackendIo, Connection } from "./backend.ts";
import { baseUrl, isLoopback } from "./baseUrl.ts";
import { exchange } from "./exchange.ts";
import { gate } from "./gate.ts";
import { HttpError, networkError, type Peer, totalTimeout } from "./httpError.ts";
import { type HttpLimits, httpLimits } from "./httpLimits.ts";
import { parseJson } from "./json.ts";
import { requestHeaders } from "./requestHeaders.ts";
import { shared } from "./shared.ts";
import { statusError } from "./statusError.ts";

export type Query = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  /** Below the base URL, with its leading slash; segments encoded. */
  readonly path: string;
  readonly query?: Query;
  /** In place of the connection's limits. */
  readonly maxBytes?: number;
  readonly totalMs?: number;
}

/**
 * Reads of one connection. They reject with a UserError that names the host and the reason, or with the signal's reason;
 * a 404 has the code "notFound", a web page or other non-JSON the code "notJson", a body over the limit "tooLarge".
 */
export interface Http {
  readonly peer: Peer;
  /** The JSON at `path`; equal reads under way are one. */
  json(path: string, query: Query, signal: AbortSignal): Promise<unknown>;
  /**
   * Hands the body of a 2xx answer to `use`, inflated, as it comes. `use` is called a second time, with a new body, when
   * the connection broke; what it throws is thrown on.
   */
  read<T>(request: HttpRequest, use: (answer: Answer) => Promise<T>, signal: AbortSignal): Promise<T>;
  dispose(): void;
}

/** What a kind of backend is called, and the header it takes the tenant from; "" when it has no tenants. */
export interface HttpNames {
  readonly label: string;
  readonly tenantHeader: string;
}

/** Opens nothing until the first read. Throws a UserError when the connection's URL is none. */
export function createHttp(
  connection: Connection,
  io: Pick<BackendIo, "secret" | "log" | "proxy">,
  names: HttpNames,
  given: Partial<HttpLimits> = {},
): Http {
  const limits = { ...httpLimits, ...given };
  const base = baseUrl(connection.url);
  const peer: Peer = { label: names.label, address: base };
  // Packing costs more than it saves where nothing is between: Go's gzip makes about 100 MB/s.
  const encodings = isLoopback(base) ? "identity" : "gzip, deflate, br, zstd";
  const inTurn = gate(limits.connections);
  const once = shared<unknown>();
  let dispatcher: Promise<Dispatcher> | undefined;
  let disposed = false;

  async function attempt<T>(
    request: HttpRequest,
    use: (answer: Answer) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const headers = await requestHeaders(connection, io, peer, names.tenantHeader);
    dispatcher ??= createDispatcher(connection, io, base, limits).catch((error) => {
      dispatcher = undefined;
      throw error;
    });
    const url = base + request.path + queryText(request.query ?? []);
    const list = [...headers.list, "accept-encoding", encodings];
    const agent = await dispatcher;
    const response = await exchange(agent, peer, url, list, limits.redirects, signal).catch((error) => {
      throw networkError(peer, error, limits);
    });
    io.log(`GET ${base}${request.path}: ${response.statusCode}`);
    // The body is destroyed below while it may still have an error to tell.
    response.body.on("error", () => {});
    let answer: Answer | undefined;
    try {
      if (response.statusCode < 200 || response.statusCode > 299) {
        throw statusError(peer, await refusalOf(response, headers.secrets), limits);
      }
      answer = await openAnswer(peer, response, { ...limits, maxBytes: request.maxBytes ?? limits.maxBytes });
      return await use(answer);
    } catch (error) {
      // What broke the body is the cause, however the one who read it words it.
      throw answer?.failure() ?? error;
    } finally {
      response.body.destroy();
    }
  }

  async function politely<T>(
    request: HttpRequest,
    use: (answer: Answer) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    try {
      return await attempt(request, use, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof HttpError) || error.retryMs === undefined) throw error;
      io.log(`GET ${base}${request.path}: ${error.code}, once more in ${error.retryMs} ms`);
      await pause(error.retryMs + Math.random() * limits.backoffMs, undefined, { signal });
      return attempt(request, use, signal);
    }
  }

  async function read<T>(
    request: HttpRequest,
    use: (answer: Answer) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    if (disposed)
      throw new UserError(`The connection "${connection.name}" has been closed.`, { code: "closed" });
    const totalMs = request.totalMs ?? limits.totalMs;
    const ended = new AbortController();
    const both = AbortSignal.any([signal, ended.signal]);
    return inTurn(async () => {
      const timer = setTimeout(() => ended.abort(totalTimeout(peer, totalMs)), totalMs);
      try {
        return await politely(request, use, both);
      } catch (error) {
        throw both.aborted ? both.reason : error;
      } finally {
        clearTimeout(timer);
      }
    }, signal);
  }

  return {
    peer,
    read,
    json: (path, query, signal) =>
      once(
        path + queryText(query),
        (either) =>
          read({ path, query, maxBytes: limits.maxJsonBytes }, (answer) => parseJson(peer, answer), either),
        signal,
      ),
    dispose() {
      disposed = true;
      dispatcher?.then((agent) => agent.destroy()).catch(() => {});
    },
  };
}

async function createDispatcher(
  connection: Connection,
  io: Pick<BackendIo, "proxy">,
  base: string,
  limits: HttpLimits,
): Promise<Dispatcher> {
  // Loaded at the first read: undici takes about 35 ms to load, and activation has 50.
  const { Agent, ProxyAgent } = await import("undici");
  const tls = connection.allowUntrustedCertificate === true ? { rejectUnauthorized: false } : {};
  const options = {
    connections: limits.connections,
    headersTimeout: limits.firstByteMs,
    bodyTimeout: limits.idleMs,
  };
  const proxy = isLoopback(base) ? undefined : await io.proxy?.(base);
  if (proxy === undefined) return new Agent({ ...options, connect: { ...tls, timeout: limits.connectMs } });
  // Many proxies refuse tunnels to other ports than 443, so plain HTTP goes without one.
  return new ProxyAgent({ ...options, uri: proxy, requestTls: tls, proxyTunnel: base.startsWith("https:") });
}

function queryText(query: Query): string {
  if (query.length === 0) return "";
  const parameters = new URLSearchParams();
  for (const [name, value] of query) parameters.append(name, value);
  return `?${parameters}`;
}
