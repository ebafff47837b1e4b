import { decodedMappings, TraceMap } from "@jridgewell/trace-mapping";
import { mappingUrl } from "./mappingUrl.ts";
import type { SourceMap, SourceMapRead } from "./sourceMap.ts";

/** Mappings and lines of one map. One takes some 80 bytes while it is decoded; a bundle of 11 MB has 1.1 million. */
const mostMappings = 4_000_000;
const mostSources = 100_000;
/** Characters of a source's name; no path that is longer is compared with anything. */
const longestSource = 1024;
/** Characters of all of them: they are copied to who asked. */
const mostCharacters = 4_000_000;

/**
 * What the bytes of a script or of a source map say; never throws. Made for a thread: of a map of 17 MB (an 11 MB bundle with
 * 1.1 million mappings) the JSON takes 30-90 ms and the mappings 180-320 ms, for the package decodes all lines at once. In a
 * thread it is 230-350 ms, of which the caller's event loop is held up for less than 20.
 */
export function readSourceMap(bytes: Uint8Array, isScriptFile: boolean): SourceMapRead {
  try {
    const text = new TextDecoder().decode(bytes);
    if (!isScriptFile) return { link: "", map: sourceMapOf(text) };
    const at = text.lastIndexOf("sourceMappingURL=");
    if (at < 0) return { link: "", map: undefined };
    const from = text.lastIndexOf("\n", at);
    const url = mappingUrl(text.slice(from + 1).split("\n"));
    if (!/^data:/i.test(url)) return { link: url, map: undefined };
    const inline = dataText(url);
    return { link: "", map: inline === undefined ? undefined : sourceMapOf(inline) };
  } catch {
    return { link: "", map: undefined };
  }
}

/** The text of a data URL with JSON in it. */
function dataText(url: string): string | undefined {
  const head = /^data:(?:application|text)\/json(?:;charset=[\w-]{1,20})?(;base64)?,/i.exec(url);
  if (head === null) return undefined;
  const data = url.slice(head[0].length);
  if (head[1] === undefined) return decodeURIComponent(data);
  const latin = atob(data);
  const bytes = new Uint8Array(latin.length);
  for (let i = 0; i < latin.length; i++) bytes[i] = latin.charCodeAt(i);
  return new TextDecoder().decode(bytes);
}

/** One map of a bundle that is put together of several, and where it begins. */
interface Section {
  readonly line: number;
  readonly column: number;
  readonly sources: readonly string[];
  readonly mappings: string;
}

function sourceMapOf(text: string): SourceMap | undefined {
  // Servers put ")]}'" before JSON so that no page can run it.
  const sections = sectionsOf(JSON.parse(text.startsWith(")]}") ? text.slice(text.indexOf("\n")) : text));
  let count = 0;
  for (const { line, column, mappings } of sections) {
    if (!isIn(line, mostMappings) || !isIn(column, 2 ** 30)) return undefined;
    count += separators(mappings) + 1;
  }
  const lines = sections.reduce((most, { line, mappings }) => Math.max(most, line + newlines(mappings)), 0);
  if (sections.length === 0 || count > mostMappings || lines > mostMappings) return undefined;
  return columnsOf(sections, count, lines + 1);
}

/** The parts of an index map (ECMA-426: they hold no further ones), or the one map that it is. */
function sectionsOf(parsed: unknown): Section[] {
  if (!isRecord(parsed)) return [];
  const { sections } = parsed;
  if (!Array.isArray(sections)) return plainSection(parsed, 0, 0);
  return sections.slice(0, mostSources).flatMap((one: unknown) => {
    if (!isRecord(one) || !isRecord(one.map) || !isRecord(one.offset)) return [];
    return plainSection(one.map, Number(one.offset.line), Number(one.offset.column));
  });
}

function plainSection(map: Readonly<Record<string, unknown>>, line: number, column: number): Section[] {
  const { sources, sourceRoot, mappings, version } = map;
  if (Number(version) !== 3 || !Array.isArray(sources) || typeof mappings !== "string") return [];
  const root = typeof sourceRoot === "string" ? sourceRoot.slice(0, longestSource) : "";
  const named = sources.slice(0, mostSources).map((source: unknown) => sourceName(source, root));
  return [{ line, column, sources: named, mappings }];
}

function sourceName(source: unknown, root: string): string {
  if (typeof source !== "string" || source === "" || source.length > longestSource) return "";
  const isWhole = root === "" || source.startsWith("/") || /^[\w+.-]{2,}:/.test(source);
  const name = isWhole ? source : `${root.replace(/\/$/, "")}/${source}`;
  return name.length > longestSource ? "" : name;
}

function columnsOf(sections: readonly Section[], most: number, lines: number): SourceMap {
  const lineStart = new Uint32Array(lines + 1);
  const columns = Array.from({ length: 4 }, () => new Int32Array(most));
  const [column, source, sourceLine, sourceColumn] = columns;
  const sources: string[] = [];
  let characters = 0;
  let at = 0;
  let line = 0;
  for (const section of [...sections].sort((a, b) => a.line - b.line || a.column - b.column)) {
    const first = sources.length;
    for (const name of section.sources) {
      characters += name.length;
      sources.push(characters > mostCharacters ? "" : name);
    }
    // Only the mappings are given: what the map says of its sources is not resolved here.
    const { mappings } = section;
    const decoded = decodedMappings(new TraceMap({ version: 3, sources: [], names: [], mappings }));
    for (const [i, segments] of decoded.entries()) {
      // A section that begins in the middle of what is above it has its own lines only.
      if (section.line + i < line - 1) continue;
      while (line <= section.line + i) lineStart[line++] = at;
      const shift = i === 0 ? section.column : 0;
      for (const segment of segments) {
        const [own, index = -1, originalLine = -1, originalColumn = -1] = segment;
        const isKnown = isIn(index, section.sources.length - 1) && originalLine >= 0 && originalColumn >= 0;
        if (own < 0) continue;
        column[at] = own + shift;
        source[at] = isKnown ? first + index : -1;
        sourceLine[at] = originalLine;
        sourceColumn[at++] = originalColumn;
      }
    }
  }
  while (line < lineStart.length) lineStart[line++] = at;
  const [ownColumn, ownSource, ownLine, ownSourceColumn] = columns.map((one) => one.slice(0, at));
  return {
    sources,
    lineStart,
    column: ownColumn,
    source: ownSource,
    sourceLine: ownLine,
    sourceColumn: ownSourceColumn,
  };
}

function separators(mappings: string): number {
  let count = 0;
  for (let i = 0; i < mappings.length; i++) {
    const sign = mappings.charCodeAt(i);
    if (sign === 44 || sign === 59) count++;
  }
  return count;
}

function newlines(mappings: string): number {
  let count = 0;
  for (let at = mappings.indexOf(";"); at >= 0; at = mappings.indexOf(";", at + 1)) count++;
  return count;
}

function isIn(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
