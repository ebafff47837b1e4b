import { criticalOwn, criticalPath } from "../model/criticalPath.ts";
import { Mark, type Trace } from "../model/trace.ts";
import { codeLabels } from "./spanCode.ts";

/** How many rows are put in order: nobody walks through more, and sorting a million takes a quarter of a second. */
const most = 2_000;

/**
 * The rows of the critical path in the order to look at them, at most about 4,000: those that name a place in the code first,
 * then those with nothing but their name; in each, most self time on the critical path first.
 */
export function slowSpans(trace: Trace): Int32Array {
  const own = criticalOwn(criticalPath(trace), trace.length);
  const names = codeLabels(trace.labels);
  const { offset, key } = trace.attributes;
  const hasPlace = (row: number): boolean => {
    if ((trace.mark[row] & Mark.place) !== 0) return true;
    for (let i = offset[row]; i < offset[row + 1]; i++) if (names[key[i]] === 1) return true;
    return false;
  };
  const placed: number[] = [];
  const unplaced: number[] = [];
  for (let row = 0; row < trace.length; row++) {
    if (own[row] > 0) (hasPlace(row) ? placed : unplaced).push(row);
  }
  return Int32Array.from([...slowest(placed, own), ...slowest(unplaced, own)]);
}

/** The slowest of the rows, slowest first: they are cut by a rough scale before they are sorted. */
function slowest(rows: readonly number[], own: Float64Array): number[] {
  const step = (row: number) => Math.floor(Math.log2(own[row] + 1) * 16);
  const counts = new Int32Array(17 * 64);
  for (const row of rows) counts[step(row)]++;
  let least = counts.length;
  for (let kept = 0; least > 0 && kept < most; ) kept += counts[--least];
  return rows.filter((row) => step(row) >= least).sort((a, b) => own[b] - own[a] || a - b);
}
