import { ProtobufScan } from "./otlpSplitReader.ts";
import { largestText, valueOverhead } from "./otlpSplitScan.ts";
import type { ProtobufBytes } from "./otlpWriteBytes.ts";
import { anyValue, type OtlpField, type OtlpMessage } from "./otlpWriteSchema.ts";

/** What was cut of a request, to be said of it. */
export interface Cuts {
  /** Values and other texts that were too large. */
  values: number;
  attributes: number;
  events: number;
  links: number;
}

export function noCuts(): Cuts {
  return { values: 0, attributes: 0, events: 0, links: 0 };
}

/**
 * Writes the message `bytes[from … to]` again with what is too large cut: a text ends in `…(truncated, n bytes)`, an array or
 * map in an element that says so, and attributes, events and links beyond the limits are added to OTLP's own counts of what
 * was dropped. The message must have been checked.
 */
export function cutMessage(
  bytes: Uint8Array,
  from: number,
  to: number,
  of: OtlpMessage,
  out: ProtobufBytes,
  cuts: Cuts,
): void {
  const scan = new ProtobufScan(bytes, from);
  const counts = new Map<OtlpField, number>();
  const numbers = new Map<number, number>();
  while (scan.at < to) {
    const start = scan.at;
    const tag = scan.tag(to);
    if ((tag & 7) !== 2) {
      const at = scan.at;
      scan.skip(tag, to);
      out.copy(bytes, start, scan.at);
      if ((tag & 7) === 0) numbers.set(tag, new ProtobufScan(bytes, at).varint(to));
      continue;
    }
    const end = scan.end(to);
    const at = scan.at;
    scan.at = end;
    const field = of.fields.find((known) => known.tag === tag);
    if (field?.most !== undefined) {
      const count = (counts.get(field) ?? 0) + 1;
      counts.set(field, count);
      if (count > field.most) continue;
    }
    if (field?.kind === "string") writeText(out, tag, bytes, at, end, cuts);
    else if (field?.message === anyValue) writeValue(out, tag, bytes, at, end, cuts);
    else if (field?.message !== undefined) {
      const mark = out.open(tag);
      cutMessage(bytes, at, end, field.message, out, cuts);
      out.close(mark);
    } else out.copy(bytes, start, end);
  }
  for (const [field, count] of counts) {
    const left = count - field.most!;
    if (left <= 0) continue;
    cuts[field.name as keyof Cuts] += left;
    out.varint(field.dropped!);
    out.varint((numbers.get(field.dropped!) ?? 0) + left);
  }
}

function writeText(
  out: ProtobufBytes,
  tag: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  cuts: Cuts,
): void {
  if (to - from <= largestText) {
    out.blob(tag, bytes, from, to);
    return;
  }
  cuts.values++;
  let end = from + largestText;
  // Not within a character: the bytes that continue one begin with the bits 10.
  while (end > from && (bytes[end] & 0xc0) === 0x80) end--;
  const said = encoder.encode(truncated(to - from));
  out.varint(tag);
  out.varint(end - from + said.length);
  out.copy(bytes, from, end);
  out.copy(said, 0, said.length);
}

function writeValue(
  out: ProtobufBytes,
  tag: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  cuts: Cuts,
): void {
  if (to - from <= largestText + valueOverhead) {
    out.blob(tag, bytes, from, to);
    return;
  }
  const scan = new ProtobufScan(bytes, from);
  let kind = 0;
  let start = from;
  let end = from;
  while (scan.at < to) {
    const field = scan.tag(to);
    if ((field & 7) !== 2) scan.skip(field, to);
    else {
      end = scan.end(to);
      kind = field;
      start = scan.at;
      scan.at = end;
    }
  }
  const mark = out.open(tag);
  if (kind === 0x0a) writeText(out, kind, bytes, start, end, cuts);
  else {
    cuts.values++;
    if (kind === 0x2a || kind === 0x32) writeElements(out, kind, bytes, start, end);
    else out.text(0x0a, truncated(end - start));
  }
  out.close(mark);
}

/** The first elements of an array (tag 0x2a) or a map (0x32), as many as fit, and one that says that there were more. */
function writeElements(out: ProtobufBytes, tag: number, bytes: Uint8Array, from: number, to: number): void {
  const mark = out.open(tag);
  const scan = new ProtobufScan(bytes, from);
  let kept = from;
  while (scan.at < to) {
    const field = scan.tag(to);
    scan.skip(field, to);
    if (scan.at - from > largestText) break;
    kept = scan.at;
  }
  out.copy(bytes, from, kept);
  const element = out.open(0x0a);
  if (tag === 0x2a) out.text(0x0a, truncated(to - from));
  else {
    out.text(0x0a, "\u2026");
    const value = out.open(0x12);
    out.text(0x0a, truncated(to - from));
    out.close(value);
  }
  out.close(element);
  out.close(mark);
}

function truncated(size: number): string {
  return `\u2026(truncated, ${size} bytes)`;
}

const encoder = new TextEncoder();
