import type { Connection } from "../backends/backend.ts";
import { UserError } from "../base/userError.ts";
import { weakTlsCode } from "./tlsConsent.ts";

/** Whether a backend answered when it was asked last, and its words. A stopped one answers, but gets nothing new. */
export interface ConnectionState {
  readonly state: "unknown" | "checking" | "ok" | "failed" | "stopped";
  readonly detail: string;
  /** It wants a person: a token, a password, an answer. Nothing is asked in the background until one has come. */
  readonly refused: boolean;
}

/** A backend that refused for want of a secret. */
export interface Refusal {
  readonly connection: Connection;
  readonly error: UserError;
}

export const notAsked: ConnectionState = { state: "unknown", detail: "Not asked yet", refused: false };
/** Asked for the first time, and nothing has come back yet. */
export const checking: ConnectionState = { state: "checking", detail: "Checking…", refused: false };
export const answered: ConnectionState = { state: "ok", detail: "Connected", refused: false };
/** Of received traces while nothing is received. */
export const stopped: ConnectionState = {
  state: "stopped",
  detail: "Not receiving. What stands here are kept traces; Start Receiver gets new ones.",
  refused: false,
};

/** How a connection stands after an error: a trace that is not there is an answer, and so is a query that is wrong. */
export function stateAfter(error: UserError): ConnectionState {
  if (answers.has(error.code ?? "")) return answered;
  const refused = error.action === "enterSecret" || wantsPerson.has(error.code ?? "");
  return { state: "failed", detail: error.message, refused };
}

/** Errors that say something of the question, not of the backend. */
const answers: ReadonlySet<string> = new Set(["notFound", "query", "unsupported", "tooLarge"]);

/** Errors that the next request would meet again, until a person has done something. */
const wantsPerson: ReadonlySet<string> = new Set([
  "unauthorized",
  "secretMissing",
  "authCommand",
  weakTlsCode,
]);

/** Remembers which connection refused with this error. */
export function setConnectionRefusing(error: UserError, connection: Connection): void {
  refusedBy.set(error, connection.name);
}

/** The name of the connection that an error refused for want of a secret came from. */
export function connectionRefusing(error: unknown): string | undefined {
  return error instanceof UserError ? refusedBy.get(error) : undefined;
}

const refusedBy = new WeakMap<UserError, string>();
