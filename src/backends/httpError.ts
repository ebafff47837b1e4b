import { type ErrorAction, UserError } from "../base/userError.ts";
import type { TlsOptions } from "./backend.ts";
import { plainText } from "./plainText.ts";
import { closedByTls, tlsFault } from "./tlsFault.ts";

/** Who answers, as messages name it: "Jaeger" at its base URL without user name and password. */
export interface Peer {
  readonly label: string;
  readonly address: string;
}

interface Fault {
  readonly code: string;
  readonly action: ErrorAction;
  readonly says: string;
  /** Whether the same request, sent again at once, may well succeed. */
  readonly again?: true;
}

/** A failed exchange; `retryMs` is how long to wait before a second try, undefined when a second try is no use. */
export class HttpError extends UserError {
  readonly retryMs: number | undefined;
  readonly status: number;

  constructor(
    message: string,
    options: { action?: ErrorAction; code: string; cause?: unknown; retryMs?: number; status?: number },
  ) {
    super(message, options);
    this.retryMs = options.retryMs;
    this.status = options.status ?? 0;
  }
}

const reset: Fault = {
  code: "reset",
  action: "retry",
  says: "closed the connection without an answer.",
  again: true,
};
const unreachable: Fault = {
  code: "unreachable",
  action: "editConnection",
  says: "cannot be reached from this machine. Is the network or the VPN up?",
};
const cannotInflate: Fault = {
  code: "garbled",
  action: "retry",
  says: "sent an answer that does not unpack.",
};

const faults = new Map<string, Fault>([
  [
    "ECONNREFUSED",
    { code: "refused", action: "editConnection", says: "refused the connection. Is it running?" },
  ],
  [
    "ENOTFOUND",
    { code: "dns", action: "editConnection", says: "was not found: no such host name. Check the URL." },
  ],
  [
    "EAI_AGAIN",
    { code: "dns", action: "retry", says: "could not be looked up: the name server did not answer." },
  ],
  ["ECONNRESET", reset],
  ["EPIPE", reset],
  ["UND_ERR_SOCKET", reset],
  ["EHOSTUNREACH", unreachable],
  ["ENETUNREACH", unreachable],
  ["EADDRNOTAVAIL", unreachable],
  [
    "ETIMEDOUT",
    {
      code: "timeout",
      action: "editConnection",
      says: "did not accept a connection in time. Check host and port.",
    },
  ],
  [
    "UND_ERR_CONNECT_TIMEOUT",
    {
      code: "timeout",
      action: "editConnection",
      says: "did not accept a connection in time. Check host and port.",
    },
  ],
  [
    "UND_ERR_HEADERS_OVERFLOW",
    { code: "garbled", action: "editConnection", says: "answered with more headers than can be read." },
  ],
  ["Z_DATA_ERROR", cannotInflate],
  ["Z_NEED_DICT", cannotInflate],
]);

/** What is known of an exchange that failed. */
export interface Failing {
  /** Of the answer that had come. */
  readonly bytes?: number;
  /** The proxy that all went through. */
  readonly proxy?: string;
  readonly tls?: TlsOptions;
}

/** Below HTTP nobody is spoken to but the proxy, where there is one. */
const proxyCodes = new Set(["refused", "dns", "unreachable", "timeout"]);

/** The error of an exchange that failed below HTTP, or while its answer was read. */
export function networkError(peer: Peer, error: unknown, limits: Waits, failing: Failing = {}): UserError {
  if (error instanceof UserError) return error;
  const who = `${peer.label} at ${peer.address}`;
  const { bytes, proxy, tls } = failing;
  const code = codeOf(error);
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return new HttpError(`${who} did not answer within ${seconds(limits.firstByteMs)}.`, {
      action: "retry",
      code: "timeout",
      cause: error,
    });
  }
  if (code === "UND_ERR_BODY_TIMEOUT") {
    return new HttpError(`${who} stopped in the middle of its answer for ${seconds(limits.idleMs)}.`, {
      action: "retry",
      code: "timeout",
      cause: error,
    });
  }
  const fault = faults.get(code);
  const cut = fault?.again || code === "Z_BUF_ERROR" || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH";
  if (bytes !== undefined && cut) {
    return new HttpError(`${who} cut its answer off after ${bytes.toLocaleString("en-US")} bytes.`, {
      action: "retry",
      code: "cutOff",
      cause: error,
      retryMs: limits.backoffMs,
    });
  }
  const ofTls = tlsFault(code, error, tls);
  if (ofTls !== "") {
    return new HttpError(`${who} ${ofTls}`, { action: "editConnection", code: "tls", cause: error });
  }
  if (fault !== undefined && proxy !== undefined && proxyCodes.has(fault.code)) {
    return new HttpError(`The proxy ${proxy} before ${who} ${fault.says}`, {
      action: "openSettings",
      code: "proxy",
      cause: error,
    });
  }
  if (fault !== undefined) {
    const hint = fault === reset && peer.address.startsWith("https:") ? ` ${closedByTls(tls)}` : "";
    return new HttpError(`${who} ${fault.says}${hint}`, {
      action: fault.action,
      code: fault.code,
      cause: error,
      retryMs: fault.again ? limits.backoffMs : undefined,
    });
  }
  if (error instanceof Error && error.name === "HTTPParserError") {
    return new HttpError(`${who} does not answer in HTTP. Check the port, and http:// or https://.`, {
      action: "editConnection",
      code: "garbled",
      cause: error,
    });
  }
  const reason = plainText(error instanceof Error ? error.message : String(error), []);
  const refused = /^Proxy response \((\d+)\)/.exec(reason)?.[1] ?? /^Proxy Auth.*\((407)\)/.exec(reason)?.[1];
  if (refused === "407") return proxyWantsPassword(peer, error);
  if (refused !== undefined) {
    return new HttpError(`The proxy before ${who} refused to pass the request on (${refused}).`, {
      action: "openSettings",
      code: "proxy",
      cause: error,
    });
  }
  return new HttpError(`${who} could not be asked: ${reason}`, {
    action: "editConnection",
    code: "network",
    cause: error,
  });
}

export function proxyWantsPassword(peer: Peer, cause?: unknown): HttpError {
  return new HttpError(
    `The proxy before ${peer.label} at ${peer.address} wants a user name and password (407). Write them into the setting ` +
      "http.proxy, or into HTTPS_PROXY or HTTP_PROXY.",
    { action: "openSettings", code: "proxy", status: 407, cause },
  );
}

/** The waits that messages name, in ms. */
export interface Waits {
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly backoffMs: number;
}

export function totalTimeout(peer: Peer, totalMs: number): UserError {
  return new HttpError(`${peer.label} at ${peer.address} took longer than ${seconds(totalMs)} to answer.`, {
    action: "retry",
    code: "timeout",
  });
}

/** For a 2xx answer that is not the API's. */
export function notJson(peer: Peer, what: string): HttpError {
  const end = what.endsWith("?") ? "" : ".";
  return new HttpError(
    `${peer.label} at ${peer.address} is not a trace API: it answered with ${what}${end}`,
    {
      action: "editConnection",
      code: "notJson",
    },
  );
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
