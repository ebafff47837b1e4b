import { HttpError, type Peer, proxyWantsPassword } from "./httpError.ts";

/** A refusal as the server worded it. */
export interface Refusal {
  readonly status: number;
  /** Its words, plain; "" when it sent none or a web page. */
  readonly text: string;
  /** From Retry-After; undefined when it named none. */
  readonly retryAfterMs: number | undefined;
}

interface Waiting {
  readonly backoffMs: number;
  readonly retryAfterMs: number;
}

const busy = new Map([
  [429, "asks to be left alone for a while: too many requests (429)"],
  [502, "cannot be reached behind its gateway (502)"],
  [503, "is not available (503)"],
  [504, "did not answer its gateway in time (504)"],
]);

/** The error for an answer that is not a success: what it means, and what to do about it. */
export function statusError(peer: Peer, refusal: Refusal, waiting: Waiting): HttpError {
  const who = `${peer.label} at ${peer.address}`;
  const { status, text, retryAfterMs } = refusal;
  const said = text === "" ? "" : `: ${text}`;
  if (status === 401 || status === 403) {
    const meaning =
      status === 401
        ? "wants to know who asks (401)"
        : "does not allow this with the token or password it got (403)";
    return new HttpError(`${who} ${meaning}${said}`, { action: "enterSecret", code: "unauthorized", status });
  }
  if (status === 404) {
    return new HttpError(`${who} does not have it (404)${said}`, {
      action: "editConnection",
      code: "notFound",
      status,
    });
  }
  if (status === 407) return proxyWantsPassword(peer);
  const meaning = busy.get(status);
  if (meaning === undefined) {
    if (status < 500)
      return new HttpError(`${who} refused the request (${status})${said}`, { code: "status", status });
    return new HttpError(`${who} failed (${status})${said}`, { action: "retry", code: "status", status });
  }
  if (retryAfterMs !== undefined && retryAfterMs > waiting.retryAfterMs) {
    return new HttpError(`${who} ${meaning}. It asks to wait ${wait(retryAfterMs)}${said}`, {
      action: "retry",
      code: "busy",
      status,
    });
  }
  return new HttpError(`${who} ${meaning}${said}`, {
    action: "retry",
    code: "busy",
    status,
    retryMs: retryAfterMs ?? waiting.backoffMs,
  });
}

/** Retry-After in ms: seconds, or a date counted from the answer's own Date. */
export function retryAfter(value: string | undefined, date: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(date ?? "");
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function wait(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
}
