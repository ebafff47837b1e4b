import { unescaped } from "../base/unescaped.ts";

/** The path segments of a file's id: a URI, whose scheme, authority and percent signs are read, or a plain path with "/". */
export function fileSegments(file: string): string[] {
  const uri = /^[A-Za-z][\w+.-]+:(?:\/\/[^/]*)?/.exec(file);
  const path = uri === null ? file : file.slice(uri[0].length).replace(/[?#].*$/, "");
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment !== "" && segment !== ".") segments.push(uri === null ? segment : unescaped(segment));
  }
  return segments;
}

/** How many segments two paths have in common at their ends. */
export function commonTail(a: readonly string[], b: readonly string[], ignoreCase: boolean): number {
  const longest = Math.min(a.length, b.length);
  for (let n = 0; n < longest; n++) {
    const left = a[a.length - 1 - n];
    const right = b[b.length - 1 - n];
    if (left !== right && !(ignoreCase && left.toLowerCase() === right.toLowerCase())) return n;
  }
  return longest;
}

/** The files that share the most segments with a sent path, and how many those are. */
export interface BestTail {
  readonly files: readonly string[];
  readonly length: number;
}

/**
 * The files whose ends have the most segments in common with `sent`. Case counts, except in a path of Windows or where the
 * file system has already answered with a name of other case.
 */
export function longestTail(sent: readonly string[], windows: boolean, files: readonly string[]): BestTail {
  let best: string[] = [];
  let length = 0;
  const last = sent[sent.length - 1];
  for (const file of files) {
    const segments = fileSegments(file);
    const folded = windows || segments[segments.length - 1] !== last;
    const tail = commonTail(sent, segments, folded);
    if (tail > length) {
      best = [];
      length = tail;
    }
    if (tail === length && tail > 0) best.push(file);
  }
  return { files: best, length };
}
