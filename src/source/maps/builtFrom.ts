import type { Files } from "../files.ts";
import { fileSegments } from "../pathTail.ts";
import { WorkspaceText } from "../workspaceText.ts";
import { mapOf } from "./mapOf.ts";
import { isScript } from "./mappingUrl.ts";
import { knownSource } from "./originalPlace.ts";
import type { SourceMap } from "./sourceMap.ts";

/** A source map, and the known file that it stands in. */
export interface MapInFile {
  readonly file: string;
  readonly map: SourceMap;
}

/** A script in which a source ended up, as a backend is asked for it. */
export interface BuiltScript {
  /** The end of its path: its name, with its folder where others have the same name. */
  readonly tail: string;
  /** Its lines, from 1, that come from the source. */
  readonly lines: ReadonlySet<number>;
}

const sources = /^(.+)\.(?:[cm]?[jt]sx?|vue|svelte)$/;
const extensions = ["js", "mjs", "cjs", "jsx"];
/** Scripts of the source's name that are looked at, those nearest to it first. */
const mostLooked = 8;
const mostScripts = 3;

/**
 * The scripts that were made from a known source, at most three: those of its name whose map names it, and those of which a
 * map was `read` before.
 */
export async function builtFrom(
  source: string,
  files: Files,
  read: Iterable<MapInFile>,
  signal: AbortSignal,
): Promise<readonly BuiltScript[]> {
  const workspace = new WorkspaceText(files, signal);
  const segments = fileSegments(source);
  const name = segments.at(-1) ?? "";
  const stem = sources.exec(name)?.[1];
  if (stem === undefined) return [];
  const maps = new Map<string, MapInFile>();
  for (const script of await scriptsOf(source, stem, workspace)) {
    const found = await mapOf(script, workspace);
    if (found !== undefined) maps.set(script, { file: found.mapFile, map: found.map });
  }
  for (const one of read) {
    if (one.map.sources.some((path) => path.endsWith(name)))
      maps.set(isScript(one.file) ? one.file : one.file.replace(/\.map$/, ""), one);
  }
  const built = new Map<string, Set<number>>();
  for (const [script, { file, map }] of maps) {
    if (script === source || built.size === mostScripts) continue;
    const lines = await linesOf(source, name, { file, map }, script, workspace);
    if (lines.size === 0) continue;
    const tail = await tailOf(script, workspace);
    built.set(tail, new Set([...(built.get(tail) ?? []), ...lines]));
  }
  return [...built].map(([tail, lines]) => ({ tail, lines }));
}

async function scriptsOf(source: string, stem: string, workspace: WorkspaceText): Promise<string[]> {
  const own = fileSegments(source);
  const scripts: string[] = [];
  for (const extension of extensions) {
    const name = `${stem}.${extension}`;
    scripts.push(...(await workspace.built(name)), ...(await workspace.named(name)));
  }
  const apart = (file: string) => {
    const segments = fileSegments(file);
    const at = segments.findIndex((segment, i) => segment !== own[i]);
    return own.length - (at < 0 ? segments.length : at);
  };
  return scripts.sort((a, b) => apart(a) - apart(b)).slice(0, mostLooked);
}

/** The lines of a script that come from the source. */
async function linesOf(
  source: string,
  name: string,
  { file, map }: MapInFile,
  script: string,
  workspace: WorkspaceText,
): Promise<ReadonlySet<number>> {
  const context = {
    service: "",
    workspace,
    options: { mappings: [], remembered: { chosen: () => undefined } },
  };
  const lines = new Set<number>();
  const own = new Set<number>();
  for (const [i, path] of map.sources.entries()) {
    if (!path.endsWith(name)) continue;
    if ((await knownSource(path, file, script, context)) === source) own.add(i);
  }
  if (own.size === 0) return lines;
  for (let line = 1; line < map.lineStart.length; line++) {
    for (let at = map.lineStart[line - 1]; at < map.lineStart[line]; at++) {
      if (!own.has(map.source[at])) continue;
      lines.add(line);
      break;
    }
  }
  return lines;
}

async function tailOf(script: string, workspace: WorkspaceText): Promise<string> {
  const segments = fileSegments(script);
  const name = segments.at(-1) ?? "";
  const same = [...(await workspace.built(name)), ...(await workspace.named(name))];
  return same.length > 1 ? segments.slice(-2).join("/") : name;
}
