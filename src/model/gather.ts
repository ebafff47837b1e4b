import type { AttributeColumns } from "./attributeColumns.ts";
import type { Attributes } from "./attributes.ts";
import type { SpanSink } from "./spanSink.ts";
import type { Events, Links } from "./trace.ts";

/**
 * Visits the committed records of each row in order: most rows have one, a span that came in parts has several.
 * `record[row]` is the first, `more` chains the others, `rows` turns records into indexes of the sink.
 */
export interface RowRecords {
  readonly record: Int32Array;
  readonly more: Int32Array;
  readonly rows: Int32Array;
}

/** Attributes of the rows, in row order. */
export function gatherAttributes(from: AttributeColumns, at: RowRecords): Attributes {
  const { record, more, rows } = at;
  const count = record.length;
  const ends = from.ends.data;
  const offset = new Uint32Array(count + 1);
  for (let row = 0; row < count; row++) {
    let size = 0;
    for (let r = record[row]; r >= 0; r = more[r]) {
      const owner = rows[r];
      size += ends[owner] - (owner === 0 ? 0 : ends[owner - 1]);
    }
    offset[row + 1] = offset[row] + size;
  }
  const total = offset[count];
  const key = new Uint32Array(total);
  const type = new Uint8Array(total);
  const value = new Uint32Array(total);
  const fromKey = from.key.data;
  const fromType = from.type.data;
  const fromValue = from.value.data;
  let to = 0;
  for (let row = 0; row < count; row++) {
    for (let r = record[row]; r >= 0; r = more[r]) {
      const owner = rows[r];
      const end = ends[owner];
      for (let k = owner === 0 ? 0 : ends[owner - 1]; k < end; k++, to++) {
        key[to] = fromKey[k];
        type[to] = fromType[k];
        value[to] = fromValue[k];
      }
    }
  }
  return { offset, key, type, value };
}

/** The owners `list` of `from`, in that order. */
export function gatherOwners(from: AttributeColumns, list: readonly number[] | Int32Array): Attributes {
  const rows = Int32Array.from(list);
  return gatherAttributes(from, {
    record: Int32Array.from(rows, (_, i) => i),
    more: new Int32Array(rows.length).fill(-1),
    rows,
  });
}

/** For each row, which of the entries that `ends` divides among records are its own. */
function ownedEntries(ends: Uint32Array, at: RowRecords): { offset: Uint32Array; entries: Int32Array } {
  const { record, more, rows } = at;
  const offset = new Uint32Array(record.length + 1);
  const first = (owner: number) => (owner === 0 ? 0 : ends[owner - 1]);
  for (let row = 0; row < record.length; row++) {
    let size = 0;
    for (let r = record[row]; r >= 0; r = more[r]) size += ends[rows[r]] - first(rows[r]);
    offset[row + 1] = offset[row] + size;
  }
  const entries = new Int32Array(offset[record.length]);
  let to = 0;
  for (let row = 0; row < record.length; row++) {
    for (let r = record[row]; r >= 0; r = more[r]) {
      for (let k = first(rows[r]); k < ends[rows[r]]; k++) entries[to++] = k;
    }
  }
  return { offset, entries };
}

/** Events of the rows; `delta[record]` is by how much a record's times were moved. */
export function gatherEvents(
  sink: SpanSink,
  at: RowRecords,
  epoch: { readonly high: number; readonly low: number },
  delta: Float64Array | undefined,
): Events {
  const { offset, entries } = ownedEntries(sink.eventEnds.data, at);
  const time = new Float64Array(entries.length);
  const name = new Uint32Array(entries.length);
  let row = 0;
  for (let i = 0; i < entries.length; i++) {
    while (i >= offset[row + 1]) row++;
    const high = sink.eventTimes.data[2 * entries[i]];
    const low = sink.eventTimes.data[2 * entries[i] + 1];
    const moved = delta === undefined ? 0 : delta[at.record[row]];
    time[i] = (high - epoch.high) * 4294967296 + (low - epoch.low) + moved;
    name[i] = sink.eventName.data[entries[i]];
  }
  return { offset, time, name, attributes: gatherOwners(sink.eventAttributes, entries) };
}

/** Links of the rows. */
export function gatherLinks(sink: SpanSink, at: RowRecords): Links {
  const { offset, entries } = ownedEntries(sink.linkEnds.data, at);
  return {
    offset,
    traceId: Uint32Array.from(entries, (k) => sink.linkTrace.data[k]),
    spanId: Uint32Array.from(entries, (k) => sink.linkSpan.data[k]),
    attributes: gatherOwners(sink.linkAttributes, entries),
  };
}
