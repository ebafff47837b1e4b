import { type Candidate, type CandidateKind, type Confidence, nowhere } from "./candidate.ts";
import { symbolOf } from "./languages/index.ts";
import type { SymbolName } from "./languages/language.ts";
import { isLibrary } from "./library.ts";
import type { Place } from "./place.ts";
import { numberOf } from "./spanCode.ts";

/** Collects candidates of one span in the order of their worth. */
export class CandidateList {
  readonly service: string;
  readonly language: string;
  readonly #own: Candidate[] = [];
  readonly #library: Candidate[] = [];
  readonly #last: Candidate[] = [];

  constructor(service: string, language: string) {
    this.service = service;
    this.language = language;
  }

  addPlace(
    kind: CandidateKind,
    sent: Place,
    reason: string,
    sure: Confidence,
    language = this.language,
  ): void {
    const place = withoutPosition(sent);
    const symbol = place.function === "" ? undefined : symbolOf(place.function, language);
    this.#add({
      kind,
      place,
      symbol: symbol?.name ? symbol : undefined,
      reason,
      sure,
      language,
      service: this.service,
    });
  }

  addSymbol(kind: CandidateKind, functionName: string, reason: string, sure: Confidence): void {
    this.addNamed(kind, symbolOf(functionName, this.language), functionName, reason, sure);
  }

  addNamed(
    kind: CandidateKind,
    symbol: SymbolName,
    functionName: string,
    reason: string,
    sure: Confidence,
  ): void {
    if (symbol.name === "") return;
    const place = { ...nowhere, function: functionName };
    this.#add({ kind, place, symbol, reason, sure, language: this.language, service: this.service });
  }

  addRoute(key: string, route: string | undefined): void {
    if (route === undefined || !/[\p{L}\p{N}]/u.test(route)) return;
    this.#add({ ...this.#text(route), kind: "route", reason: `the route in ${key}`, sure: "likely" });
  }

  /** A span's name stands in the code as a text, or is itself a route ("GET /carts") or a function ("Cart.load"). */
  addName(name: string): void {
    const text = name.trim();
    if (text.length < 3 || /^[A-Z]+$/.test(text)) return;
    const common = { kind: "name", reason: "the span's name", sure: "guess" } as const;
    if (/^[\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::|#|->)[\p{L}_$][\p{L}\p{N}_$?!]*)+$/u.test(text)) {
      const symbol = symbolOf(text, this.language);
      if (symbol.name !== "")
        this.#last.push({ ...this.#text(text), ...common, symbol, place: { ...nowhere, function: text } });
    }
    this.#last.push({ ...this.#text(text), ...common });
  }

  ranked(): Candidate[] {
    return [...this.#own, ...this.#library, ...this.#last];
  }

  #text(literal: string) {
    return { place: nowhere, literal, language: this.language, service: this.service };
  }

  #add(candidate: Candidate): void {
    (isLibrary(candidate.place) ? this.#library : this.#own).push(candidate);
  }
}

/** `src/a.js:10:5` is src/a.js; its line counts when no other was sent. */
function withoutPosition(place: Place): Place {
  const end = /:(\d{1,10})(?::(\d{1,10}))?$/.exec(place.path.slice(-24));
  if (end === null) return place;
  const path = place.path.slice(0, -end[0].length);
  if (place.line > 0) return { ...place, path };
  return { path, line: numberOf(end[1]), column: numberOf(end[2]), function: place.function };
}
