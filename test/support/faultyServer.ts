import { createServer, get, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** What a server was asked, in order. */
export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** Answers one request; `index` counts the requests from 0. */
export type Script = (response: ServerResponse, asked: Asked, index: number) => void;

export interface FaultyServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Requests whose socket the other side closed before the answer was over. */
  readonly aborted: readonly Asked[];
  /** Requests under way at the same time, at most. */
  readonly widest: number;
  /** Resolves when `aborted` holds `count` requests. */
  whenAborted(count: number): Promise<void>;
  /** Resolves when `asked` holds `count` requests. */
  whenAsked(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A server on a free local port that behaves as badly as its script says; one with TLS where it is given `tls`. */
export async function faultyServer(script: Script, tls?: ServerOptions): Promise<FaultyServer> {
  const asked: Asked[] = [];
  const aborted: Asked[] = [];
  const watchers = new Set<() => void>();
  const sockets = new Set<Socket>();
  let now = 0;
  let widest = 0;

  const serve = (request: { url?: string; headers: IncomingHttpHeaders }, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://server");
    const one = { path: url.pathname, query: url.searchParams, headers: request.headers };
    asked.push(one);
    now++;
    widest = Math.max(widest, now);
    response.on("close", () => {
      now--;
      if (!response.writableFinished) aborted.push(one);
      for (const watcher of [...watchers]) watcher();
    });
    response.on("error", () => {});
    for (const watcher of [...watchers]) watcher();
    script(response, one, asked.length - 1);
  };
  const server = tls === undefined ? createServer(serve) : createSecureServer(tls, serve);
  server.on("tlsClientError", () => {});
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  function when(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = () => {
        if (!met()) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
    });
  }

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    asked,
    aborted,
    get widest() {
      return widest;
    },
    whenAborted: (count) => when(() => aborted.length >= count),
    whenAsked: (count) => when(() => asked.length >= count),
    close,
    [Symbol.asyncDispose]: close,
  };
}

export function json(value: unknown, status = 200): Script {
  return text(JSON.stringify(value), status, "application/json");
}

export function text(body: string, status = 200, type = "text/plain; charset=utf-8"): Script {
  return (response) => response.writeHead(status, { "content-type": type }).end(body);
}

export function html(status = 200): Script {
  return text(
    "\n<!doctype html><html><script>alert(1)</script>Jaeger UI</html>",
    status,
    "text/html; charset=utf-8",
  );
}

/** Sends nothing at all. */
export const silence: Script = () => {};

/** Sends one byte now and then, for ever. */
export function drip(everyMs: number): Script {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => response.write(" "), everyMs);
    response.on("close", () => clearInterval(timer));
  };
}

/** Begins an answer and says no more. */
export const stall: Script = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"services":[');
};

/** Closes the socket in the middle of the body. */
export function cut(body: string, at: number): Script {
  return (response) => {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.write(body.slice(0, at), () => response.socket?.destroy());
  };
}

/** Resets the connection without an answer. */
export const reset: Script = (response) => response.socket?.resetAndDestroy();

export function redirect(location: string, status = 302): Script {
  return (response) => response.writeHead(status, { location }).end();
}

/** One script a request; the last one for all that follow. */
export function sequence(...scripts: readonly Script[]): Script {
  return (response, asked, index) => scripts[Math.min(index, scripts.length - 1)](response, asked, index);
}

/** A whole answer of another server. */
export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers what `change` makes of another server's answer to the same request. */
export function relayed(url: string, change: (response: ServerResponse, heard: Heard) => void): Script {
  return (response, asked) => {
    const query = asked.query.size === 0 ? "" : `?${asked.query}`;
    const { host: _, ...headers } = asked.headers;
    const request = get(`${url}${asked.path}${query}`, { headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const { "content-length": __, "transfer-encoding": ___, ...kept } = answer.headers;
        change(response, { status: answer.statusCode ?? 500, headers: kept, body: Buffer.concat(chunks) });
      });
    });
    request.on("error", () => response.destroy());
    response.on("close", () => request.destroy());
  };
}

/** What another server answers, its body changed by `change` where that is given, with more headers. */
export function through(
  url: string,
  change: (body: Buffer) => Uint8Array = (body) => body,
  more: Readonly<Record<string, string>> = {},
): Script {
  return relayed(url, (response, { status, headers, body }) => {
    response.writeHead(status, { ...headers, ...more }).end(change(body));
  });
}

/** Sends the head and one part of a body that says no length, and breaks off. */
export function cutChunked(body: string, at: number): Script {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(body.slice(0, at), () => response.socket?.destroy());
  };
}

/** One script a path; 404 in Go's words for the others. */
export function paths(
  scripts: Readonly<Record<string, Script>>,
  otherwise = text("404 page not found\n", 404),
): Script {
  const table = new Map(Object.entries(scripts));
  return (response, asked, index) => (table.get(asked.path) ?? otherwise)(response, asked, index);
}

/** Keeps sending `chunk` for as long as somebody reads. */
export function endless(chunk: Uint8Array, headers: Readonly<Record<string, string>> = {}): Script {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers });
    sendForEver(response, chunk);
  };
}

export function sendForEver(response: ServerResponse, chunk: Uint8Array): void {
  const send = () => {
    while (!response.destroyed && response.write(chunk)) {
      // Until the socket is full.
    }
  };
  response.on("drain", send);
  send();
}
