import { criticalOwn, criticalPath } from "../model/criticalPath.ts";
import { Mark, type Trace } from "../model/trace.ts";
import { codeLabels } from "./spanCode.ts";

/**
 * The rows of the critical path in the order to look at them: those that name a place in the code first, then those with
 * nothing but their name; in each, most self time on the critical path first.
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
  const slowerFirst = (a: number, b: number) => own[b] - own[a] || a - b;
  return Int32Array.from([...placed.sort(slowerFirst), ...unplaced.sort(slowerFirst)]);
}
