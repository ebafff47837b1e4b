import { dirname, resolve } from "node:path";
import { readMappings } from "./mappings.ts";
import { readTail, readText } from "./textFile.ts";

/** Where a source map says that code comes from. */
export interface MappedPlace {
  /** As the map names it: a path, relative to `folder` or absolute, or a URL. */
  readonly source: string;
  /** The folder of the map. */
  readonly folder: string;
  /** From 1. */
  readonly line: number;
}

/** Answers for a position, from 1: "unmapped" for code that the compiler made of no source, undefined when it cannot tell. */
export type ScriptMap = (line: number, column: number) => MappedPlace | "unmapped" | undefined;

/**
 * The program waits while its first tracer, or span, in a script has the map read: 4 to 9 ms for each MB, 0.2 s at this bound. Maps of single
 * files have some KB, of whole servers with their packages 5 to 15 MB.
 */
const mostBytes = 32 * 1024 * 1024;
const tailBytes = 4096;
const mostKept = 1_000;
const maps = new Map<string, ScriptMap | undefined>();
const knowsNothing: ScriptMap = () => undefined;

/**
 * The source map that a script names in its last lines, inline or by a relative path; undefined for a script that names none. It
 * is read once. One that cannot be read, is too large or damaged knows nothing. Never throws.
 */
export function scriptMap(script: string): ScriptMap | undefined {
  if (maps.has(script)) return maps.get(script);
  const map = readMap(script);
  if (maps.size >= mostKept) maps.clear();
  maps.set(script, map);
  return map;
}

function readMap(script: string): ScriptMap | undefined {
  const url = mapUrl(script);
  if (url === undefined) return undefined;
  try {
    if (url.startsWith("data:")) return mapOf(JSON.parse(dataText(url)), dirname(script)) ?? knowsNothing;
    if (/^[a-z][a-z0-9+.-]*:|^[\\/]/i.test(url)) return knowsNothing;
    for (const name of [url, decodeURIComponent(url)]) {
      const file = resolve(dirname(script), name);
      const text = readText(file, mostBytes);
      if (text !== undefined) return mapOf(JSON.parse(text), dirname(file)) ?? knowsNothing;
    }
  } catch {
    // A damaged map: the script's own positions are told.
  }
  return knowsNothing;
}

const comment = "sourceMappingURL=";

function mapUrl(script: string): string | undefined {
  const tail = readTail(script, tailBytes);
  if (tail === undefined) return undefined;
  // An inline map is one line without blanks, quotes or brackets, and longer than the tail.
  if (tail.includes(comment) || !/^[^\s"'`{}<>\\]*\s*$/.test(tail)) return urlIn(tail);
  return urlIn(readTail(script, mostBytes) ?? "");
}

/** That of the last comment, which has a line of its own. */
function urlIn(text: string): string | undefined {
  for (let at = text.lastIndexOf(comment); at > 0; at = text.lastIndexOf(comment, at - 1)) {
    if (/(?:^|[\r\n])[ \t]*\/\/[#@][ \t]*$/.test(text.slice(Math.max(0, at - 80), at))) {
      return /^\S*/.exec(text.slice(at + comment.length))?.[0];
    }
  }
  return undefined;
}

function dataText(url: string): string {
  const comma = url.indexOf(",");
  const data = url.slice(comma + 1);
  const isBase64 = url.slice(0, comma).endsWith(";base64");
  return isBase64 ? Buffer.from(data, "base64").toString() : decodeURIComponent(data);
}

type Json = Record<string, unknown>;

/** Of a source map's JSON (ECMA-426), flat or in sections; undefined when it is none. */
function mapOf(json: Json, folder: string): ScriptMap | undefined {
  return Array.isArray(json.sections) ? sectionsOf(json.sections as Json[], folder) : flatMapOf(json, folder);
}

function flatMapOf(json: Json, folder: string): ScriptMap | undefined {
  const { mappings, sources, sourceRoot } = json;
  if (typeof mappings !== "string" || !Array.isArray(sources)) return undefined;
  const original = readMappings(mappings);
  const root = typeof sourceRoot === "string" ? sourceRoot : "";
  return (line, column) => {
    const place = original(line - 1, column - 1);
    if (place === undefined) return "unmapped";
    const source: unknown = sources[place.source];
    if (typeof source !== "string") return "unmapped";
    return { source: rooted(source, root), folder, line: place.line + 1 };
  };
}

function rooted(source: string, root: string): string {
  if (root === "" || /^[a-z][a-z0-9+.-]*:|^[\\/]/i.test(source)) return source;
  return /[\\/]$/.test(root) ? root + source : `${root}/${source}`;
}

/** The maps of parts of a script, each with where it begins, from 0. */
function sectionsOf(sections: readonly Json[], folder: string): ScriptMap | undefined {
  const parts = sections.map(({ offset, map }) => {
    const begin = offset as { line: number; column: number };
    return { line: begin.line + 1, column: begin.column, map: flatMapOf(map as Json, folder) };
  });
  return (line, column) => {
    let found: (typeof parts)[number] | undefined;
    for (const part of parts) {
      if (part.line < line || (part.line === line && part.column < column)) found = part;
    }
    if (found === undefined) return "unmapped";
    return found.map?.(line - found.line + 1, line === found.line ? column - found.column : column);
  };
}
