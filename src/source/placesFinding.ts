import { type Confidence, lessSure } from "./candidate.ts";
import type { Location } from "./files.ts";
import { fileSegments } from "./pathTail.ts";
import { type Finding, maxChoices, type ResolveOptions } from "./resolution.ts";
import { shownText } from "./shownText.ts";
import { isAside } from "./sourceFile.ts";

/**
 * What equally good places come to: one is the answer; of several, the one chosen before, or the only one in a folder
 * of the service's name; else they are choices. Places in tests and documents count only when there is no other.
 */
export function placesFinding(
  all: readonly Location[],
  reason: string,
  confidence: Confidence,
  key: string,
  service: string,
  options: ResolveOptions,
): Finding {
  const own = all.filter((place) => !isAside(place.file));
  const places = own.length > 0 ? own : all;
  if (places.length === 1) return { location: plain(places[0]), confidence, reason };
  const chosen = options.remembered.chosen(key);
  const again =
    chosen === undefined
      ? []
      : places.filter((place) => choiceName(place) === chosen || place.file === chosen);
  if (again.length === 1) {
    return {
      location: plain(again[0]),
      confidence: "likely",
      reason: `${reason}; the place you chose before`,
      key,
    };
  }
  const inFolder = service === "" ? [] : places.filter((place) => fileSegments(place.file).includes(service));
  if (inFolder.length === 1) {
    const why = `the only one of ${places.length} in a folder ${shownText(service)}`;
    return {
      location: plain(inFolder[0]),
      confidence: lessSure(confidence, "likely"),
      reason: `${reason}; ${why}`,
    };
  }
  const ranked =
    inFolder.length > 0 ? [...inFolder, ...places.filter((place) => !inFolder.includes(place))] : places;
  const many = places.length > maxChoices ? `, of which ${maxChoices} are listed` : "";
  return {
    reason: `${reason}: ${places.length} places fit${many}`,
    choices: ranked.slice(0, maxChoices).map((place) => ({ location: plain(place), reason: "" })),
    key,
  };
}

/** A chosen place as it is remembered: several choices may be in one file. */
export function choiceName(place: Location): string {
  return `${place.file}#${place.line}`;
}

function plain(place: Location): Location {
  return { file: place.file, line: place.line, column: place.column };
}
