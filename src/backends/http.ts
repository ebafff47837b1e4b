import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../base/userError.ts";
import { type Answer, openAnswer, refusalOf } from "./answer.ts";
import type { BackendIo, Connection } from "./backend.ts";
import { baseUrl, isLoopback } from "./baseUrl.ts";
import { exchange, header } from "./exchange.ts";
import { gate } from "./gate.ts";
import { createAgent, type HttpAgent } from "./httpAgent.ts";
import { clockAhead } from "./httpClock.ts";
import { HttpError, networkError, type Peer, totalTimeout } from "./httpError.ts";
import { type HttpLimits, httpLimits } from "./httpLimits.ts";
import { httpSecrets } from "./httpSecrets.ts";
import { refusedToken } from "./httpTokens.ts";
import { parseJson } from "./json.ts";
import { requestHeaders } from "./requestHeaders.ts";
import { shared } from "./shared.ts";
import { statusError } from "./statusError.ts";

export type Query = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  /** Below the base URL, with its leading slash; segments encoded. */
  readonly path: string;
  readonly query?: Query;
  /** Media type to ask for in place of JSON. */
  readonly accept?: string;
  /** In place of the connection's limits. */
  readonly maxBytes?: number;
  readonly totalMs?: number;
  /** What `use` makes of the answer: reads under way that are equal in this, path and query are one, with one `use`. */
  readonly as?: string;
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
   * the connection broke; what it throws is thrown on. Its signal is that of everybody who waits for this read.
   */
  read<T>(request: HttpRequest, use: Use<T>, signal: AbortSignal): Promise<T>;
  /** How far the server's clock is ahead, by its last answer (0 while unknown), and the time here where it is known. */
  clock(): { readonly aheadMs: number; readonly nowMs: number | undefined };
  dispose(): void;
}

export type Use<T> = (answer: Answer, signal: AbortSignal) => Promise<T>;

/** What a kind of backend is called, and the header it takes the tenant from; "" when it has no tenants. */
export interface HttpNames {
  readonly label: string;
  readonly tenantHeader: string;
}

/** Opens nothing until the first read. Throws a UserError when the connection's URL is none. */
export function createHttp(
  connection: Connection,
  io: Pick<BackendIo, "secret" | "log" | "proxy" | "token" | "limits" | "now">,
  names: HttpNames,
  given: Partial<HttpLimits> = {},
): Http {
  const limits = { ...httpLimits, ...io.limits, ...given };
  const base = baseUrl(connection.url);
  const peer: Peer = { label: names.label, address: base };
  // Packing costs more than it saves where nothing is between: Go's gzip makes about 100 MB/s.
  const encodings = isLoopback(base) ? "identity" : "gzip, deflate, br, zstd";
  const inTurn = gate(limits.connections);
  const once = shared<unknown>();
  const secrets = httpSecrets();
  const { headers, refuse } = requestHeaders(connection, io, peer, names.tenantHeader, secrets);
  let agent: Promise<HttpAgent> | undefined;
  const closing = new AbortController();
  let aheadMs = 0;

  function openAgent(): Promise<HttpAgent> {
    const opened = createAgent(connection, io, base, secrets, limits);
    agent = opened;
    opened.catch(() => closeAgent(opened));
    return opened;
  }

  /** The next read makes another, with the certificates as they then are. */
  function closeAgent(old: Promise<HttpAgent>): void {
    if (agent === old) agent = undefined;
    old.then(({ dispatcher }) => dispatcher.close()).catch(() => {});
  }

  function log(line: string): void {
    io.log(secrets.text(line));
  }

  async function attempt<T>(request: HttpRequest, use: Use<T>, signal: AbortSignal): Promise<T> {
    const sent = await headers(request.accept ?? "application/json", signal);
    const url = base + request.path + queryText(request.query ?? []);
    const list = [...sent.list, "accept-encoding", encodings];
    const opened = agent ?? openAgent();
    const { dispatcher, proxy } = await opened;
    const askedMs = io.now?.();
    const response = await exchange(dispatcher, peer, url, list, limits, signal).catch((error) => {
      const failure = networkError(peer, error, limits, { proxy, tls: connection.tls });
      if (failure.code === "tls") closeAgent(opened);
      throw failure;
    });
    log(`GET ${base}${request.path}: ${response.statusCode}`);
    if (askedMs !== undefined && header(response, "age") === undefined) {
      aheadMs = clockAhead(header(response, "date"), askedMs, io.now?.() ?? askedMs);
    }
    // The body is destroyed below while it may still have an error to tell.
    response.body.on("error", () => {});
    let answer: Answer | undefined;
    try {
      if (response.statusCode < 200 || response.statusCode > 299) {
        const refusal = await refusalOf(response, secrets.all);
        if (response.statusCode === 401 && sent.token !== undefined) {
          refuse(sent.token);
          throw refusedToken(peer);
        }
        throw statusError(peer, refusal, limits);
      }
      const maxBytes = Math.min(request.maxBytes ?? limits.maxBytes, limits.mostBytes);
      answer = await openAnswer(peer, response, { ...limits, maxBytes });
      return await use(answer, signal);
    } catch (error) {
      // What broke the body is the cause, however the one who read it words it.
      throw answer?.failure() ?? error;
    } finally {
      response.body.destroy();
    }
  }

  async function politely<T>(request: HttpRequest, use: Use<T>, signal: AbortSignal): Promise<T> {
    try {
      return await attempt(request, use, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof HttpError)) throw error;
      if (error.status === 401 && connection.auth === "command") {
        log(`GET ${base}${request.path}: the token was refused, once more with another`);
        return attempt(request, use, signal);
      }
      if (error.retryMs === undefined) throw error;
      log(`GET ${base}${request.path}: ${error.code}, once more in ${error.retryMs} ms`);
      await pause(error.retryMs + Math.random() * limits.backoffMs, undefined, { signal });
      return attempt(request, use, signal);
    }
  }

  async function readAlone<T>(request: HttpRequest, use: Use<T>, signal: AbortSignal): Promise<T> {
    const totalMs = Math.min(request.totalMs ?? limits.totalMs, limits.longestMs);
    const wanted = AbortSignal.any([signal, closing.signal]);
    return inTurn(async () => {
      const ended = new AbortController();
      const both = AbortSignal.any([wanted, ended.signal]);
      const timer = setTimeout(() => ended.abort(totalTimeout(peer, totalMs)), totalMs);
      try {
        return await politely(request, use, both);
      } catch (error) {
        throw both.aborted ? both.reason : secrets.error(error);
      } finally {
        clearTimeout(timer);
      }
    }, wanted);
  }

  function read<T>(request: HttpRequest, use: Use<T>, signal: AbortSignal): Promise<T> {
    if (request.as === undefined) return readAlone(request, use, signal);
    const key = `${request.as} ${request.accept ?? ""} ${request.path}${queryText(request.query ?? [])}`;
    // Equal keys are equal uses, and so equal types.
    return once(key, (either) => readAlone(request, use, either), signal) as Promise<T>;
  }

  return {
    peer,
    read,
    json: (path, query, signal) =>
      read(
        { path, query, maxBytes: limits.maxJsonBytes, as: "json" },
        (answer) => parseJson(peer, answer),
        signal,
      ),
    clock: () => ({ aheadMs, nowMs: io.now?.() }),
    dispose() {
      closing.abort(
        new UserError(`The connection "${connection.name}" has been closed.`, { code: "closed" }),
      );
      agent?.then(({ dispatcher }) => dispatcher.destroy()).catch(() => {});
    },
  };
}

function queryText(query: Query): string {
  if (query.length === 0) return "";
  const parameters = new URLSearchParams();
  for (const [name, value] of query) parameters.append(name, value);
  return `?${parameters}`;
}
