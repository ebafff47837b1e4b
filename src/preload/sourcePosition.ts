import { findSourceMap } from "node:module";
import { dirname } from "node:path";
import type { Frame } from "./frame.ts";
import { preparedPosition } from "./preparedPosition.ts";
import { type MappedPlace, scriptMap } from "./scriptMap.ts";
import { pathOf } from "./scriptPath.ts";
import { sourceFile } from "./sourceFile.ts";
import { runsUnchanged } from "./unchangedText.ts";

export interface Position {
  /** An absolute path of the machine the program runs on. */
  readonly path: string;
  /** From 1; undefined when what runs is not what the file has, and nobody knows how both relate. */
  readonly line: number | undefined;
}

/**
 * Where a frame of a running script stands in the source. First who knows decides: Node, with `--enable-source-maps` or a loader
 * that turns it on; the source map that the script names; the program's own way to print stacks. Where none does, or the source
 * is not on this machine, it is the script's own position. Undefined for code of a package, or of the compiler, in a bundle.
 */
export function sourcePosition(frame: Frame, script: string): Position | undefined {
  const path = pathOf(script);
  const line = frame.getLineNumber() ?? 0;
  const column = frame.getColumnNumber() ?? 0;
  const nodes = nodesPlace(script, line, column);
  const map = nodes === undefined ? scriptMap(path) : undefined;
  const mapped = nodes ?? map?.(line, column);
  if (mapped !== undefined) {
    if (mapped === "unmapped" || mapped.source.includes("node_modules")) return undefined;
    const isPath = nodes !== undefined && /^(?:file:|\/|\\\\|[a-z]:[\\/])/i.test(mapped.source);
    const file = isPath ? pathOf(mapped.source) : sourceFile(mapped.source, mapped.folder);
    return file === undefined ? { path, line } : { path: file, line: mapped.line };
  }
  const told = map === undefined ? preparedPosition(frame) : undefined;
  if (told !== undefined && (told.path !== path || told.line !== line || told.column !== column)) {
    return told.path.includes("node_modules") ? undefined : { path: told.path, line: told.line };
  }
  return { path, line: runsUnchanged(frame, path) ? line : undefined };
}

/** From Node, which counts from 0 here. */
function nodesPlace(script: string, line: number, column: number): MappedPlace | "unmapped" | undefined {
  try {
    const map = findSourceMap?.(script);
    if (map === undefined) return undefined;
    const { originalSource, originalLine } = map.findEntry(line - 1, column - 1) as {
      originalSource?: unknown;
      originalLine?: unknown;
    };
    if (typeof originalSource !== "string" || typeof originalLine !== "number") return "unmapped";
    return { source: originalSource, folder: dirname(pathOf(script)), line: originalLine + 1 };
  } catch {
    return undefined;
  }
}
