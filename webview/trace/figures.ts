import { criticalOwn, criticalPath } from "../../src/model/criticalPath.ts";
import { subtreeErrors } from "../../src/model/rows.ts";
import { selfTimes } from "../../src/model/selfTime.ts";
import { Mark, type Outline, Status } from "../../src/model/trace.ts";
import type { Figures } from "./pageState.ts";

/** How many slow spans can be walked through. */
const SLOW_SPANS = 1000;

/** Computes what the columns imply: each part one or two loops over them. */
export function computeFigures(o: Outline): Figures {
  const self = selfTimes(o);
  const path = criticalPath(o);
  const critical = criticalOwn(path, o.length);
  const pathOffset = new Uint32Array(o.length + 1);
  for (const row of path.row) pathOffset[row + 1]++;
  for (let row = 0; row < o.length; row++) pathOffset[row + 1] += pathOffset[row];
  const at = pathOffset.slice();
  const pathSection = new Uint32Array(path.row.length);
  for (let section = 0; section < path.row.length; section++) pathSection[at[path.row[section]]++] = section;

  const place = new Uint32Array(o.length);
  const children = new Uint32Array(o.length);
  let roots = 0;
  let depth = 0;
  let errors = 0;
  let criticalTotal = 0;
  for (let row = 0; row < o.length; row++) {
    place[row] = o.parent[row] < 0 ? ++roots : ++children[o.parent[row]];
    if (o.depth[row] > depth) depth = o.depth[row];
    if (o.status[row] === Status.error) errors++;
    criticalTotal += critical[row];
  }
  const siblings = new Uint32Array(o.length);
  for (let row = 0; row < o.length; row++) {
    siblings[row] = o.parent[row] < 0 ? roots : children[o.parent[row]];
  }
  return {
    self,
    path,
    pathOffset,
    pathSection,
    critical,
    criticalTotal,
    errorsBelow: subtreeErrors(o),
    place,
    siblings,
    slow: slowSpans(o, critical),
    depth: o.length === 0 ? 0 : depth + 1,
    errors,
  };
}

function slowSpans(o: Outline, critical: Float64Array): number[] {
  const all: number[] = [];
  const placed: number[] = [];
  for (let row = 0; row < o.length; row++) {
    if (critical[row] <= 0) continue;
    all.push(row);
    if ((o.mark[row] & Mark.place) !== 0) placed.push(row);
  }
  const rows = placed.length > 0 ? placed : all;
  return rows.sort((a, b) => critical[b] - critical[a] || a - b).slice(0, SLOW_SPANS);
}
