import type { Findings } from "./findings.ts";
import { type Identities, identities } from "./identities.ts";
import { moveSkewed } from "./moveSkewed.ts";
import { ParentFault, type Parents, parents } from "./parents.ts";
import { childrenOf, preorder, sortChildren } from "./preorder.ts";
import type { ResourceFacts } from "./resourceFacts.ts";
import { hexId } from "./spanId.ts";
import type { SpanSink } from "./spanSink.ts";
import { type SpanTimes, spanTimes, TimeFault } from "./spanTimes.ts";

/** What is found of the records of one trace: which are spans, their times, their tree, and the order of its rows. */
export interface Arrangement extends Findings {
  /** The record in each row: an index of `rows`. */
  readonly record: Int32Array;
}

/** Repairs the records in `rows`, which are indexes of committed spans of one trace, and puts them in pre-order. */
export function arrangement(sink: SpanSink, rows: Int32Array, facts: ResourceFacts): Arrangement {
  const service = Int32Array.from(rows, (row) => {
    const resource = sink.resource.data[row];
    return resource >= 0 && facts.hasService[resource] ? facts.service[resource] : -1;
  });
  const times = spanTimes(sink, rows);
  const ids = identities(sink, rows, service);
  joinTimes(times, ids);
  const tree = parents(sink, rows, ids, times, service);
  const children = childrenOf(tree.parent, ids.into);
  const hostOf = (record: number) =>
    sink.resource.data[rows[record]] < 0 ? 0 : facts.host[sink.resource.data[rows[record]]];
  const moved = moveSkewed(
    children,
    tree.parent,
    times,
    ids,
    (record) => sink.kind.data[rows[record]],
    hostOf,
  );
  sortChildren(children, siblingOrder(sink, rows, ids, tree, times));
  return { record: preorder(children), times, ids, tree, moved };
}

/** A span that came in parts has the earliest start and the longest duration of them. */
function joinTimes(times: SpanTimes, ids: Identities): void {
  const { start, duration, fault } = times;
  for (let i = 0; i < ids.into.length; i++) {
    const into = ids.into[i];
    if (into < 0 || (fault[i] & TimeFault.noStart) !== 0) continue;
    if ((fault[into] & TimeFault.noStart) !== 0 || start[i] < start[into]) start[into] = start[i];
    fault[into] &= ~TimeFault.noStart;
    if ((fault[i] & TimeFault.noEnd) === 0) {
      duration[into] = Math.max(duration[into], duration[i]);
      fault[into] &= ~TimeFault.noEnd;
    }
  }
}

/** Siblings by start; roots that have no parent before those whose parent is missing, which stand together by that parent. */
function siblingOrder(
  sink: SpanSink,
  rows: Int32Array,
  ids: Identities,
  tree: Parents,
  times: SpanTimes,
): (a: number, b: number) => number {
  const missing = (i: number) => tree.fault[i] & ParentFault.missing;
  const parentOf = (i: number) => hexId(sink.parents.data[2 * rows[i]], sink.parents.data[2 * rows[i] + 1]);
  const groupStart = new Map<string, number>();
  for (let i = 0; i < rows.length; i++) {
    if (missing(i) === 0) continue;
    const key = parentOf(i);
    groupStart.set(key, Math.min(groupStart.get(key) ?? Number.POSITIVE_INFINITY, times.start[i]));
  }
  return (a, b) => {
    if (missing(a) !== missing(b)) return missing(a) - missing(b);
    if (missing(a) !== 0) {
      const keyA = parentOf(a);
      const keyB = parentOf(b);
      if (keyA !== keyB) return groupStart.get(keyA)! - groupStart.get(keyB)! || (keyA < keyB ? -1 : 1);
    }
    return (
      times.start[a] - times.start[b] ||
      ids.words[2 * a] - ids.words[2 * b] ||
      ids.words[2 * a + 1] - ids.words[2 * b + 1] ||
      a - b
    );
  };
}
