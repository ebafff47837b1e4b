import { compactStrings } from "./compactStrings.ts";
import { type Findings, notesOf, warningsOf } from "./findings.ts";
import { gatherAttributes, gatherEvents, gatherLinks, gatherOwners, type RowRecords } from "./gather.ts";
import { type Identities, identities } from "./identities.ts";
import { markRows } from "./marks.ts";
import { moveSkewed } from "./moveSkewed.ts";
import { ParentFault, type Parents, parents } from "./parents.ts";
import { childrenOf, preorder, sortChildren } from "./preorder.ts";
import { type ResourceFacts, resourceFacts } from "./resourceFacts.ts";
import { hexId } from "./spanId.ts";
import type { SpanSink } from "./spanSink.ts";
import { type SpanTimes, spanTimes, TimeFault } from "./spanTimes.ts";
import { bigintOfWords } from "./time64.ts";
import { Mark, type Trace } from "./trace.ts";

/**
 * One trace of a sink, repaired and in pre-order: every record is in exactly one row, save exact resends, which are counted
 * in the notes. This is the only place where bad input is repaired, and each repair leaves a warning on its span. Works in
 * loops only: depth and width are bounded by memory alone. `trace` is an index into `sink.traceIds`.
 */
export function buildTrace(sink: SpanSink, trace: number): Trace {
  const rows = recordsOf(sink, trace);
  const facts = resourceFacts(sink);
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
  const record = preorder(children);
  return lay(sink, trace, { record, more: ids.more, rows }, facts, { times, ids, tree, moved });
}

function lay(sink: SpanSink, trace: number, at: RowRecords, facts: ResourceFacts, found: Findings): Trace {
  const { record, rows, more } = at;
  const { times, ids, tree, moved } = found;
  const length = record.length;
  const rowOf = new Int32Array(rows.length).fill(-1);
  for (let row = 0; row < length; row++) rowOf[record[row]] = row;

  const start = new Float64Array(length);
  const duration = new Float64Array(length);
  const parent = new Int32Array(length);
  const size = new Int32Array(length).fill(1);
  const depth = new Int32Array(length);
  const spanId = new Uint32Array(length * 2);
  const parentId = new Uint32Array(length * 2);
  const name = new Uint32Array(length);
  const kind = new Uint8Array(length);
  const status = new Uint8Array(length);
  const mark = new Uint8Array(length);
  const resource = new Uint32Array(length);
  const scope = new Uint32Array(length);
  const flags = new Uint32Array(length);
  const message = new Uint32Array(length);
  const skew = moved.delta === undefined ? new Float64Array(0) : new Float64Array(length);
  const service = new Uint32Array(length);
  const services: number[] = [];
  const serviceIndex = new Map<number, number>();
  let end = 0;
  let nameless = 0;

  for (let row = 0; row < length; row++) {
    const own = record[row];
    const s = rows[own];
    const up = tree.parent[own];
    start[row] = times.start[own];
    duration[row] = times.duration[own];
    end = Math.max(end, start[row] + duration[row]);
    parent[row] = up < 0 ? -1 : rowOf[up];
    depth[row] = up < 0 ? 0 : depth[parent[row]] + 1;
    spanId[2 * row] = ids.words[2 * own];
    spanId[2 * row + 1] = ids.words[2 * own + 1];
    parentId[2 * row] = sink.parents.data[2 * s];
    parentId[2 * row + 1] = sink.parents.data[2 * s + 1];
    for (let r = own; r >= 0; r = more[r]) {
      const part = rows[r];
      name[row] ||= sink.name.data[part];
      kind[row] ||= sink.kind.data[part];
      status[row] ||= sink.status.data[part];
      message[row] ||= sink.message.data[part];
      flags[row] |= sink.flags.data[part];
    }
    if (skew.length > 0) skew[row] = moved.delta![own];
    if ((tree.fault[own] & ParentFault.missing) !== 0) mark[row] |= Mark.orphan;
    resource[row] = Math.max(0, sink.resource.data[s]);
    scope[row] = Math.max(0, sink.scope.data[s]);
    const label =
      sink.resource.data[s] < 0 ? sink.labels.internText("unknown_service") : facts.service[resource[row]];
    if (sink.resource.data[s] < 0 || facts.hasService[resource[row]] === 0) nameless++;
    let index = serviceIndex.get(label);
    if (index === undefined) {
      index = services.push(label) - 1;
      serviceIndex.set(label, index);
    }
    service[row] = index;
  }
  for (let row = length - 1; row >= 0; row--) if (parent[row] >= 0) size[parent[row]] += size[row];

  const epoch = { high: times.epochHigh, low: times.epochLow };
  const warnings = warningsOf(sink, rows, found).inRows(rowOf);
  const attributes = gatherAttributes(sink.attributes, at);
  const events = gatherEvents(sink, at, epoch, moved.delta);
  const links = gatherLinks(sink, at);
  markRows(sink, { attributes, events, links, warnings }, mark);
  const textRows = [...sink.textIds]
    .map(([s, text]) => ({ row: rowOfSinkRow(rows, rowOf, s), text: sink.texts.internText(text) }))
    .filter((entry) => entry.row >= 0)
    .sort((a, b) => a.row - b.row);
  const noOwner = emptyOwner(sink);

  return compactStrings(sink, {
    traceId: sink.traceIds[trace],
    epoch: bigintOfWords(epoch.high, epoch.low),
    end,
    length,
    start,
    duration,
    parent,
    size,
    depth,
    name,
    service,
    services: Uint32Array.from(services),
    kind,
    status,
    mark,
    spanId,
    parentId,
    resource,
    scope,
    flags,
    message,
    skew,
    attributes,
    events,
    links,
    resourceAttributes: gatherOwners(
      sink.resourceAttributes,
      (sink.resourceOwner.length === 0 ? [0] : sink.resourceOwner).map((owner) =>
        owner > 0 ? owner - 1 : noOwner.resource,
      ),
    ),
    scopes: {
      name: Uint32Array.from(sink.scopeName.length === 0 ? [noOwner.label] : sink.scopeName),
      version: Uint32Array.from(sink.scopeVersion.length === 0 ? [noOwner.label] : sink.scopeVersion),
      attributes: gatherOwners(
        sink.scopeAttributes,
        (sink.scopeOwner.length === 0 ? [0] : sink.scopeOwner).map((owner) =>
          owner > 0 ? owner - 1 : noOwner.scope,
        ),
      ),
    },
    warnings,
    textIds: {
      row: Uint32Array.from(textRows, (entry) => entry.row),
      text: Uint32Array.from(textRows, (entry) => entry.text),
    },
    notes: notesOf(sink, ids.dropped, nameless),
    labels: sink.labels.table(),
    texts: sink.texts.table(),
  });
}

/** An owner without attributes, for a resource or a scope of which nothing was said. */
function emptyOwner(sink: SpanSink): { resource: number; scope: number; label: number } {
  sink.resourceAttributes.reopen();
  sink.resourceAttributes.close();
  sink.scopeAttributes.reopen();
  sink.scopeAttributes.close();
  return {
    resource: sink.resourceAttributes.ends.length - 1,
    scope: sink.scopeAttributes.ends.length - 1,
    label: sink.labels.internText(""),
  };
}

function recordsOf(sink: SpanSink, trace: number): Int32Array {
  const column = sink.trace.data;
  if (sink.traceIds.length === 1) return Int32Array.from({ length: sink.length }, (_, i) => i);
  let count = 0;
  for (let i = 0; i < sink.length; i++) if (column[i] === trace) count++;
  const rows = new Int32Array(count);
  for (let i = 0, to = 0; i < sink.length; i++) if (column[i] === trace) rows[to++] = i;
  return rows;
}

function rowOfSinkRow(rows: Int32Array, rowOf: Int32Array, sinkRow: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (rows[middle] === sinkRow) return rowOf[middle];
    if (rows[middle] < sinkRow) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
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
