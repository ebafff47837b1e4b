import { arrangement } from "./arrangement.ts";
import { compactStrings } from "./compactStrings.ts";
import { type Findings, notesOf, warningsOf } from "./findings.ts";
import { gatherAttributes, gatherEvents, gatherLinks, gatherOwners, type RowRecords } from "./gather.ts";
import { markRows } from "./marks.ts";
import { ParentFault } from "./parents.ts";
import { type ResourceFacts, resourceFacts } from "./resourceFacts.ts";
import type { SpanSink } from "./spanSink.ts";
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
  const found = arrangement(sink, rows, facts);
  return lay(sink, trace, { record: found.record, more: found.ids.more, rows }, facts, found);
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
