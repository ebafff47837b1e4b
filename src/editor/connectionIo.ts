import type * as vscode from "vscode";
import type { BackendIo, Decode } from "../backends/backend.ts";
import type { AuthCommands } from "./authCommands.ts";
import type { Log } from "./log.ts";
import { proxyFor } from "./proxy.ts";
import type { Secrets } from "./secrets.ts";

/** What the connections are made with. */
export interface ConnectionParts {
  /** Of the workspace. */
  readonly memory: vscode.Memento;
  readonly secrets: Secrets;
  readonly authCommands: AuthCommands;
  readonly decode: Decode;
  readonly log: Log;
}

/** The world as backends see it. */
export function connectionIo({ secrets, authCommands, decode, log }: ConnectionParts): BackendIo {
  return {
    now: () => Date.now(),
    proxy: async (url) => proxyFor(url),
    secret: (origin, header) => secrets.get(origin, header),
    token: (origin, again, signal) => authCommands.token(origin, again, signal),
    decode,
    log: (line) => log.info(line),
  };
}
