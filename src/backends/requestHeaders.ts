import { UserError } from "../base/userError.ts";
import type { BackendIo, Connection } from "./backend.ts";
import { isHeaderName } from "./headerName.ts";
import type { Peer } from "./httpError.ts";
import type { HttpSecrets } from "./httpSecrets.ts";
import { type HttpTokens, httpTokens } from "./httpTokens.ts";

/** Headers as undici takes them: name, value, name, value … */
export interface RequestHeaders {
  readonly list: string[];
  /** The one of the auth command that is among them. */
  readonly token: string | undefined;
}

/** Makes the headers of each request of one connection. */
export interface RequestHeaderSource {
  /**
   * Rejects with a UserError when a secret is missing or a header cannot be sent. The secrets are asked for by the origin
   * alone, so a connection whose URL has been changed finds none, and have been kept in `secrets` before this resolves.
   */
  headers(accept: string, signal: AbortSignal): Promise<RequestHeaders>;
  refuse(token: string): void;
}

/** Headers that belong to the exchange itself, so that a connection cannot set them. */
const ours = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Without a tenant header no tenant is sent. Each header is sent once; a secret one in the place of an open one. */
export function requestHeaders(
  connection: Connection,
  io: Pick<BackendIo, "secret" | "token">,
  peer: Peer,
  tenantHeader: string,
  secrets: HttpSecrets,
): RequestHeaderSource {
  const origin = new URL(peer.address).origin;
  const who = `${peer.label} at ${peer.address}`;
  const tokens: HttpTokens = httpTokens(connection, io, peer);

  async function headers(accept: string, signal: AbortSignal): Promise<RequestHeaders> {
    const found = new Map([
      ["accept", accept],
      ["user-agent", "traceline"],
    ]);
    for (const [name, value] of Object.entries(connection.headers)) {
      if (ours.has(name.toLowerCase())) continue;
      if (!isHeaderName(name) || unsendable(String(value))) throw unsendableHeader();
      found.set(name.toLowerCase(), String(value));
    }
    if (connection.tenant !== "" && tenantHeader !== "") {
      if (unsendable(connection.tenant)) {
        throw new UserError(`The tenant of the connection "${connection.name}" cannot be sent in a header.`, {
          action: "editConnection",
          code: "header",
        });
      }
      found.set(tenantHeader, connection.tenant);
    }
    for (const name of connection.secretHeaders ?? []) {
      if (!isHeaderName(name) || ours.has(name.toLowerCase())) throw unsendableHeader();
      found.set(name.toLowerCase(), await secretHeader(name));
    }
    const { authorization, token } = await authorized(signal);
    if (authorization !== undefined) found.set("authorization", authorization);
    return { list: [...found].flat(), token };
  }

  async function secretHeader(name: string): Promise<string> {
    const secret = (await io.secret(origin, name))?.trim();
    if (secret === undefined || secret === "") {
      throw missing(`${who} needs the secret header ${name}, and none is kept for this address.`);
    }
    secrets.keep(secret);
    if (unsendable(secret)) {
      throw missing(`The secret header ${name} for ${who} holds characters that cannot be sent.`);
    }
    return secret;
  }

  async function authorized(
    signal: AbortSignal,
  ): Promise<{ authorization: string | undefined; token: string | undefined }> {
    if (connection.auth === "none") return { authorization: undefined, token: undefined };
    if (connection.auth === "command") {
      const token = await tokens.token(signal);
      secrets.keep(token);
      if (token === "" || !isToken(token)) {
        throw new UserError(
          token === ""
            ? `The auth command of the connection "${connection.name}" prints no token.`
            : `The auth command of the connection "${connection.name}" prints what cannot be a token.`,
          { action: "editConnection", code: "secretMissing" },
        );
      }
      return { authorization: `Bearer ${token}`, token };
    }
    const word = connection.auth === "bearer" ? "token" : "password";
    const secret = (await io.secret(origin))?.trim();
    if (secret === undefined || secret === "") {
      throw missing(`${who} needs a ${word}, and none is kept for this address.`);
    }
    secrets.keep(secret);
    if (connection.auth === "bearer") {
      if (!isToken(secret)) throw missing(`The token for ${who} holds characters that a token cannot have.`);
      return { authorization: `Bearer ${secret}`, token: undefined };
    }
    const basic = Buffer.from(`${connection.user}:${secret}`).toString("base64");
    secrets.keep(basic);
    return { authorization: `Basic ${basic}`, token: undefined };
  }

  function unsendableHeader(): UserError {
    return new UserError(
      `A header of the connection "${connection.name}" holds characters that cannot be sent.`,
      {
        action: "editConnection",
        code: "header",
      },
    );
  }

  return { headers, refuse: tokens.refuse };
}

function missing(message: string): UserError {
  return new UserError(message, { action: "enterSecret", code: "secretMissing" });
}

function isToken(text: string): boolean {
  return !/[^\x21-\x7e]/.test(text);
}

/** What Node refuses in a header value. */
function unsendable(value: string): boolean {
  return /[^\t\x20-\x7e\x80-\xff]/.test(value);
}
