import type { Candidate, Confidence } from "./candidate.ts";
import { matchFiles, matchSourceOf, missing } from "./fileMatch.ts";
import { type LineFound, lineInFile, sureness } from "./lineInFile.ts";
import type { MapContext } from "./maps/originalPlace.ts";
import { type MatchedPlace, matchedPlaces } from "./matchedPlaces.ts";
import { type Finding, maxChoices, type ResolveOptions } from "./resolution.ts";
import { sentPath } from "./sentPath.ts";
import { shownText } from "./shownText.ts";
import type { WorkspaceText } from "./workspaceText.ts";

/** The file and line of a candidate with a path, among the files that the workspace is known to have. */
export async function resolvePath(
  candidate: Candidate,
  workspace: WorkspaceText,
  options: ResolveOptions,
): Promise<Finding> {
  const raw = candidate.place.path;
  const sent = sentPath(raw);
  if (sent === undefined)
    return { reason: `${shownText(raw)} (${candidate.reason}) is not the path of a source file` };
  const context = { service: candidate.service, workspace, options };
  let match = await matchFiles(sent, candidate.service, workspace, options);
  if (match.files.length === 0) return { reason: `${shownText(raw)} (${candidate.reason}) ${match.how}` };
  let places = await matchedPlaces(candidate, match, context);
  if (places.length === 0)
    return { reason: `${shownText(raw)} (${candidate.reason}) is of a library, by its source map` };
  // What a build has written without a source map is less than what it was written from.
  if (match.built === true && !places.some((place) => place.isMapped)) {
    match = (await matchSourceOf(sent, workspace)) ?? match;
    places = await matchedPlaces(candidate, match, context);
  }
  const found = (line: LineFound, place: MatchedPlace, how: string, sure: Confidence): Finding => ({
    location: line.location,
    confidence: sureness(candidate.sure, sure, line.confidence),
    reason: [candidate.reason, how, place.how, line.note].filter((part) => part !== "").join("; "),
    mapped: place.mapped && {
      ...place.mapped,
      writtenMs: line.location.line === place.candidate.place.line ? place.mapped.writtenMs : undefined,
    },
  });
  const key = `path\n${candidate.service}\n${sent.segments.join("/")}`;
  if (match.files.length === 1 || (places.length === 1 && match.files.length <= maxChoices)) {
    const [place] = places;
    const line = await lineInFile(place.candidate, place.file, workspace);
    // Another folder, and another content: a file of the same name in another project.
    if (match.elsewhere && place.candidate.place.line > 0 && line.note !== "") {
      return { reason: `${shownText(raw)} (${candidate.reason}) ${missing.how}` };
    }
    return found(line, place, match.how, match.confidence);
  }
  const chosen = options.remembered.chosen(key);
  const again = places.find((place) => place.file === chosen);
  if (again !== undefined) {
    const line = await lineInFile(again.candidate, again.file, workspace);
    return { ...found(line, again, "the file you chose before", "sure"), key };
  }
  return await amongSeveral(places, match.files.length, context, key, found);
}

/** Of several equally good files: the one that has the function there or is in the service's folder, else a choice. */
async function amongSeveral(
  places: readonly MatchedPlace[],
  count: number,
  { service, workspace }: MapContext,
  key: string,
  found: (line: LineFound, place: MatchedPlace, how: string, sure: Confidence) => Finding,
): Promise<Finding> {
  const lines: LineFound[] = [];
  for (const { candidate, file } of places) lines.push(await lineInFile(candidate, file, workspace));
  const exact = places.filter((_, i) => lines[i].confirmed && lines[i].note === "");
  if (exact.length === 1 && count <= maxChoices) {
    const [place] = exact;
    const name = shownText(place.candidate.symbol?.name ?? "");
    const how = `the only one of ${count} files of this name with ${name} at this line`;
    return found(lines[places.indexOf(place)], place, how, "likely");
  }
  const inService = places.filter((place) => place.isInService);
  if (inService.length === 1 && service !== "") {
    const how = `the only one of ${count} files of this name in a folder ${shownText(service)}`;
    return found(lines[places.indexOf(inService[0])], inService[0], how, "likely");
  }
  const [{ candidate }] = places;
  const many = count > maxChoices ? `, of which ${maxChoices} are listed` : "";
  return {
    reason: `${candidate.reason}; ${count} files fit ${shownText(candidate.place.path)} equally well${many}`,
    choices: lines.map((line, i) => ({
      location: line.location,
      reason: [places[i].how, line.note].filter((part) => part !== "").join("; "),
    })),
    key,
  };
}
