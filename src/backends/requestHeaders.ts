import { UserError } from "../base/userError.ts";
import type { BackendIo, Connection } from "./backend.ts";
import type { Peer } from "./httpError.ts";

/** Headers as undici takes them (name, value, name, value …) and the secrets in them, to be kept out of messages. */
export interface RequestHeaders {
  readonly list: string[];
  readonly secrets: readonly string[];
}

/** Headers that belong to the exchange itself, so that a connection cannot set them. */
const ours = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The headers for one origin. The secret is asked for by that origin alone, so a connection whose URL has been changed
 * finds none. Without a tenant header no tenant is sent. Rejects with a UserError when the secret is missing or a header
 * cannot be sent.
 */
export async function requestHeaders(
  connection: Connection,
  io: Pick<BackendIo, "secret">,
  peer: Peer,
  tenantHeader: string,
): Promise<RequestHeaders> {
  const list = ["accept", "application/json", "user-agent", "traceline"];
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(connection.headers)) {
    if (ours.has(name.toLowerCase())) continue;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || unsendable(String(value))) {
      throw new UserError(
        `A header of the connection "${connection.name}" holds characters that cannot be sent.`,
        {
          action: "editConnection",
          code: "header",
        },
      );
    }
    list.push(name, String(value));
  }
  if (connection.tenant !== "" && tenantHeader !== "") {
    if (unsendable(connection.tenant)) {
      throw new UserError(`The tenant of the connection "${connection.name}" cannot be sent in a header.`, {
        action: "editConnection",
        code: "header",
      });
    }
    list.push(tenantHeader, connection.tenant);
  }
  if (connection.auth === "none") return { list, secrets };

  const word = connection.auth === "bearer" ? "token" : "password";
  const secret = (await io.secret(new URL(peer.address).origin))?.trim();
  if (secret === undefined || secret === "") {
    throw new UserError(
      `${peer.label} at ${peer.address} needs a ${word}, and none is kept for this address.`,
      {
        action: "enterSecret",
        code: "secretMissing",
      },
    );
  }
  if (connection.auth === "bearer" && /[^\x21-\x7e]/.test(secret)) {
    throw new UserError(
      `The token for ${peer.label} at ${peer.address} holds characters that a token cannot have.`,
      {
        action: "enterSecret",
        code: "secretMissing",
      },
    );
  }
  const basic = Buffer.from(`${connection.user}:${secret}`).toString("base64");
  list.push("authorization", connection.auth === "bearer" ? `Bearer ${secret}` : `Basic ${basic}`);
  secrets.push(secret, basic);
  return { list, secrets };
}

/** What Node refuses in a header value. */
function unsendable(value: string): boolean {
  return /[^\t\x20-\x7e\x80-\xff]/.test(value);
}
