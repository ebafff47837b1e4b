import { type Outline, Status } from "./trace.ts";

/**
 * The rows to draw, ascending. `collapsed[i]` of 1 hides what is below row `i`. With `kept`, only its rows (1) and their
 * ancestors are left; collapsed rows stay collapsed.
 */
export function visibleRows(o: Outline, collapsed: Uint8Array, kept?: Uint8Array): Int32Array {
  const { length, size } = o;
  const needed = kept === undefined ? undefined : withAncestors(o, kept);
  const rows = new Int32Array(length);
  let count = 0;
  let row = 0;
  while (row < length) {
    if (needed !== undefined && needed[row] === 0) {
      row += size[row];
      continue;
    }
    rows[count++] = row;
    row += collapsed[row] === 1 ? size[row] : 1;
  }
  return count === length ? rows : rows.slice(0, count);
}

function withAncestors(o: Outline, kept: Uint8Array): Uint8Array {
  const needed = kept.slice();
  for (let row = o.length - 1; row > 0; row--) {
    if (needed[row] === 1 && o.parent[row] >= 0) needed[o.parent[row]] = 1;
  }
  return needed;
}

/** What is collapsed when only rows down to `depth` show: 0 leaves the roots, Infinity collapses nothing. */
export function collapseToDepth(o: Outline, depth: number): Uint8Array {
  const collapsed = new Uint8Array(o.length);
  for (let row = 0; row < o.length; row++) if (o.depth[row] >= depth && o.size[row] > 1) collapsed[row] = 1;
  return collapsed;
}

/** The ancestors of a row, root first. */
export function ancestorsOf(o: Outline, row: number): number[] {
  const ancestors: number[] = [];
  for (let at = o.parent[row]; at >= 0; at = o.parent[at]) ancestors.push(at);
  return ancestors.reverse();
}

/**
 * Where `row` is among the visible rows. A row hidden below a collapsed one answers with that one, its nearest visible
 * ancestor. -1 when there is none; rows hidden by "only matches" need the outline to find theirs.
 */
export function indexOfRow(visible: Int32Array, row: number, o?: Outline): number {
  for (let wanted = row; wanted >= 0; wanted = o.parent[wanted]) {
    const index = lastAtOrBefore(visible, wanted);
    if (o === undefined || index < 0 || visible[index] === wanted) return index;
  }
  return -1;
}

function lastAtOrBefore(visible: Int32Array, row: number): number {
  let low = 0;
  let high = visible.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (visible[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** How many spans below each row have failed, the row itself not counted: what a collapsed row says of its inside. */
export function subtreeErrors(o: Outline): Int32Array {
  const errors = new Int32Array(o.length);
  for (let row = o.length - 1; row > 0; row--) {
    const parent = o.parent[row];
    if (parent >= 0) errors[parent] += errors[row] + (o.status[row] === Status.error ? 1 : 0);
  }
  return errors;
}
