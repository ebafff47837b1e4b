import { type Candidate, type Confidence, lessSure } from "./candidate.ts";
import { definitionLine } from "./definition.ts";
import type { Location } from "./files.ts";
import { shownText } from "./shownText.ts";
import type { WorkspaceText } from "./workspaceText.ts";

/** A function may be long: how far above a line its name is looked for before the line is doubted. */
const reachAbove = 150;
const reachBelow = 5;

export interface LineFound {
  readonly location: Location;
  readonly confidence: Confidence;
  /** What had to be made of the line: "" when it was taken as sent. */
  readonly note: string;
  /** Whether the function the candidate names stands where the line is. */
  readonly confirmed: boolean;
}

/**
 * The line of a candidate in a file that was matched to its path: within the file, and in the function the span names
 * where that can be told. A line that does not hold is never given as sure.
 */
export async function lineInFile(
  candidate: Candidate,
  file: string,
  workspace: WorkspaceText,
): Promise<LineFound> {
  const { line, column } = candidate.place;
  const name = candidate.symbol?.name ?? "";
  const lines = await workspace.lines(file);
  const found = (at: number, confidence: Confidence, note: string, confirmed = false): LineFound => {
    const kept = at === line && column > 0 && column <= (lines?.[at - 1].length ?? column) + 1;
    return { location: { file, line: at, column: kept ? column : 0 }, confidence, note, confirmed };
  };
  if (lines === undefined) return found(Math.max(1, line), "likely", "its text could not be read");
  const shown = shownText(name);
  if (line === 0) {
    const defined = name === "" ? 0 : definitionLine(lines, name, 0);
    if (defined > 0) return found(defined, "likely", `no line was sent, so where ${shown} is defined`, true);
    return found(1, "guess", "no line was sent, so the top of the file");
  }
  if (line <= lines.length) {
    if (name === "" || isNear(lines, line, name)) return found(line, "sure", "", name !== "");
  }
  const defined = name === "" ? 0 : definitionLine(lines, name, line);
  if (line > lines.length) {
    const why = `the file has only ${lines.length} lines, so it is not the version that ran`;
    if (defined > 0) return found(defined, "likely", `${why}: where ${shown} is defined`, true);
    return found(lines.length, "guess", why);
  }
  if (defined > 0)
    return found(defined, "likely", `line ${line} is not in ${shown}, so where ${shown} is defined`, true);
  return found(line, "likely", `${shown} is not in this file, so it may have changed since`);
}

function isNear(lines: readonly string[], line: number, name: string): boolean {
  const from = Math.max(0, line - 1 - reachAbove);
  const to = Math.min(lines.length, line + reachBelow);
  for (let i = from; i < to; i++) if (hasWord(lines[i], name)) return true;
  return false;
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text.slice(Math.max(0, at - 1), at);
    const after = text.slice(at + word.length, at + word.length + 1);
    if (!/[\p{L}\p{N}_$]/u.test(before + after)) return true;
  }
  return false;
}

/** The less sure of what the candidate, the file's match and the line allow. */
export function sureness(...all: Confidence[]): Confidence {
  return all.reduce(lessSure);
}
