import { fileSegments } from "../pathTail.ts";
import type { WorkspaceText } from "../workspaceText.ts";
import { knownBeside } from "./knownBeside.ts";
import { mappingUrl } from "./mappingUrl.ts";
import type { SourceMap } from "./sourceMap.ts";

/** A source map, and the known file that it stands in. */
export interface FoundMap {
  readonly map: SourceMap;
  readonly mapFile: string;
  /** Unix ms: when that file was written. */
  readonly writtenMs: number;
}

/** A build writes a script and its map within this time, ms. */
const together = 10_000;

/**
 * The source map of a known script: the one that its last line names, the one in it, or `x.js.map` beside it. Undefined
 * when there is none, and when it is of another text of the script: it has lines that the script has not, or the script
 * names no map and was written after the one beside it. Times say no more than that, for compilers and bundlers leave a
 * file alone whose text is as it was: a blank line more in the source changes the map and not the script.
 */
export async function mapOf(script: string, workspace: WorkspaceText): Promise<FoundMap | undefined> {
  const lines = await workspace.lines(script);
  let link = lines === undefined ? "" : mappingUrl(lines);
  let own: Awaited<ReturnType<WorkspaceText["sourceMap"]>>;
  // Its text is too large to be shown, or the map is in it.
  if (lines === undefined || /^data:/i.test(link)) {
    own = await workspace.sourceMap(script);
    link = own?.link ?? "";
  }
  if (own?.map !== undefined)
    return fitting({ map: own.map, mapFile: script, writtenMs: own.writtenMs }, lines);
  const named = /\.(?:map|json)$/i.test(link) ? await knownBeside(script, link, workspace) : undefined;
  const mapFile = named ?? (await knownBeside(script, `${nameOf(script)}.map`, workspace));
  if (mapFile === undefined) return undefined;
  const read = await workspace.sourceMap(mapFile);
  if (read?.map === undefined) return undefined;
  if (link === "") {
    const { writtenMs } = own ?? (await workspace.sourceMap(script)) ?? read;
    if (writtenMs > read.writtenMs + together) return undefined;
  }
  return fitting({ map: read.map, mapFile, writtenMs: read.writtenMs }, lines);
}

function fitting(found: FoundMap, lines: readonly string[] | undefined): FoundMap | undefined {
  const { lineStart, column } = found.map;
  let mapped = lineStart.length - 1;
  while (mapped > 0 && lineStart[mapped - 1] === column.length) mapped--;
  return lines !== undefined && mapped > lines.length ? undefined : found;
}

function nameOf(file: string): string {
  return encodeURIComponent(fileSegments(file).at(-1) ?? "");
}
