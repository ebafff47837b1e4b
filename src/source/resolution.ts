import type { Confidence } from "./candidate.ts";
import type { Location } from "./files.ts";
import type { PathMapping } from "./pathMapping.ts";

/** Where a span's code is, or why it is not known. */
export interface Resolution {
  /** The place to go to; undefined when there is none, and when a person has to choose. */
  readonly location: Location | undefined;
  /** Why this place, or what was looked for in vain: one sentence without its full stop. */
  readonly reason: string;
  readonly confidence: Confidence | "none";
  /** Equally good places, at most 20, best first; empty when `location` is set. */
  readonly choices: readonly Choice[];
  /** The path that was matched, as sent; "" when no path led here. A choice teaches a mapping of it. */
  readonly path: string;
  /** Under which a choice is to be remembered; "" when there is nothing to choose. */
  readonly key: string;
  /** The source map that names the line; undefined where none does. */
  readonly mapped?: MappedBy;
  /** When there is no place: what would make it possible. */
  readonly advice: string;
}

/** The source map by which a line was found. */
export interface MappedBy {
  /** Unix ms: the line is one of what was saved by then. Undefined where it was found in the text as it is now after all. */
  readonly writtenMs: number | undefined;
  /** The generated line has code of many source lines: spans that agree in it may be of any of them. */
  readonly isMinified: boolean;
}

export interface Choice {
  readonly location: Location;
  readonly reason: string;
}

/** What a person chose before: the file under a resolution's key, or undefined. It is used only if it is still a choice. */
export interface Memory {
  chosen(key: string): string | undefined;
}

export interface ResolveOptions {
  /** Rules a person made: they come before every guess of ours. */
  readonly mappings: readonly PathMapping[];
  readonly remembered: Memory;
}

/** As many choices as a person is asked to look through. */
export const maxChoices = 20;

/** What one candidate came to: a place, several, or nothing with what was tried. */
export interface Finding {
  readonly location?: Location;
  readonly confidence?: Confidence;
  readonly reason: string;
  readonly choices?: readonly Choice[];
  readonly key?: string;
  readonly mapped?: MappedBy;
}
