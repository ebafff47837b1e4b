import type { Found, TraceReference } from "./traceReference.ts";
import { headerReferences } from "./traceReferenceForms.ts";
import { decimalToHex, normalTraceId } from "./traceReferenceId.ts";
import { linkReferences } from "./traceReferenceLink.ts";

/** A place in a line of text that names a trace. */
export interface TraceMention {
  readonly start: number;
  readonly end: number;
  /** More than one when the digits may be hex or decimal; the likelier first. */
  readonly references: readonly TraceReference[];
  /**
   * Whether the text says that it is a trace ID. What does not, as 32 hex digits alone (an MD5 sum looks the same) or a web
   * address that opens in the browser anyway, is one only when the trace is known.
   */
  readonly isSaid: boolean;
}

/** A line may be a whole minified file: beyond this it is not looked at. */
const longest = 10_000;
const mostInLine = 100;
/** What every form has: a word of it, or an id. Most lines of most texts are passed over by this alone. */
const worthReading = /trace|[0-9a-f]{16}/i;
/** Forms that are two numbers side by side, unless their header is named before them. */
const unnamed: ReadonlySet<string> = new Set(["b3", "X-Cloud-Trace-Context"]);
const name = /\b(?:b3|x-cloud-trace-context)["']?\s*[:=]\s*["']?$/i;
const bare = /(?<![0-9A-Za-z_-])(?!0{32})[0-9a-f]{32}(?![0-9A-Za-z_-])/gi;

/** Every mention of a trace in one line, in its order, none overlapping another. Linear in the length of the line. */
export function traceMentions(line: string): TraceMention[] {
  const text = line.slice(0, longest);
  if (!worthReading.test(text)) return [];
  const mentions: TraceMention[] = [];
  const claimed: Found[] = [];
  const add = (found: Found, isSaid: boolean) => {
    if (claimed.length >= mostInLine) return;
    if (claimed.some((other) => found.start < other.end && other.start < found.end)) return;
    // A link to something else keeps its range too: an id in it is no trace's.
    claimed.push(found);
    if (found.references.length > 0)
      mentions.push({ ...idRange(text, found), references: found.references, isSaid });
  };
  for (const found of linkReferences(text)) add(found, false);
  for (const found of headerReferences(text)) {
    const needsName = found.references.some(({ form }) => unnamed.has(form));
    add(found, !needsName || name.test(text.slice(Math.max(0, found.start - 40), found.start)));
  }
  for (const match of text.matchAll(bare)) {
    const start = match.index;
    const reference: TraceReference = { traceId: match[0].toLowerCase(), form: "32 hex digits" };
    add({ start, end: start + match[0].length, references: [reference] }, false);
  }
  return mentions.sort((a, b) => a.start - b.start);
}

/** Where in what was found the id itself stands; all of it for a link, and for an id in pieces. */
function idRange(text: string, { start, end, references }: Found): { start: number; end: number } {
  const found = text.slice(start, end).replace(/["'`)\].,;:]+$/, "");
  if (references[0].origin === undefined && references[0].form !== "editor link") {
    for (const match of found.matchAll(/[0-9a-f]+/gi)) {
      if (!references.some(({ traceId }) => isWrittenAs(traceId, match[0]))) continue;
      return { start: start + match.index, end: start + match.index + match[0].length };
    }
  }
  return { start, end: start + found.length };
}

/** In hex, with or without leading zeros; in decimal, which may be the low half alone. */
function isWrittenAs(traceId: string, digits: string): boolean {
  if (digits.length > 39) return false;
  if (normalTraceId(digits) === traceId) return true;
  const hex = decimalToHex(digits, 128);
  return (
    hex !== undefined &&
    digits.length > 4 &&
    (normalTraceId(hex) === traceId || traceId.endsWith(hex.padStart(16, "0")))
  );
}
