import type { Place } from "../place.ts";

/** A function as a person would look it up: "load" in "Cart"; "" for what is not known or has no name. */
export interface SymbolName {
  readonly name: string;
  readonly container: string;
}

/** Reads one language's stack traces; the list is `languages/index.ts`. */
export interface Language {
  /** As in telemetry.sdk.language: "nodejs", "python". */
  readonly name: string;
  readonly extensions: readonly string[];
  /** Frames of a stack trace, innermost first, the root cause's before the wrapping error's; at most 200. */
  frames(stack: string): readonly Place[];
  /** Function names to look for as a symbol, best first: "com.acme.Cart.lambda$load$0" → "load" in "Cart". */
  symbol(functionName: string): SymbolName;
  /** Texts that stand where a function `name` is defined, for a search where no symbol provider answers. */
  definitions(name: string): readonly string[];
  /** What to set so that spans of this language carry their line. */
  readonly advice: string;
}
