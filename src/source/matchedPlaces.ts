import type { Candidate } from "./candidate.ts";
import type { FileMatch } from "./fileMatch.ts";
import { isScript } from "./maps/mappingUrl.ts";
import { type MapContext, originalPlace } from "./maps/originalPlace.ts";
import { fileSegments } from "./pathTail.ts";
import { type MappedBy, maxChoices } from "./resolution.ts";
import type { WorkspaceText } from "./workspaceText.ts";

/** A file that a candidate's path may mean, or one that such a file was made from. */
export interface MatchedPlace {
  readonly file: string;
  /** With its line and column as they are in this file. */
  readonly candidate: Candidate;
  /** What a source map had to do with it, or "". */
  readonly how: string;
  /** The source map that names the line; undefined for none. */
  readonly mapped: MappedBy | undefined;
  /** In a folder of the candidate's service. */
  readonly isInService: boolean;
  /** The file has a source map. */
  readonly isMapped: boolean;
}

/**
 * The places that a match comes to, at most `maxChoices`, those in a folder of the service first: each where its source
 * map says, else as it was sent. What comes from a library is left out, so that there may be none.
 */
export async function matchedPlaces(
  candidate: Candidate,
  match: FileMatch,
  context: MapContext,
): Promise<readonly MatchedPlace[]> {
  const inService = match.files.filter((file) => fileSegments(file).includes(candidate.service));
  const others = match.files.filter((file) => !inService.includes(file));
  const places = new Map<string, MatchedPlace>();
  for (const [i, file] of [...inService, ...others].slice(0, maxChoices).entries()) {
    const place = await placeIn(file, candidate, match, context);
    if (place === undefined) continue;
    const key = `${place.file}\n${place.candidate.place.line}`;
    // Two builds of one file are one place.
    if (!places.has(key)) places.set(key, { ...place, isInService: i < inService.length });
  }
  return [...places.values()];
}

async function placeIn(
  file: string,
  candidate: Candidate,
  match: FileMatch,
  context: MapContext,
): Promise<Omit<MatchedPlace, "isInService"> | undefined> {
  const plain = { file, candidate, how: "", mapped: undefined, isMapped: false };
  if (match.compiled) return { ...plain, candidate: at(candidate, 0, 0) };
  if (!isScript(file)) return plain;
  const { line, column } = candidate.place;
  const { place, isLibrary, why } = await originalPlace(file, line, column, context);
  if (isLibrary === true) return undefined;
  if (place === undefined) return { ...plain, how: why, isMapped: why !== "" };
  const mapped = at(candidate, place.line, place.column);
  const named = await withKnownName(mapped, place.file, context.workspace);
  return { file: place.file, candidate: named, how: place.how, mapped: place.mapped, isMapped: true };
}

function at(candidate: Candidate, line: number, column: number): Candidate {
  return { ...candidate, place: { ...candidate.place, line, column } };
}

/** What is minified has other names than its source: a name that the source does not have says nothing of the line. */
async function withKnownName(
  candidate: Candidate,
  file: string,
  workspace: WorkspaceText,
): Promise<Candidate> {
  const name = candidate.symbol?.name ?? "";
  if (name === "") return candidate;
  const lines = await workspace.lines(file);
  const isKnown = name.length > 2 && lines?.some((line) => line.includes(name)) === true;
  return isKnown ? candidate : { ...candidate, symbol: undefined };
}
