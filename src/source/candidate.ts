import type { SymbolName } from "./languages/language.ts";
import type { Place } from "./place.ts";

/** How sure it is that a place is the one meant. */
export type Confidence = "sure" | "likely" | "guess";

/** What of a span a candidate was read from. */
export type CandidateKind =
  | "file"
  | "origin"
  | "stack"
  | "exception"
  | "function"
  | "controller"
  | "rpc"
  | "route"
  | "name";

/** One thing a span says of its code, still unresolved. */
export interface Candidate {
  readonly kind: CandidateKind;
  /** Its path is "" when only a function or a text is known. */
  readonly place: Place;
  /** Text that stands, quoted, in the code: a route or a span's name. */
  readonly literal?: string;
  readonly symbol?: SymbolName;
  /** What it was read from, as a person reads it: "code.file.path and code.line.number". */
  readonly reason: string;
  /** How sure the place is at best, once it is found. */
  readonly sure: Confidence;
  /** As in telemetry.sdk.language; "" when not said. */
  readonly language: string;
  readonly service: string;
}

export const nowhere: Place = { path: "", line: 0, column: 0, function: "" };

const ranks: readonly Confidence[] = ["guess", "likely", "sure"];

/** The less sure of two. */
export function lessSure(a: Confidence, b: Confidence): Confidence {
  return ranks[Math.min(ranks.indexOf(a), ranks.indexOf(b))];
}
