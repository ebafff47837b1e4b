import { Kind, type Outline } from "./trace.ts";

/** Of the rows of one trace: in pre-order, names by number. Own and critical time are written to. */
export interface TimedRows
  extends Pick<Outline, "length" | "start" | "duration" | "parent" | "size" | "kind"> {
  /** A number below `lines` for each row whose place names code, -1 for the others. */
  readonly line: Int32Array;
  readonly lines: number;
  readonly name: Uint32Array;
  readonly self: Float64Array;
  readonly critical: Float64Array;
}

/**
 * Which rows are layers of a call: of those at one line that enclose each other, the ones not named as the outermost. Such a
 * row is how a library does its work, as a framework's handler within its request or a connection within a fetch; a function
 * that calls itself has its name again. Node's clients connect beside their call, not below it: an internal span within the
 * time of a client's, of one parent and line, is a layer too. The own and critical time of a layer goes to the call it is of.
 */
export function foldLayers(rows: TimedRows): Uint8Array {
  const { length, start, duration, parent, size, kind, line, lines, name, self, critical } = rows;
  const isLayer = new Uint8Array(length);
  const outermost = new Int32Array(lines).fill(-1);
  /** The row behind the last that is within the outermost, or within a layer beside it. */
  const behind = new Int32Array(lines);
  const innermost = new Int32Array(lines).fill(-1);
  /** The client's call that ends last, of those that began since another parent had one. */
  const client = new Int32Array(lines).fill(-1);
  const around = new Int32Array(length).fill(-1);

  const endOf = (row: number) => start[row] + duration[row];
  const isBeside = (row: number, call: number) =>
    call >= 0 &&
    kind[row] <= Kind.internal &&
    parent[row] === parent[call] &&
    name[row] !== name[call] &&
    endOf(row) <= endOf(call);

  function noteClient(at: number, row: number): void {
    const known = client[at];
    if (known < 0 || parent[known] !== parent[row] || endOf(row) > endOf(known)) client[at] = row;
  }

  for (let row = 0; row < length; row++) {
    const at = line[row];
    if (at < 0) continue;
    if (row >= behind[at]) {
      behind[at] = row + size[row];
      const call = client[at];
      if (isBeside(row, call)) {
        isLayer[row] = 1;
        critical[call] += critical[row];
        outermost[at] = innermost[at] = call;
        continue;
      }
      outermost[at] = innermost[at] = row;
      if (kind[row] === Kind.client) noteClient(at, row);
      continue;
    }
    let call = innermost[at];
    while (around[call] >= 0 && row >= call + size[call]) call = around[call];
    innermost[at] = call;
    if (name[row] === name[outermost[at]]) {
      around[row] = call;
      innermost[at] = row;
      continue;
    }
    isLayer[row] = 1;
    critical[call] += critical[row];
    // What is beside the call is in its own time already; layers may run side by side.
    if (row < call + size[call]) self[call] = Math.min(duration[call], self[call] + self[row]);
  }
  return isLayer;
}
