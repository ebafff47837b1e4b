import type { Identities } from "./identities.ts";
import { IdFault } from "./identities.ts";
import type { SpanSink } from "./spanSink.ts";
import type { SpanTimes } from "./spanTimes.ts";

/** The tree: the parent of each record, as an index of records; -1 for a root. There is no cycle in it. */
export interface Parents {
  readonly parent: Int32Array;
  /** Bits of ParentFault. */
  readonly fault: Uint8Array;
}

export const ParentFault = { missing: 1, self: 2, cycle: 4 } as const;

/** Finds the parent of every record that is a span of its own, and cuts every cycle at its earliest span. */
export function parents(
  sink: SpanSink,
  rows: Int32Array,
  ids: Identities,
  times: SpanTimes,
  service: Int32Array,
): Parents {
  const count = rows.length;
  const parent = new Int32Array(count).fill(-1);
  const fault = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    if (ids.into[i] >= 0) continue;
    if (ids.client[i] >= 0) {
      parent[i] = ids.client[i];
      continue;
    }
    let high = 0;
    let low = 0;
    for (let record = i; record >= 0 && high === 0 && low === 0; record = ids.more[record]) {
      high = sink.parents.data[2 * rows[record]];
      low = sink.parents.data[2 * rows[record] + 1];
    }
    if (high === 0 && low === 0) continue;
    if (high === ids.words[2 * i] && low === ids.words[2 * i + 1]) {
      fault[i] = ParentFault.self;
      continue;
    }
    parent[i] = chosen(ids, times, service, i, high, low);
    if (parent[i] < 0) fault[i] = ParentFault.missing;
  }
  cutCycles(parent, fault, times.start, ids.into);
  return { parent, fault };
}

/** Which of the spans with this id is the parent of `child`. */
function chosen(
  ids: Identities,
  times: SpanTimes,
  service: Int32Array,
  child: number,
  high: number,
  low: number,
): number {
  const first = ids.map.first(high, low);
  if (first < 0 || ids.map.next[first] < 0) return first;
  // One id for client and server: what the server's service did is under the server, and so is what neither did
  // (Jaeger moves all of it there); only the client's own service stays with the client.
  for (let i = first; i >= 0; i = ids.map.next[i]) {
    if ((ids.fault[i] & IdFault.shared) === 0) continue;
    if (service[i] === service[child] || service[ids.client[i]] !== service[child]) return i;
    return ids.client[i];
  }
  for (let i = first; i >= 0; i = ids.map.next[i]) {
    const end = times.start[i] + times.duration[i];
    if (times.start[child] >= times.start[i] && times.start[child] <= end) return i;
  }
  return first;
}

function cutCycles(parent: Int32Array, fault: Uint8Array, start: Float64Array, into: Int32Array): void {
  const walk = new Int32Array(parent.length);
  for (let i = 0; i < parent.length; i++) {
    if (walk[i] !== 0 || into[i] >= 0) continue;
    const mark = i + 1;
    let at = i;
    while (at >= 0 && walk[at] === 0) {
      walk[at] = mark;
      at = parent[at];
    }
    if (at < 0 || walk[at] !== mark) continue;
    let earliest = at;
    for (let k = parent[at]; k !== at; k = parent[k]) {
      if (start[k] < start[earliest] || (start[k] === start[earliest] && k < earliest)) earliest = k;
    }
    parent[earliest] = -1;
    fault[earliest] |= ParentFault.cycle;
  }
}
