import type { Outline } from "./trace.ts";

/**
 * Self time of every row in ns: its duration without the union of its direct children, each clipped to the row; never below
 * 0 and never above the duration. One linear pass; it relies on siblings being in order of start.
 */
export function selfTimes(o: Pick<Outline, "length" | "start" | "duration" | "size">): Float64Array {
  const { length, start, duration, size } = o;
  const self = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    const end = start[row] + duration[row];
    const last = row + size[row];
    let edge = start[row];
    let covered = 0;
    for (let child = row + 1; child < last; child += size[child]) {
      const from = Math.max(start[child], edge);
      const to = Math.min(start[child] + duration[child], end);
      if (to > from) {
        covered += to - from;
        edge = to;
      }
    }
    self[row] = Math.max(0, duration[row] - covered);
  }
  return self;
}
