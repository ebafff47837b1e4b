import type { Candidate } from "./candidate.ts";
import type { Files } from "./files.ts";
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
  let undecided: { readonly finding: Finding; readonly candidate: Candidate } | undefined;
  for (const candidate of candidates) {
    // Among several files that fit only the function the span names can still decide; what is weaker may not.
    if (undecided !== undefined && candidate.kind !== "function") continue;
    const finding = await findingOf(candidate, workspace, options);
    const file = finding.location?.file;
    if (undecided !== undefined) {
      const decides = undecided.finding.choices?.some((choice) => choice.location.file === file);
      if (file !== undefined && decides) return resolution(finding, candidate);
    } else if (file !== undefined) return resolution(finding, candidate);
    else if (finding.choices !== undefined) undecided = { finding, candidate };
    else if (finding.reason !== "" && tried.size < 3) tried.add(finding.reason);
  }
  if (undecided !== undefined) return resolution(undecided.finding, undecided.candidate);
  return nothing(candidates, [...tried]);
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

function resolution(finding: Finding, candidate: Candidate): Resolution {
  return {
    location: finding.location,
    reason: finding.reason,
    confidence: finding.location === undefined ? "none" : (finding.confidence ?? "guess"),
    choices: finding.choices ?? [],
    path: candidate.place.path,
    key: finding.key ?? "",
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
