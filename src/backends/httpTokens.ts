import { UserError } from "../base/userError.ts";
import type { BackendIo, Connection } from "./backend.ts";
import { HttpError, type Peer } from "./httpError.ts";
import { shared } from "./shared.ts";

/** The tokens that a connection's auth command prints. */
export interface HttpTokens {
  /** One that the server has not refused; rejects with "unauthorized" when the command prints no other. */
  token(signal: AbortSignal): Promise<string>;
  /** The server refused it: the next one is asked for anew, once for all requests that it was refused to. */
  refuse(token: string): void;
}

export function httpTokens(connection: Connection, io: Pick<BackendIo, "token">, peer: Peer): HttpTokens {
  const origin = new URL(peer.address).origin;
  const once = shared<string>();
  let refused: string | undefined;

  async function printed(again: boolean, signal: AbortSignal): Promise<string> {
    if (io.token === undefined) {
      throw new UserError(`The auth command of the connection "${connection.name}" cannot be run here.`, {
        action: "editConnection",
        code: "secretMissing",
      });
    }
    const token = await once(String(again), async (either) => io.token!(origin, again, either), signal);
    return token.trim();
  }

  return {
    async token(signal) {
      const token = await printed(false, signal);
      if (token !== refused) return token;
      const other = await printed(true, signal);
      if (other !== refused) return other;
      throw refusedToken(peer);
    },
    refuse(token) {
      refused = token;
    },
  };
}

export function refusedToken(peer: Peer): HttpError {
  return new HttpError(
    `${peer.label} at ${peer.address} does not accept the token that the connection's auth command prints (401).`,
    { action: "editConnection", code: "unauthorized", status: 401 },
  );
}
