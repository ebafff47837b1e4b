import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ShopJaeger } from "./shopJaeger.ts";

/** A server before the shop's Jaeger that lets those pass who send the token of the moment, and knows which services call which. */
export interface GuardedShop {
  readonly url: string;
  /** Requests so far that were let pass, and that were refused. */
  readonly passed: number;
  readonly refused: number;
  /** From now on this is the token. */
  expect(token: string): void;
  close(): Promise<void>;
}

const calls = [
  { parent: "gateway", child: "pricing", callCount: 1200 },
  { parent: "gateway", child: "inventory", callCount: 41 },
];

/** With a key and a certificate it speaks TLS. */
export async function startGuardedShop(
  jaeger: ShopJaeger,
  first: string,
  tls?: { readonly key: string; readonly cert: string },
): Promise<GuardedShop> {
  let token = first;
  let passed = 0;
  let refused = 0;
  const answerOne: RequestListener = async (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      refused++;
      response.writeHead(401, { "content-type": "text/plain" });
      response.end("token expired");
      return;
    }
    passed++;
    if (request.url?.startsWith("/api/dependencies")) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ data: calls }));
      return;
    }
    const answer = await fetch(jaeger.url + request.url);
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = tls === undefined ? createServer(answerOne) : createTlsServer({ ...tls }, answerOne);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http${tls === undefined ? "" : "s"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get passed() {
      return passed;
    },
    get refused() {
      return refused;
    },
    expect(next) {
      token = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
