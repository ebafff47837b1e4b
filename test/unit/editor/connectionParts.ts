import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type * as vscode from "vscode";
import type { Capabilities, Connection, TraceSource } from "../../../src/backends/backend.ts";
import { editor } from "../../support/fakeVscode.ts";

const { AuthCommands } = await import("../../../src/editor/authCommands.ts");
const { Connections } = await import("../../../src/editor/connections.ts");
const { Secrets } = await import("../../../src/editor/secrets.ts");

/** A log that keeps its lines. */
export function memoryLog() {
  const lines: string[] = [];
  const info = (line: string) => void lines.push(line);
  return { lines, info, error: info, show() {}, dispose() {} };
}

/** Connections over the settings of the fake editor, with everything they are made with. */
export function connectionParts(broken = false) {
  editor.defaults.set("connections", []);
  editor.defaults.set("authCommands", {});
  const log = memoryLog();
  const storage = editor.secretStorage(broken);
  const secrets = new Secrets(storage as unknown as vscode.SecretStorage, log);
  const agreed = editor.memento() as unknown as vscode.Memento;
  const authCommands = new AuthCommands(agreed, log);
  const memory = editor.memento() as unknown as vscode.Memento;
  const decode = () => Promise.reject(new Error("not asked for"));
  const connections = new Connections({ memory, secrets, authCommands, decode, log });
  return { connections, secrets, storage, authCommands, log };
}

const nothing: Capabilities = {
  services: true,
  operations: false,
  searchWithoutService: true,
  tags: false,
  duration: false,
  timeRange: true,
  limit: true,
};

/** A source in memory. */
export function memorySource(connection: Connection, parts: Partial<TraceSource> = {}): TraceSource {
  const none = () => Promise.reject(new Error("not asked for"));
  return {
    connection,
    can: nothing,
    test: async () => "It is here.",
    services: async () => [],
    operations: async () => [],
    search: none,
    trace: none,
    link: () => undefined,
    dispose() {},
    ...parts,
  };
}

export const received: Connection = {
  name: "Received traces",
  kind: "local",
  url: "",
  headers: {},
  tenant: "",
  auth: "none",
  user: "",
};

/** A Jaeger that wants a token, and what it was sent as authorization. */
export async function guardedJaeger(token: string) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const isKnown = request.headers.authorization === `Bearer ${token}`;
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(isKnown ? { services: ["shop"] } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
