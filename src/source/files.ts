import type { SourceMapRead } from "./maps/sourceMap.ts";

/** A position in a file of the workspace. Line and column count from 1; column 0 means "the line". */
export interface Location {
  /** The file, as `Files` names it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SymbolHit extends Location {
  readonly name: string;
  readonly container: string;
}

export interface WrittenMap extends SourceMapRead {
  /** Unix ms. */
  readonly writtenMs: number;
}

/**
 * The workspace as source resolution sees it: only files that are known to be in it, named by opaque ids (URIs) whose paths
 * use "/". Nothing here opens or stats a path that came from a trace.
 */
export interface Files {
  /** Ids of the known files whose last path segment is `name`; case ignored where the file system ignores it. */
  named(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The same for scripts and source maps in the folders that builds write, which `named` leaves out. */
  built(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * What a known script or source map says of where it comes from, and when it was written; undefined when it is gone, larger
   * than 32 MB, or a link that leads out of the workspace.
   */
  sourceMap(file: string, signal: AbortSignal): Promise<WrittenMap | undefined>;
  /** The text of a known file, or undefined when it is gone or larger than 2 MB. */
  text(file: string, signal: AbortSignal): Promise<string | undefined>;
  /** What the workspace's symbol providers know under `name`. */
  symbols(name: string, signal: AbortSignal): Promise<readonly SymbolHit[]>;
  /** Where `literal` stands in the text of known source files, at most `limit` places. */
  search(literal: string, limit: number, signal: AbortSignal): Promise<readonly Location[]>;
}
