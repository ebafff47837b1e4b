import type { Format } from "../../../src/formats/format.ts";
import type { AttributeColumns } from "../../../src/model/attributeColumns.ts";
import { attributeTypeNames } from "../../../src/model/attributes.ts";
import { hexId } from "../../../src/model/spanId.ts";
import { SpanSink } from "../../../src/model/spanSink.ts";
import type { StringTable } from "../../../src/model/stringTable.ts";
import { bigintOfWords } from "../../../src/model/time64.ts";

export type ReadAttribute = readonly [key: string, type: string, value: string];

/** A span as it is in the sink, in words a test can name. */
export interface ReadSpan {
  trace: string;
  id: string;
  parent: string;
  name: string;
  kind: number;
  status: number;
  message: string;
  flags: number;
  start: bigint;
  end: bigint;
  traits: string;
  attributes: ReadAttribute[];
  events: { name: string; time: bigint; attributes: ReadAttribute[] }[];
  links: { trace: string; span: string; attributes: ReadAttribute[] }[];
  resource: ReadAttribute[];
  scope: { name: string; version: string; attributes: ReadAttribute[] };
  warnings: string[];
}

/** Decodes `text`, cut into chunks of `size` bytes or at the places that `size` lists. */
export function decode(
  format: Format,
  text: string | Uint8Array,
  size: number | readonly number[] = 1 << 20,
): SpanSink {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const sink = new SpanSink();
  const decoder = format.decoder(sink);
  const ends = typeof size === "number" ? multiples(size, bytes.length) : [...size];
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    // A copy that is overwritten afterwards: a decoder may not keep what it was given.
    const chunk = bytes.slice(from, Math.max(from, end));
    decoder.write(chunk);
    chunk.fill(0x21);
    from = Math.max(from, end);
  }
  decoder.end();
  return sink;
}

function multiples(size: number, length: number): number[] {
  const ends: number[] = [];
  for (let at = size; at < length; at += size) ends.push(at);
  return ends;
}

/** Every span of the sink. */
export function spansOf(sink: SpanSink): ReadSpan[] {
  const labels = sink.labels.table();
  const texts = sink.texts.table();
  const attributes = (columns: AttributeColumns, owner: number): ReadAttribute[] =>
    owner < 0 ? [] : attributesIn(columns, owner, labels, texts);
  return Array.from({ length: sink.length }, (_, i): ReadSpan => {
    const [startHigh, startLow, endHigh, endLow] = sink.times.data.subarray(4 * i, 4 * i + 4);
    const message = sink.message.data[i];
    const traits = sink.traits.data[i];
    const scope = sink.scope.data[i];
    const range = (ends: { readonly data: Uint32Array }): number[] => {
      const from = i === 0 ? 0 : ends.data[i - 1];
      return Array.from({ length: ends.data[i] - from }, (_, k) => from + k);
    };
    return {
      trace: sink.traceIds[sink.trace.data[i]],
      id: sink.textIds.get(i) ?? hexId(sink.ids.data[2 * i], sink.ids.data[2 * i + 1]),
      parent: sink.parentTexts.get(i) ?? parentHex(sink, i),
      name: labels.at(sink.name.data[i]),
      kind: sink.kind.data[i],
      status: sink.status.data[i],
      message: message === 0 ? "" : texts.at(message - 1),
      flags: sink.flags.data[i],
      start: bigintOfWords(startHigh, startLow),
      end: bigintOfWords(endHigh, endLow),
      traits: ["badTime", "shared", "partial"].filter((_, bit) => (traits & (1 << bit)) !== 0).join(" "),
      attributes: attributes(sink.attributes, i),
      events: range(sink.eventEnds).map((event) => ({
        name: labels.at(sink.eventName.data[event]),
        time: bigintOfWords(sink.eventTimes.data[2 * event], sink.eventTimes.data[2 * event + 1]),
        attributes: attributes(sink.eventAttributes, event),
      })),
      links: range(sink.linkEnds).map((link) => ({
        trace: texts.at(sink.linkTrace.data[link]),
        span: texts.at(sink.linkSpan.data[link]),
        attributes: attributes(sink.linkAttributes, link),
      })),
      resource: attributes(sink.resourceAttributes, sink.resourceOwner[sink.resource.data[i]] - 1),
      scope: {
        name: labels.at(sink.scopeName[scope]),
        version: labels.at(sink.scopeVersion[scope]),
        attributes: attributes(sink.scopeAttributes, sink.scopeOwner[scope] - 1),
      },
      warnings: sink.spanWarnings.get(i) ?? [],
    };
  });
}

/** The spans of a text, and what was said of the whole. */
export function read(
  format: Format,
  text: string | Uint8Array,
  size?: number | readonly number[],
): { spans: ReadSpan[]; notes: string[] } {
  const sink = decode(format, text, size);
  return {
    spans: spansOf(sink),
    notes: [...sink.notes].map(([note, times]) => (times > 1 ? `${times} ${note}` : note)),
  };
}

function parentHex(sink: SpanSink, i: number): string {
  const [high, low] = sink.parents.data.subarray(2 * i, 2 * i + 2);
  return high === 0 && low === 0 ? "" : hexId(high, low);
}

function attributesIn(
  columns: AttributeColumns,
  owner: number,
  labels: StringTable,
  texts: StringTable,
): ReadAttribute[] {
  const list: ReadAttribute[] = [];
  for (let at = columns.from(owner); at < columns.to(owner); at++) {
    list.push([
      labels.at(columns.key.data[at]),
      attributeTypeNames[columns.type.data[at]],
      texts.at(columns.value.data[at]),
    ]);
  }
  return list;
}
