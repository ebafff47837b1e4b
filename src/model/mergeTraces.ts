import type { AttributeColumns } from "./attributeColumns.ts";
import type { Attributes, AttributeType } from "./attributes.ts";
import { buildTrace } from "./buildTrace.ts";
import { SpanSink } from "./spanSink.ts";
import type { StringPool } from "./stringPool.ts";
import type { StringTable } from "./stringTable.ts";
import { wordsOfBigint } from "./time64.ts";
import type { Trace } from "./trace.ts";

/**
 * What several sources have of one trace, as one: every span once, the first source that has it wins. Times are as they were
 * sent; the builder repairs the whole anew.
 */
export function mergeTraces(traces: readonly Trace[]): Trace {
  const sink = new SpanSink();
  const known = new Set<string>();
  for (const trace of traces) addTrace(sink, trace, traces[0].traceId, known);
  for (const trace of traces) for (const note of trace.notes) sink.note(note);
  return buildTrace(sink, 0);
}

/** Puts the spans that are not `known` yet back into a sink, as a decoder would. */
function addTrace(sink: SpanSink, trace: Trace, traceId: string, known: Set<string>): void {
  const label = moved(trace.labels, sink.labels);
  const text = moved(trace.texts, sink.texts);
  const copy = (from: Attributes, owner: number, to: AttributeColumns): void => {
    for (let i = from.offset[owner]; i < from.offset[owner + 1]; i++) {
      to.add(label(from.key[i]), from.type[i] as AttributeType, text(from.value[i]));
    }
  };
  const resource = new Map<number, number>();
  const scope = new Map<number, number>();
  const resourceOf = (own: number): number => {
    const made = resource.get(own);
    if (made !== undefined) return made;
    const index = sink.addResource();
    sink.openResource();
    copy(trace.resourceAttributes, own, sink.resourceAttributes);
    sink.closeResource(index);
    resource.set(own, index);
    return index;
  };
  const scopeOf = (own: number): number => {
    const made = scope.get(own);
    if (made !== undefined) return made;
    const index = sink.addScope();
    sink.openScope();
    copy(trace.scopes.attributes, own, sink.scopeAttributes);
    sink.closeScope(index, label(trace.scopes.name[own]), label(trace.scopes.version[own]));
    scope.set(own, index);
    return index;
  };
  const textIds = new Map<number, number>();
  for (let i = 0; i < trace.textIds.row.length; i++) textIds.set(trace.textIds.row[i], trace.textIds.text[i]);
  const hasSkew = trace.skew.length > 0;

  for (let row = 0; row < trace.length; row++) {
    const key = `${trace.spanId[2 * row]} ${trace.spanId[2 * row + 1]} ${trace.kind[row]}`;
    if (known.has(key)) continue;
    known.add(key);
    sink.begin();
    const { span } = sink;
    span.traceText = traceId;
    span.idHigh = trace.spanId[2 * row];
    span.idLow = trace.spanId[2 * row + 1];
    const idText = textIds.get(row);
    if (idText !== undefined) span.idText = trace.texts.at(idText);
    span.parentHigh = trace.parentId[2 * row];
    span.parentLow = trace.parentId[2 * row + 1];
    span.name = label(trace.name[row]);
    span.kind = trace.kind[row];
    span.status = trace.status[row];
    span.message = trace.message[row] === 0 ? 0 : text(trace.message[row] - 1) + 1;
    span.flags = trace.flags[row];
    const moved = hasSkew ? trace.skew[row] : 0;
    const at = (ns: number) => wordsOfBigint(trace.epoch + BigInt(Math.round(ns - moved)));
    ({ high: span.startHigh, low: span.startLow } = at(trace.start[row]));
    ({ high: span.endHigh, low: span.endLow } = at(trace.start[row] + trace.duration[row]));
    copy(trace.attributes, row, sink.attributes);
    for (let i = trace.events.offset[row]; i < trace.events.offset[row + 1]; i++) {
      copy(trace.events.attributes, i, sink.eventAttributes);
      const { high, low } = at(trace.events.time[i]);
      sink.addEvent(high, low, label(trace.events.name[i]));
    }
    for (let i = trace.links.offset[row]; i < trace.links.offset[row + 1]; i++) {
      copy(trace.links.attributes, i, sink.linkAttributes);
      sink.addLink(text(trace.links.traceId[i]), text(trace.links.spanId[i]));
    }
    sink.commit(resourceOf(trace.resource[row]), scopeOf(trace.scope[row]));
  }
}

/** Index in a pool of string `i` of a table, each interned once. */
function moved(table: StringTable, pool: StringPool): (index: number) => number {
  const known = new Int32Array(table.length).fill(-1);
  return (index) => {
    if (known[index] < 0)
      known[index] = pool.intern(table.bytes, table.offsets[index], table.offsets[index + 1]);
    return known[index];
  };
}
