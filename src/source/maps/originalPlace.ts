import { matchFiles } from "../fileMatch.ts";
import { libraryStart } from "../library.ts";
import { fileSegments } from "../pathTail.ts";
import type { MappedBy, ResolveOptions } from "../resolution.ts";
import { sentPath } from "../sentPath.ts";
import { shownText } from "../shownText.ts";
import type { WorkspaceText } from "../workspaceText.ts";
import { knownBeside } from "./knownBeside.ts";
import { type FoundMap, mapOf } from "./mapOf.ts";
import { isScript } from "./mappingUrl.ts";
import { isMinified, mappedPlace } from "./sourceMap.ts";

/** Bundles of what was compiled before: TypeScript, its JavaScript, the bundle. */
const mostSteps = 3;

/** What the search for an original file needs to know. */
export interface MapContext {
  readonly service: string;
  readonly workspace: WorkspaceText;
  readonly options: ResolveOptions;
}

/** A place in a file of the workspace; line 0 when only the file is known. */
export interface OriginalPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How it was found: "dist/x.js:12 by its source map". */
  readonly how: string;
  readonly mapped: MappedBy;
}

/** What the source map of a generated file says of a place in it. */
export interface Mapped {
  readonly place?: OriginalPlace;
  /** What it came from is code of others. */
  readonly isLibrary?: boolean;
  /** Why there is no place though there is a map: "" when there is no map. */
  readonly why: string;
}

const unmapped: Mapped = { why: "" };

/**
 * Where a place in a known file comes from, by source maps that are known files themselves or in the file: in a file of
 * the workspace, or nowhere. Of what a map says nothing is opened: its sources are compared with known files only.
 */
export async function originalPlace(
  generated: string,
  line: number,
  column: number,
  context: MapContext,
): Promise<Mapped> {
  let at: Pick<OriginalPlace, "file" | "line" | "column"> = { file: generated, line, column };
  let found: Mapped = unmapped;
  for (let step = 0; step < mostSteps && isScript(at.file); step++) {
    const map = await mapOf(at.file, context.workspace);
    if (map === undefined) break;
    const next = await before(at, map, context);
    if (next.place === undefined) return found.place === undefined || next.isLibrary === true ? next : found;
    const steps = found.place === undefined ? "" : `${found.place.how}; `;
    const isMinified = found.place?.mapped.isMinified === true || next.place.mapped.isMinified;
    const mapped = { ...next.place.mapped, isMinified };
    found = { ...next, place: { ...next.place, how: `${steps}${next.place.how}`, mapped } };
    at = next.place;
  }
  return found;
}

/** One step back: what this map says. */
async function before(
  { file, line, column }: Pick<OriginalPlace, "file" | "line" | "column">,
  found: FoundMap,
  context: MapContext,
): Promise<Mapped> {
  const { map, writtenMs } = found;
  const name = shownText(fileSegments(file).slice(-2).join("/"));
  const only = line === 0 && map.sources.length === 1 ? { source: 0, line: 0, column: 0 } : undefined;
  const mapped = line === 0 ? only : mappedPlace(map, line, column);
  if (mapped === undefined) {
    return { why: line === 0 ? "" : `the source map of ${name} names nothing for line ${line}` };
  }
  const source = map.sources[mapped.source];
  const original = await knownSource(source, found.mapFile, file, context);
  if (original === undefined) {
    const segments = source.split(/[\\/]/);
    const isLibrary = libraryStart(segments) >= 0;
    return { isLibrary, why: `${shownText(source)}, which its source map names, is not in the workspace` };
  }
  const how = line === 0 ? `${name} by its source map` : `${name}:${line} by its source map`;
  const { line: originalLine, column: originalColumn } = mapped;
  const by = { writtenMs, isMinified: isMinified(map, line) };
  return { place: { file: original, line: originalLine, column: originalColumn, how, mapped: by }, why: "" };
}

/** The known file that a map calls `source`: where the map says that it is, else by the end of its path. */
export async function knownSource(
  source: string,
  mapFile: string,
  script: string,
  context: MapContext,
): Promise<string | undefined> {
  const { workspace, service, options } = context;
  const plain = source.replace(/\?[^/]*$/, "");
  const sent = sentPath(plain.replace(/^(?:\.\.?[\\/])+/, ""));
  if (sent === undefined) return undefined;
  const beside = await knownBeside(mapFile, plain, workspace);
  // What a loader calls "x.js" is not the bundle of that name.
  if (beside !== undefined && beside !== script) return beside;
  const match = await matchFiles(sent, service, workspace, options);
  if (match.compiled || match.built === true || match.elsewhere === true) return undefined;
  return nearest(match.files, mapFile);
}

/** Every package may have a src/index.ts: that of the map's own is meant. Undefined when several are as near. */
function nearest(files: readonly string[], mapFile: string): string | undefined {
  const own = fileSegments(mapFile);
  const common = files.map((file) => {
    const segments = fileSegments(file);
    const other = segments.findIndex((segment, i) => segment !== own[i]);
    return other < 0 ? segments.length : other;
  });
  const most = Math.max(...common);
  const near = files.filter((_, i) => common[i] === most);
  return near.length === 1 ? near[0] : undefined;
}
