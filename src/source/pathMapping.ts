import { commonTail } from "./pathTail.ts";
import { type SentPath, sentPath } from "./sentPath.ts";

/** A rule a person made: what telemetry calls `from` is the workspace-relative folder `to` ("" for the workspace itself). */
export interface PathMapping {
  readonly from: string;
  readonly to: string;
}

/**
 * The workspace-relative paths, as segments, that the mappings make of a sent path: that of the longest `from` first.
 * A mapping whose `to` would leave the workspace makes none.
 */
export function mappedPaths(
  sent: SentPath,
  mappings: readonly PathMapping[],
): readonly (readonly string[])[] {
  const matches: { readonly from: number; readonly path: readonly string[] }[] = [];
  for (const mapping of mappings) {
    const from = folderSegments(mapping.from);
    const to = folderSegments(mapping.to);
    if (from === undefined || to === undefined || from.length >= sent.segments.length) continue;
    const head = sent.segments.slice(0, from.length);
    if (commonTail(head, from, sent.windows) < from.length) continue;
    matches.push({ from: from.length, path: [...to, ...sent.segments.slice(from.length)] });
  }
  return matches.sort((a, b) => b.from - a.from).map((match) => match.path);
}

/** A folder as a sent path has its segments: the same forms are read, and "", "/" and "." are the top. */
function folderSegments(folder: string): readonly string[] | undefined {
  if (/^[./\\]*$/.test(folder)) return folder.includes("..") ? undefined : [];
  return sentPath(`${folder.replace(/[\\/]+$/, "")}/_`)?.segments.slice(0, -1);
}
