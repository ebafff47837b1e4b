import { Column, doubles, ints } from "./column.ts";
import { Kind, type Outline } from "./trace.ts";

/**
 * The critical path as sections: `row[i]` is what the trace waited for from `start[i]` to `end[i]` (ns after the epoch).
 * Root after root; within a root the sections ascend, touch, and cover exactly the root's interval.
 */
export interface CriticalPath {
  readonly row: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

export interface CriticalPathOptions {
  /** A child that ends exactly where the next begins counts as having ended before it. On unless said otherwise. */
  readonly abutting?: boolean;
}

/** What of a trace the critical path depends on. */
export type PathRows = Pick<Outline, "length" | "epoch" | "start" | "duration" | "parent" | "size" | "kind">;

/**
 * The critical path of each root: Jaeger UI's algorithm of 2026. Consumers under a producer are left out, children are
 * clipped to their parents, then the path is walked back from the end, each time to the child that finished last.
 *
 * Jaeger's rule is strict: a child competes only when it ended before the next one began. Times rounded to µs make
 * siblings touch as a rule, and then the strict rule gives their work to the parent:
 *
 *     A ==========         strict    A =====
 *     B =====                        C      =====
 *     C      =====         abutting  B =====
 *                                    C      =====
 *
 * So the abutting rule is the default, and the strict one is there to compare with Jaeger. The abutting rule also forgives
 * what the JavaScript SDK does: it cuts starts to whole ms but not ends, so that of two awaited calls the second seems to
 * begin up to 1 ms before the first has ended. A start at a whole ms is taken to be anywhere in that ms; seen in a real
 * checkout of 626 ms, where 465 ms of the slowest call were otherwise given to its caller for an overlap of 0.36 ms.
 * Linear but for sorting the children of rows on the path; nothing recurses.
 */
export function criticalPath(o: PathRows, options: CriticalPathOptions = {}): CriticalPath {
  const abutting = options.abutting ?? true;
  const clipped = clipToParents(o);
  const { start, end } = clipped;
  const offset = Number(o.epoch % 1_000_000n);
  /** How much later than `before` the truth may be. */
  const slack = (before: number) => (abutting && (before + offset) % 1_000_000 === 0 ? 999_999 : 0);
  // The candidates of the rows being walked are a stack of segments: a row's are pushed when it is entered.
  const candidates = new Int32Array(o.length);
  const next = new Int32Array(o.length);
  const stop = new Int32Array(o.length);
  const path = { row: new Column(ints), start: new Column(doubles), end: new Column(doubles) };
  const emit = (row: number, from: number, to: number) => {
    if (from >= to) return;
    path.row.push(row);
    path.start.push(from);
    path.end.push(to);
  };

  for (let root = lastRoot(o, o.length); root >= 0; root = lastRoot(o, root)) {
    let row = root;
    // Work that counts must have ended before this; the end of the row itself when it has just been entered.
    let before = end[row];
    let entered = true;
    while (row >= 0) {
      if (entered) {
        next[row] = row === root ? 0 : stop[o.parent[row]];
        stop[row] = pushByEnd(o, row, clipped, candidates, next[row]);
      }
      // `before` only falls while a row is walked, so a candidate that is passed over once is never looked at again.
      let at = next[row];
      const latest = before + slack(before);
      while (at < stop[row]) {
        const child = candidates[at];
        const fits =
          entered || (abutting ? end[child] <= latest && start[child] < before : end[child] < before);
        if (fits && !(abutting && start[child] === end[child])) break;
        at++;
      }
      next[row] = at + 1;
      if (at < stop[row]) {
        const child = candidates[at];
        emit(row, end[child], before);
        row = child;
        before = Math.min(before, end[child]);
        entered = true;
      } else {
        emit(row, start[row], before);
        before = Math.min(before, start[row]);
        row = row === root ? -1 : o.parent[row];
        entered = false;
      }
    }
  }
  return {
    row: path.row.trimmed().reverse(),
    start: path.start.trimmed().reverse(),
    end: path.end.trimmed().reverse(),
  };
}

/** How much of the critical path is each row's own, in ns. */
export function criticalOwn(path: CriticalPath, rows: number): Float64Array {
  const own = new Float64Array(rows);
  for (let i = 0; i < path.row.length; i++) own[path.row[i]] += path.end[i] - path.start[i];
  return own;
}

interface Clipped {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** 1 for a row that cannot be on the path: outside its parent, a consumer of its producer, or below such a row. */
  readonly dropped: Uint8Array;
}

function clipToParents(o: PathRows): Clipped {
  const start = o.start.slice();
  const end = new Float64Array(o.length);
  const dropped = new Uint8Array(o.length);
  for (let row = 0; row < o.length; row++) {
    end[row] = start[row] + o.duration[row];
    const parent = o.parent[row];
    if (parent < 0) continue;
    const outside = start[row] >= end[parent] || end[row] <= start[parent];
    const consumed = o.kind[row] === Kind.consumer && o.kind[parent] === Kind.producer;
    if (dropped[parent] === 1 || outside || consumed) dropped[row] = 1;
    if (start[row] < start[parent]) start[row] = start[parent];
    if (end[row] > end[parent]) end[row] = end[parent];
  }
  return { start, end, dropped };
}

/** The last root before row `before`, or -1. */
function lastRoot(o: PathRows, before: number): number {
  for (let row = before - 1; row >= 0; row--) if (o.parent[row] < 0) return row;
  return -1;
}

/** Puts the children that may be on the path at `out[at …]`, latest end first, ties in their order; returns where they stop. */
function pushByEnd(o: PathRows, row: number, clipped: Clipped, out: Int32Array, at: number): number {
  const { end, dropped } = clipped;
  const last = row + o.size[row];
  let stop = at;
  let ascending = true;
  for (let child = row + 1; child < last; child += o.size[child]) {
    if (dropped[child] === 1) continue;
    if (stop > at && end[child] <= end[out[stop - 1]]) ascending = false;
    out[stop++] = child;
  }
  const children = out.subarray(at, stop);
  // Children that run one after the other, however many, need no sorting.
  if (ascending) children.reverse();
  else children.sort((a, b) => end[b] - end[a] || a - b);
  return stop;
}
