import { findSourceMap } from "node:module";
import { fileURLToPath } from "node:url";

export interface Position {
  /** An absolute path of the machine the program runs on. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Where a position of a running script stands in the source. With `--enable-source-maps` (or a loader that turns it on) Node
 * knows the source maps, and the position is that of the source the map names; without, it is the script's own. Undefined
 * for code of a package that was bundled into the script. Line and column from 1.
 */
export function sourcePosition(file: string, line: number, column: number): Position | undefined {
  const mapped = mappedPosition(file, line, column);
  const source = mapped?.source ?? file;
  if (source.includes("node_modules")) return undefined;
  const path = source.startsWith("file:") ? fileURLToPath(source) : source;
  return { path, line: mapped?.line ?? line };
}

interface MapEntry {
  readonly originalSource?: string;
  readonly originalLine?: number;
}

function mappedPosition(file: string, line: number, column: number) {
  try {
    // Node counts from 0 here.
    const entry = findSourceMap?.(file)?.findEntry(line - 1, column - 1) as MapEntry | undefined;
    if (typeof entry?.originalSource !== "string" || typeof entry.originalLine !== "number") return undefined;
    return { source: entry.originalSource, line: entry.originalLine + 1 };
  } catch {
    return undefined;
  }
}
