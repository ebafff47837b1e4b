import type * as vscode from "vscode";
import type { BackendIo, Connection } from "../backends/backend.ts";
import { UserError } from "../base/userError.ts";

/** What a connection takes for its server beside the certificate that this machine would trust. */
export interface WeakTls {
  readonly origin: string;
  /** Each goes on after the connection's name: "accepts any certificate". */
  readonly ways: readonly string[];
  /** It trusts authorities of its own, at an https proxy too. */
  readonly ownAuthorities: boolean;
}

/** Undefined when the machine's own trust and the URL's host name decide. */
export function weakTlsOf({ url, tls, allowUntrustedCertificate }: Connection): WeakTls | undefined {
  const { origin, hostname } = new URL(url);
  const { caFile = "", serverName = "" } = tls ?? {};
  const ways: string[] = [];
  if (allowUntrustedCertificate === true) ways.push("accepts any certificate");
  if (caFile !== "") ways.push(`trusts the authorities in ${caFile}`);
  if (serverName !== "" && serverName.toLowerCase() !== hostname)
    ways.push(`accepts the certificate of ${serverName}`);
  return ways.length === 0 ? undefined : { origin, ways, ownAuthorities: caFile !== "" };
}

/** What the person has answered for this workspace, by origin and by what exactly is weakened. */
export class TlsConsents {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** Undefined while nothing has been answered. */
  answerTo(weak: WeakTls | undefined): boolean | undefined {
    return weak && this.#answers().get(keyOf(weak));
  }

  async answer(weak: WeakTls | undefined, isAllowed: boolean): Promise<void> {
    if (weak === undefined) return;
    const answers = this.#answers();
    answers.delete(keyOf(weak));
    answers.set(keyOf(weak), isAllowed);
    await this.#memory.update(memoryKey, [...answers].slice(-mostKept));
  }

  #answers(): Map<string, boolean> {
    const kept = this.#memory.get<unknown>(memoryKey);
    return new Map(
      (Array.isArray(kept) ? kept : []).filter(
        (entry): entry is [string, boolean] =>
          Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "boolean",
      ),
    );
  }
}

/** The code of the error that stands for the question: the editor asks it, and what was refused is asked again after a yes. */
export const weakTlsCode = "weakTls";

/**
 * The world of a connection that a workspace's settings weaken: the person's secrets, and the proxy's, come out of it only
 * after they have agreed. What has no secret is not held back, and nothing is where `weak` is undefined.
 */
export function guardedIo(
  io: BackendIo,
  { name }: Connection,
  weak: WeakTls | undefined,
  consents: TlsConsents,
): BackendIo {
  if (weak === undefined) return io;
  const check = (what: string) => {
    if (consents.answerTo(weak) === true) return;
    throw new UserError(
      `${what} is not sent: the connection "${name}" of this workspace ${weak.ways.join(", ")}.`,
      { action: "editConnection", code: weakTlsCode },
    );
  };
  const isTls = weak.origin.startsWith("https:");
  const checkOrigin = () => {
    if (isTls) check(`Your token or password for ${weak.origin}`);
  };
  const { proxy, token } = io;
  return {
    ...io,
    async secret(origin, header) {
      const secret = await io.secret(origin, header);
      if (secret !== undefined) checkOrigin();
      return secret;
    },
    token:
      token &&
      (async (...asked) => {
        checkOrigin();
        return token(...asked);
      }),
    proxy:
      proxy &&
      (async (url) => {
        const found = await proxy(url);
        if (weak.ownAuthorities && hasPassword(found)) check("Your password for the proxy");
        return found;
      }),
  };
}

const memoryKey = "traceline.weakTls";
const mostKept = 100;

function keyOf({ origin, ways }: WeakTls): string {
  return JSON.stringify([origin, ...ways]);
}

function hasPassword(proxy: string | undefined): boolean {
  if (proxy === undefined || !URL.canParse(proxy)) return false;
  const { protocol, username, password } = new URL(proxy);
  return protocol === "https:" && (username !== "" || password !== "");
}
