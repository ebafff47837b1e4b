import { noLinks } from "./noLinks.ts";

/**
 * Text of a trace for a label in which VS Code would draw `$(icon)`s: shown literally. Controls and line breaks become
 * visible symbols, and the whole is one line of bounded length.
 */
export function plainLabel(text: string, longest = 200): string {
  const shown = text
    .replace(/[\u0000-\u001f\u007f]/g, (control) =>
      control === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + control.charCodeAt(0)),
    )
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, "\uFFFD")
    .replaceAll("$(", "$\u2060(");
  const safe = noLinks(shown);
  return safe.length > longest ? `${safe.slice(0, longest - 1)}…` : safe;
}
