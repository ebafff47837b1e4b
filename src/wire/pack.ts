import type { Attributes } from "../model/attributes.ts";
import { StringTable } from "../model/stringTable.ts";
import type { Details, Outline, Trace } from "../model/trace.ts";
import {
  aligned,
  type Column,
  type Layout,
  type Packing,
  packedAlone,
  packing,
  unpackColumns,
} from "./packedColumns.ts";

/** The largest part of packed details that is sent as one message, in bytes. */
export const partSize = 8 << 20;

/** An outline in one buffer. A trace that came from `unpackTrace` is not packed again: its bytes are copied. */
export function packOutline(outline: Outline): ArrayBuffer {
  const known = packed.get(outline);
  if (known !== undefined) return copied(known.outline, 0, known.outline.length);
  return packedAlone(outlinePacking(outline));
}

function outlinePacking(outline: Outline): Packing {
  const { traceId, epoch, end, length, notes } = outline;
  const facts = { traceId, epoch: epoch.toString(), end, length, notes };
  return packing(facts, outlineLayout, [
    outline.start,
    outline.duration,
    outline.parent,
    outline.size,
    outline.depth,
    outline.name,
    outline.service,
    outline.services,
    outline.kind,
    outline.status,
    outline.mark,
    outline.spanId,
    outline.labels.bytes,
    outline.labels.offsets,
  ]);
}

/** The outline in a buffer of `packOutline`; its columns are views of it. */
export function unpackOutline(buffer: ArrayBuffer): Outline {
  return outlineOf(new Uint8Array(buffer));
}

/** Details in parts of at most 8 MB, cut anywhere: put together again they are what `unpackDetails` reads. */
export function packDetails(trace: Details): ArrayBuffer[] {
  const { parts, part } = detailParts(trace);
  return Array.from({ length: parts }, (_, i) => part(i));
}

/** The same, each part made when it is asked for, so that no task is longer than a copy of 8 MB. */
export function detailParts(trace: Details): {
  readonly parts: number;
  readonly part: (index: number) => ArrayBuffer;
} {
  const bytes = packed.get(trace)?.details ?? new Uint8Array(packedAlone(detailsPacking(trace)));
  return {
    parts: Math.ceil(bytes.length / partSize),
    part: (index) => copied(bytes, index * partSize, Math.min(bytes.length, (index + 1) * partSize)),
  };
}

/** The details in a buffer of `packDetails`; its columns are views of it. */
export function unpackDetails(buffer: ArrayBuffer): Details {
  return detailsOf(new Uint8Array(buffer));
}

/** Puts parts together. */
export function joinParts(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole.buffer;
}

/** A whole trace in one buffer, to be given to another thread: the packed outline, then the packed details. */
export function packTrace(trace: Trace): ArrayBuffer {
  const outline = outlinePacking(trace);
  const details = detailsPacking(trace);
  const start = 8 + aligned(outline.size);
  const whole = new Uint8Array(start + details.size);
  new DataView(whole.buffer).setUint32(0, outline.size, true);
  outline.write(whole.subarray(8, start));
  details.write(whole.subarray(start));
  return whole.buffer;
}

/** The trace in a buffer of `packTrace`: views, however large it is, and the packed forms are remembered. */
export function unpackTrace(buffer: ArrayBuffer): Trace {
  if (buffer.byteLength < 8) throw new Error("A packed trace is cut short.");
  const size = new DataView(buffer).getUint32(0, true);
  const start = 8 + aligned(size);
  if (start > buffer.byteLength) throw new Error("A packed trace is cut short.");
  const outline = new Uint8Array(buffer, 8, size);
  const details = new Uint8Array(buffer, start);
  const trace: Trace = { ...outlineOf(outline), ...detailsOf(details) };
  packed.set(trace, { outline, details });
  return trace;
}

/** The bytes a trace was unpacked from. */
const packed = new WeakMap<object, { readonly outline: Uint8Array; readonly details: Uint8Array }>();

const outlineLayout: Layout = [
  ["start", "f64"],
  ["duration", "f64"],
  ["parent", "i32"],
  ["size", "i32"],
  ["depth", "i32"],
  ["name", "u32"],
  ["service", "u32"],
  ["services", "u32"],
  ["kind", "u8"],
  ["status", "u8"],
  ["mark", "u8"],
  ["spanId", "u32"],
  ["labels.bytes", "u8"],
  ["labels.offsets", "u32"],
];

const detailsLayout: Layout = [
  ["parentId", "u32"],
  ["resource", "u32"],
  ["scope", "u32"],
  ["flags", "u32"],
  ["message", "u32"],
  ["skew", "f64"],
  ...attributesLayout("attributes"),
  ["events.offset", "u32"],
  ["events.time", "f64"],
  ["events.name", "u32"],
  ...attributesLayout("events.attributes"),
  ["links.offset", "u32"],
  ["links.traceId", "u32"],
  ["links.spanId", "u32"],
  ...attributesLayout("links.attributes"),
  ...attributesLayout("resourceAttributes"),
  ["scopes.name", "u32"],
  ["scopes.version", "u32"],
  ...attributesLayout("scopes.attributes"),
  ["warnings.row", "u32"],
  ["warnings.code", "u8"],
  ["warnings.detail", "u32"],
  ["textIds.row", "u32"],
  ["textIds.text", "u32"],
  ["texts.bytes", "u8"],
  ["texts.offsets", "u32"],
];

function attributesLayout(name: string): Layout {
  return [
    [`${name}.offset`, "u32"],
    [`${name}.key`, "u32"],
    [`${name}.type`, "u8"],
    [`${name}.value`, "u32"],
  ];
}

function detailsPacking(details: Details): Packing {
  const { events, links, scopes, warnings, textIds, texts } = details;
  return packing({}, detailsLayout, [
    details.parentId,
    details.resource,
    details.scope,
    details.flags,
    details.message,
    details.skew,
    ...attributeColumns(details.attributes),
    events.offset,
    events.time,
    events.name,
    ...attributeColumns(events.attributes),
    links.offset,
    links.traceId,
    links.spanId,
    ...attributeColumns(links.attributes),
    ...attributeColumns(details.resourceAttributes),
    scopes.name,
    scopes.version,
    ...attributeColumns(scopes.attributes),
    warnings.row,
    warnings.code,
    warnings.detail,
    textIds.row,
    textIds.text,
    texts.bytes,
    texts.offsets,
  ]);
}

function attributeColumns({ offset, key, type, value }: Attributes): Column[] {
  return [offset, key, type, value];
}

function outlineOf(bytes: Uint8Array): Outline {
  const { facts, columns } = unpackColumns(bytes, outlineLayout);
  const take = taker(columns);
  return {
    traceId: String(facts.traceId),
    epoch: BigInt(String(facts.epoch)),
    end: Number(facts.end),
    length: Number(facts.length),
    notes: Array.isArray(facts.notes) ? facts.notes.map(String) : [],
    start: take.doubles(),
    duration: take.doubles(),
    parent: take.ints(),
    size: take.ints(),
    depth: take.ints(),
    name: take.words(),
    service: take.words(),
    services: take.words(),
    kind: take.bytes(),
    status: take.bytes(),
    mark: take.bytes(),
    spanId: take.words(),
    labels: new StringTable(take.bytes(), take.words()),
  };
}

function detailsOf(bytes: Uint8Array): Details {
  const take = taker(unpackColumns(bytes, detailsLayout).columns);
  return {
    parentId: take.words(),
    resource: take.words(),
    scope: take.words(),
    flags: take.words(),
    message: take.words(),
    skew: take.doubles(),
    attributes: take.attributes(),
    events: { offset: take.words(), time: take.doubles(), name: take.words(), attributes: take.attributes() },
    links: {
      offset: take.words(),
      traceId: take.words(),
      spanId: take.words(),
      attributes: take.attributes(),
    },
    resourceAttributes: take.attributes(),
    scopes: { name: take.words(), version: take.words(), attributes: take.attributes() },
    warnings: { row: take.words(), code: take.bytes(), detail: take.words() },
    textIds: { row: take.words(), text: take.words() },
    texts: new StringTable(take.bytes(), take.words()),
  };
}

/** Hands out columns in the layout's order; `unpackColumns` has checked their types. */
function taker(columns: readonly Column[]) {
  let next = 0;
  const words = () => columns[next++] as Uint32Array;
  const bytes = () => columns[next++] as Uint8Array;
  return {
    words,
    bytes,
    ints: () => columns[next++] as Int32Array,
    doubles: () => columns[next++] as Float64Array,
    attributes: (): Attributes => ({ offset: words(), key: words(), type: bytes(), value: words() }),
  };
}

function copied(bytes: Uint8Array, from: number, to: number): ArrayBuffer {
  return bytes.slice(from, to).buffer as ArrayBuffer;
}
