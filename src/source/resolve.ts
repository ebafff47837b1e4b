import type { Candidate } from "./candidate.ts";
import type { Files, Location } from "./files.ts";
import { languageNamed } from "./languages/index.ts";
import type { Finding, Resolution, ResolveOptions } from "./resolution.ts";
import { resolveLiteral } from "./resolveLiteral.ts";
import { resolvePath } from "./resolvePath.ts";
import { resolveSymbol } from "./resolveSymbol.ts";
import { WorkspaceText } from "./workspaceText.ts";

/**
 * Where the first of the candidates that leads anywhere leads to: one place with why and how surely, or the choices when
 * several fit equally, or nothing with what was tried and what to set. Only known files come out, and only plain names go
 * into `files`. Rejects with the signal's reason when that is aborted.
 */
export async function resolve(
  candidates: readonly Candidate[],
  files: Files,
  options: ResolveOptions,
  signal: AbortSignal,
): Promise<Resolution> {
  const workspace = new WorkspaceText(files, signal);
  const tried = new Set<string>();
  let undecided: Found | undefined;
  let file: Found | undefined;
  for (const candidate of candidates) {
    // Among several files that fit only the function the span names can still decide; what is weaker may not.
    if (undecided !== undefined && candidate.kind !== "function") continue;
    const finding = await findingOf(candidate, workspace, options);
    if (undecided !== undefined) {
      const decides = placesOf(undecided.finding).some((place) => place.file === finding.location?.file);
      if (decides) return resolution({ finding, candidate });
    } else if (file !== undefined) {
      const better = within(file, { finding, candidate });
      if (better !== undefined) return resolution(better);
    } else if (finding.location !== undefined) {
      file = { finding, candidate };
      if (!isTopOfFile(file)) return resolution(file);
    } else if (finding.choices !== undefined) undecided = { finding, candidate };
    else if (finding.reason !== "" && tried.size < 3) tried.add(finding.reason);
  }
  const found = file ?? undecided;
  return found === undefined ? nothing(candidates, [...tried]) : resolution(found);
}

interface Found {
  readonly finding: Finding;
  readonly candidate: Candidate;
}

/** A file of which no line is known yet: a candidate after it may have the line. */
function isTopOfFile({ finding, candidate }: Found): boolean {
  return candidate.place.path !== "" && candidate.place.line === 0 && finding.confidence === "guess";
}

/** What a later candidate adds to a file without a line: its place there, or elsewhere one that has a line of its own. */
function within(file: Found, later: Found): Found | undefined {
  const { location, confidence } = later.finding;
  const inFile = placesOf(later.finding).filter((place) => place.file === file.finding.location?.file);
  if (inFile.length === 1) {
    const reason = `${file.candidate.reason}; ${later.finding.reason}`;
    return {
      candidate: file.candidate,
      finding: { location: inFile[0], confidence: confidence ?? "guess", reason },
    };
  }
  const isTold = ["origin", "stack", "exception"].includes(later.candidate.kind);
  return location !== undefined && isTold && confidence !== "guess" ? later : undefined;
}

function placesOf(finding: Finding): readonly Location[] {
  return finding.location === undefined
    ? (finding.choices ?? []).map((choice) => choice.location)
    : [finding.location];
}

function findingOf(
  candidate: Candidate,
  workspace: WorkspaceText,
  options: ResolveOptions,
): Promise<Finding> {
  if (candidate.place.path !== "") return resolvePath(candidate, workspace, options);
  if (candidate.symbol !== undefined) return resolveSymbol(candidate, workspace, options);
  return resolveLiteral(candidate, workspace, options);
}

function resolution({ finding, candidate }: Found): Resolution {
  return {
    location: finding.location,
    reason: finding.reason,
    confidence: finding.location === undefined ? "none" : (finding.confidence ?? "guess"),
    choices: finding.choices ?? [],
    path: candidate.place.path,
    key: finding.key ?? "",
    mapped: finding.mapped,
    advice: "",
  };
}

/** What to set when the language of a span is not known. */
export const generalAdvice =
  "Set code.file.path and code.line.number on the span, or record exceptions with their stack trace. " +
  "Set telemetry.sdk.language on the resource for advice on how.";

function nothing(candidates: readonly Candidate[], tried: readonly string[]): Resolution {
  const named = candidates.some((candidate) => candidate.kind !== "name");
  const reason = [named ? "" : "The span names no place in the code", ...tried]
    .filter((text) => text !== "")
    .join("; ");
  const advice = languageNamed(candidates[0]?.language ?? "")?.advice ?? generalAdvice;
  return { location: undefined, reason, confidence: "none", choices: [], path: "", key: "", advice };
}
