import type { ReceivedBatch, ReceivedPart } from "../../../../../src/backends/local/parts.ts";

/** A span as a test says it; times in ms. */
export interface TestSpan {
  /** 16 hex digits. */
  readonly id: string;
  readonly parent?: string;
  readonly name?: string;
  readonly kind?: number;
  /** Unix ms. */
  readonly start?: number;
  readonly duration?: number;
  readonly error?: boolean;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Unix ms of spans that do not say when they started. */
export const someTime = 1_790_000_000_000;

/** TracesData of one ResourceSpans with these spans, all of trace `traceId` (up to 32 hex digits). */
export function spansPart(
  traceId: string,
  spans: readonly TestSpan[],
  resource: Readonly<Record<string, string | number>> = { "service.name": "shop" },
): ReceivedPart {
  const id = traceId.padStart(32, "0");
  const body = [
    field(1, attributes(1, resource)),
    field(2, ...spans.map((span) => field(2, ...spanFields(id, span)))),
  ];
  return { traceId: id, count: spans.length, bytes: Buffer.concat([field(1, ...body)]) };
}

/** LogsData of one record with this body. */
export function logsPart(traceId: string, text: string): ReceivedPart {
  const id = traceId.padStart(32, "0");
  const record = [
    fixed(1, someTime),
    field(5, field(1, Buffer.from(text))),
    field(9, Buffer.from(id, "hex")),
  ];
  return { traceId: id, count: 1, bytes: field(1, field(2, field(2, ...record))) };
}

export function batch(...traces: ReceivedPart[]): ReceivedBatch {
  return { traces, logs: [] };
}

/** A span id from a number. */
export function spanId(index: number): string {
  return (index + 1).toString(16).padStart(16, "0");
}

/** A trace id from a number. */
export function traceId(index: number): string {
  return `a${(index + 1).toString(16).padStart(31, "0")}`;
}

function spanFields(traceIdText: string, span: TestSpan): Buffer[] {
  const { start = someTime, duration = 10 } = span;
  return [
    field(1, Buffer.from(traceIdText, "hex")),
    field(2, Buffer.from(span.id, "hex")),
    ...(span.parent === undefined ? [] : [field(4, Buffer.from(span.parent, "hex"))]),
    field(5, Buffer.from(span.name ?? "work")),
    Buffer.from([0x30, span.kind ?? 1]),
    fixed(7, start),
    fixed(8, start + duration),
    attributes(9, span.attributes ?? {}),
    ...(span.error ? [field(15, Buffer.from([0x18, 2]))] : []),
  ];
}

function attributes(number: number, values: Readonly<Record<string, string | number>>): Buffer {
  return Buffer.concat(
    Object.entries(values).map(([key, value]) => {
      const any =
        typeof value === "string"
          ? field(1, Buffer.from(value))
          : Buffer.concat([Buffer.from([0x18]), varint(value)]);
      return field(number, field(1, Buffer.from(key)), field(2, any));
    }),
  );
}

function field(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint((number << 3) | 2), varint(body.length), body]);
}

/** A time in ns as fixed64. */
function fixed(number: number, ms: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  bytes.writeBigUInt64LE(BigInt(Math.round(ms * 1000)) * 1000n, 1);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
