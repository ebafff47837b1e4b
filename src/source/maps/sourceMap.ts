/**
 * A source map as columns: the mappings of generated line `i` are those from `lineStart[i]` to `lineStart[i + 1]`, by their
 * `column`. Lines and columns count from 0 here, as in the file format (ECMA-426). Nothing in it is trusted: `sources` are texts.
 */
export interface SourceMap {
  /** As the map names them, with its sourceRoot before them; "" for what is no path. */
  readonly sources: readonly string[];
  readonly lineStart: Uint32Array<ArrayBuffer>;
  readonly column: Int32Array<ArrayBuffer>;
  /** An index of `sources`, or -1 where the generated code comes from none. */
  readonly source: Int32Array<ArrayBuffer>;
  readonly sourceLine: Int32Array<ArrayBuffer>;
  readonly sourceColumn: Int32Array<ArrayBuffer>;
}

/** What a file says of source maps: a script may name one by `link` or hold one; a map is one. Neither: it has none. */
export interface SourceMapRead {
  /** As written behind `sourceMappingURL=`; "" for none, or one that is in the file itself. */
  readonly link: string;
  readonly map: SourceMap | undefined;
}

/** A place in a source. Lines and columns count from 1. */
export interface MappedPlace {
  /** An index of the map's `sources`. */
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

/**
 * Where the generated line and column come from; both count from 1, and column 0 means the first mapping of the line. A
 * column before the first mapping is taken as that one. Undefined when the map says nothing of the place.
 */
export function mappedPlace(map: SourceMap, line: number, column: number): MappedPlace | undefined {
  if (line < 1 || line >= map.lineStart.length) return undefined;
  const from = map.lineStart[line - 1];
  const to = map.lineStart[line];
  let at = column > 0 ? lastAtOrBefore(map.column, column - 1, from, to) : from;
  // What has no column, or stands before all mappings, is of the first one that has a source.
  const isFirst = column <= 0 || at < from;
  if (isFirst) for (at = from; at < to && map.source[at] < 0; ) at++;
  if (at >= to || map.source[at] < 0) return undefined;
  return { source: map.source[at], line: map.sourceLine[at] + 1, column: map.sourceColumn[at] + 1 };
}

/** Source lines that one statement may take, as a compiler writes it on one line. */
const longestStatement = 40;

/** Whether a generated line has code of far more than one statement: without a column it says little of where that was. */
export function isMinified({ lineStart, source, sourceLine }: SourceMap, line: number): boolean {
  if (line < 1 || line >= lineStart.length) return false;
  let first = -1;
  let least = 0;
  let most = 0;
  for (let at = lineStart[line - 1]; at < lineStart[line]; at++) {
    if (source[at] < 0) continue;
    if (first < 0) least = most = sourceLine[at];
    if (first >= 0 && source[at] !== first) return true;
    first = source[at];
    least = Math.min(least, sourceLine[at]);
    most = Math.max(most, sourceLine[at]);
  }
  return most - least > longestStatement;
}

/** About how many bytes a map takes in memory. */
export function bytesOf({ sources, lineStart, column }: SourceMap): number {
  let texts = 0;
  for (const source of sources) texts += source.length;
  return 2 * texts + 4 * lineStart.length + 16 * column.length;
}

/** Of several mappings of one column the first counts: the others are of what is nothing in the generated code. */
function lastAtOrBefore(columns: Int32Array, column: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns[middle] <= column) low = middle + 1;
    else high = middle;
  }
  let at = low - 1;
  while (at > from && columns[at - 1] === columns[at]) at--;
  return at;
}
