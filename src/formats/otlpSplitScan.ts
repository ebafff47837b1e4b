import type { ProtobufScan } from "./otlpSplitReader.ts";
import { Malformed } from "./protobufReader.ts";

/** How deep arrays and maps inside a value may lie before a request is refused. Readers cut them at 64 levels. */
export const deepest = 100;

/** What one pass over a record or its owner found too large. */
export class OtlpFindings {
  /** Something has to be cut. */
  large = false;
  /** Trace ID, as four words, and how many bytes it had. */
  trace0 = 0;
  trace1 = 0;
  trace2 = 0;
  trace3 = 0;
  traceSize = 0;
  spanSize = 0;
  spanIsZero = true;
  /** Another ID, a parent's or a link's, is longer than readers take. */
  longId = false;
  /** It has a field that its kind has not: a log record or a metric among spans. */
  other = false;

  clear(): void {
    this.large = this.longId = this.other = false;
    this.spanIsZero = true;
    this.trace0 = this.trace1 = this.trace2 = this.trace3 = this.traceSize = this.spanSize = 0;
  }
}

/** Most bytes of a value, a name or a message that are kept. */
export const largestText = 1 << 16;
/** What stands around a text of that size in its value: a tag, and a length of three bytes. */
export const valueOverhead = 4;

/** Longest ID that readers take, in bytes. */
const longestId = 64;

/** The most attributes, events and links, by which a record is found to be too large. */
interface Most {
  readonly attributes: number;
  readonly events: number;
  readonly links: number;
}

/** Checks a Span from the scan's position to `end`; `found` says what it is. */
export function scanSpan(scan: ProtobufScan, end: number, found: OtlpFindings, most: Most): void {
  let attributes = 0;
  let events = 0;
  let links = 0;
  found.clear();
  while (scan.at < end) {
    const tag = scan.tag(end);
    if ((tag & 7) !== 2) {
      // Field 1 of a log record is its time.
      if (tag === 0x09) found.other = true;
      scan.skip(tag, end);
      continue;
    }
    const to = scan.end(end);
    switch (tag) {
      case 0x4a:
        attributes++;
        scanAttribute(scan, to, found);
        break;
      case 0x0a:
        readTraceId(scan, to, found);
        break;
      case 0x12:
        readSpanId(scan, to, found);
        break;
      case 0x22:
        if (to - scan.at > longestId) found.longId = true;
        break;
      case 0x5a:
        events++;
        scanOwner(scan, to, 0x1a, found, most.attributes);
        break;
      case 0x6a:
        links++;
        scanLink(scan, to, found, most.attributes);
        break;
      case 0x7a:
        scanOwner(scan, to, 0, found, 0);
        break;
      default:
        if (to - scan.at > largestText) found.large = true;
    }
    scan.at = to;
  }
  if (attributes > most.attributes || events > most.events || links > most.links) found.large = true;
}

/** Checks a LogRecord from the scan's position to `end`. */
export function scanLog(scan: ProtobufScan, end: number, found: OtlpFindings, most: Most): void {
  let attributes = 0;
  found.clear();
  while (scan.at < end) {
    const tag = scan.tag(end);
    if ((tag & 7) !== 2) {
      scan.skip(tag, end);
      continue;
    }
    const to = scan.end(end);
    if (tag === 0x32) {
      attributes++;
      scanAttribute(scan, to, found);
    } else if (tag === 0x4a) readTraceId(scan, to, found);
    else if (tag === 0x52) readSpanId(scan, to, found);
    else if (tag === 0x2a) scanValue(scan, to, found);
    else if (to - scan.at > largestText) found.large = true;
    scan.at = to;
  }
  if (attributes > most.attributes) found.large = true;
}

/** Checks a message that has attributes at `attributes` and else only texts: a resource, a scope, an event, a status. */
export function scanOwner(
  scan: ProtobufScan,
  end: number,
  attributes: number,
  found: OtlpFindings,
  most: number,
): void {
  let count = 0;
  while (scan.at < end) {
    const tag = scan.tag(end);
    if ((tag & 7) !== 2) {
      scan.skip(tag, end);
      continue;
    }
    const to = scan.end(end);
    if (tag === attributes) {
      count++;
      scanAttribute(scan, to, found);
    } else if (to - scan.at > largestText) found.large = true;
    scan.at = to;
  }
  if (count > most) found.large = true;
}

function scanLink(scan: ProtobufScan, end: number, found: OtlpFindings, most: number): void {
  const start = scan.at;
  scanOwner(scan, end, 0x22, found, most);
  scan.at = start;
  while (scan.at < end) {
    const tag = scan.tag(end);
    if (tag !== 0x0a && tag !== 0x12) scan.skip(tag, end);
    else {
      const to = scan.end(end);
      if (to - scan.at > longestId) found.longId = true;
      scan.at = to;
    }
  }
}

function scanAttribute(scan: ProtobufScan, end: number, found: OtlpFindings): void {
  if (isPlainAttribute(scan.bytes, scan.at, end)) {
    scan.at = end;
    return;
  }
  while (scan.at < end) {
    const tag = scan.tag(end);
    if (tag === 0x12) {
      const to = scan.end(end);
      scanValue(scan, to, found);
      scan.at = to;
    } else if (tag === 0x0a) {
      const to = scan.end(end);
      if (to - scan.at > largestText) found.large = true;
      scan.at = to;
    } else scan.skip(tag, end);
  }
}

/**
 * Whether an attribute is as nearly all are: a key and a text or number, each of less than 128 bytes. Nothing else needs to be
 * looked at then; it halves the time for a span.
 */
function isPlainAttribute(bytes: Uint8Array, from: number, end: number): boolean {
  if (from + 2 > end || bytes[from] !== 0x0a || bytes[from + 1] > 127) return false;
  const field = from + 2 + bytes[from + 1];
  if (field + 4 > end || bytes[field] !== 0x12 || bytes[field + 1] !== end - field - 2) return false;
  // A length of 128 or more would take two bytes.
  if (bytes[field + 1] > 127) return false;
  const size = end - field - 3;
  switch (bytes[field + 2]) {
    case 0x0a:
      return bytes[field + 3] === size - 1 && size <= 128;
    case 0x21:
      return size === 8;
    case 0x10:
    case 0x18:
      if (size > 10 || bytes[end - 1] > 127) return false;
      for (let at = field + 3; at < end - 1; at++) if (bytes[at] < 128) return false;
      return true;
    default:
      return false;
  }
}

/** Message levels of values: what is open, by what its field 1 is. */
const Level = { any: 0, list: 1, map: 2, pair: 3 } as const;
type Level = (typeof Level)[keyof typeof Level];

const levels: Level[] = [];
const ends: number[] = [];

/** Checks an AnyValue. Values hold values: a stack, whose depth is bounded. */
function scanValue(scan: ProtobufScan, end: number, found: OtlpFindings): void {
  if (end - scan.at > largestText + valueOverhead) found.large = true;
  levels.length = ends.length = 0;
  let level: Level = Level.any;
  let limit = end;
  let depth = 0;
  for (;;) {
    if (scan.at === limit) {
      if (levels.length === 0) return;
      if (level === Level.list || level === Level.map) depth--;
      level = levels.pop()!;
      limit = ends.pop()!;
      continue;
    }
    const start = scan.at;
    const tag = scan.tag(limit);
    const inner = innerLevel(level, tag);
    if (inner < 0) {
      scan.skip(tag, limit);
      continue;
    }
    const to = scan.end(limit);
    if ((inner === Level.list || inner === Level.map) && ++depth > deepest) {
      throw new Malformed(`a value is nested deeper than ${deepest} levels`, start);
    }
    levels.push(level);
    ends.push(limit);
    level = inner as Level;
    limit = to;
  }
}

/** What field `tag` of an open level opens; -1 for nothing. */
function innerLevel(level: Level, tag: number): Level | -1 {
  switch (level) {
    case Level.any:
      return tag === 0x2a ? Level.list : tag === 0x32 ? Level.map : -1;
    case Level.list:
      return tag === 0x0a ? Level.any : -1;
    case Level.map:
      return tag === 0x0a ? Level.pair : -1;
    default:
      return tag === 0x12 ? Level.any : -1;
  }
}

function readTraceId(scan: ProtobufScan, to: number, found: OtlpFindings): void {
  const { bytes, at } = scan;
  found.traceSize = to - at;
  if (to - at !== 16) return;
  found.trace0 = wordAt(bytes, at);
  found.trace1 = wordAt(bytes, at + 4);
  found.trace2 = wordAt(bytes, at + 8);
  found.trace3 = wordAt(bytes, at + 12);
}

function readSpanId(scan: ProtobufScan, to: number, found: OtlpFindings): void {
  found.spanSize = to - scan.at;
  found.spanIsZero = true;
  for (let i = scan.at; i < to; i++) if (scan.bytes[i] !== 0) found.spanIsZero = false;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
