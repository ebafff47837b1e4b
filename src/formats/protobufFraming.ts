/** What stands around the messages of a file: nothing, a 4-byte big-endian length, or gRPC's flag and length. */
export type Framing = "bare" | "length" | "grpc";

/** The framing that the first bytes show. A bare message and a prefixed one do not collide below 160 MB a message. */
export function framingOf(head: Uint8Array): Framing {
  if (head[0] === 0x0a) return "bare";
  if (head[0] < 0x0a && fits(head, 4, wordOf(head, 0))) return "length";
  if (head[0] === 0 && fits(head, 5, wordOf(head, 1))) return "grpc";
  // An empty message first: what follows has its own length.
  if (wordOf(head, 0) === 0 && head.length > 4)
    return framingOf(head.subarray(4)) === "length" ? "length" : "bare";
  return "bare";
}

/**
 * Tempo wraps the trace once more (TraceByIDResponse). Both begin with four nested fields 1; where a bare message has the
 * resource's attribute count (a number in field 2) or the end of the resource, a wrapped one has scope_spans (a message).
 */
export function shapeOf(head: Uint8Array, framing: Framing): "plain" | "wrapped" {
  const start = framing === "bare" ? 0 : framing === "grpc" ? 5 : 4;
  const outer = fieldAt(head, start);
  if (outer?.tag !== 0x0a) return "plain";
  const resource = fieldAt(head, outer.from);
  // Beyond its parent it is none of it: the parent is empty, and what follows is the next message.
  if (resource?.tag !== 0x0a || resource.to > outer.to) return "plain";
  for (let at = resource.from; at < Math.min(head.length, resource.to); ) {
    const field = fieldAt(head, at);
    if (field === undefined) break;
    if (field.tag === 0x12) return "wrapped";
    if (field.tag !== 0x0a) break;
    // An attribute's value is a message; a resource's count of dropped attributes is a number.
    const inner = fieldAt(head, field.from);
    if (inner?.tag === 0x0a && inner.to < field.to && fieldAt(head, inner.to)?.tag === 0x10) return "wrapped";
    at = field.to;
  }
  return "plain";
}

/** Whether the bytes may be OTLP protobuf: fields 1 inside each other, or a prefix before them. `whole`: these are all. */
export function isProtobuf(head: Uint8Array, whole: boolean): boolean {
  if (head.length === 0) return false;
  const framing = framingOf(head);
  if (framing !== "bare") return true;
  const outer = fieldAt(head, 0);
  if (outer === undefined || outer.tag !== 0x0a) return false;
  if (whole && head.length < 5) return outer.to <= head.length;
  const inner = fieldAt(head, outer.from);
  if (inner === undefined) return outer.to === outer.from;
  return inner.to <= outer.to && [0x0a, 0x12, 0x1a, 0x1f42].includes(inner.tag);
}

interface Field {
  readonly tag: number;
  /** Where its content is; may be beyond the head. */
  readonly from: number;
  readonly to: number;
}

/** The field at `at`, numbers as empty content; undefined when it is not whole or not protobuf. */
function fieldAt(head: Uint8Array, at: number): Field | undefined {
  const tag = varint(head, at);
  if (tag === undefined || tag.value < 8) return undefined;
  const type = tag.value & 7;
  if (type === 1) return { tag: tag.value, from: tag.end, to: tag.end + 8 };
  if (type === 5) return { tag: tag.value, from: tag.end, to: tag.end + 4 };
  if (type !== 0 && type !== 2) return undefined;
  const size = varint(head, tag.end);
  if (size === undefined) return undefined;
  return { tag: tag.value, from: size.end, to: type === 0 ? size.end : size.end + size.value };
}

function varint(head: Uint8Array, from: number): { value: number; end: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let at = from; at < head.length && at < from + 10; at++) {
    value += (head[at] & 127) * scale;
    if (head[at] < 128) return { value, end: at + 1 };
    scale *= 128;
  }
  return undefined;
}

/** Whether a message of `size` bytes can begin at `at`. */
function fits(head: Uint8Array, at: number, size: number): boolean {
  const field = fieldAt(head, at);
  return size > 0 && field !== undefined && field.tag === 0x0a && field.to <= at + size;
}

function wordOf(head: Uint8Array, at: number): number {
  return ((head[at] << 24) | (head[at + 1] << 16) | (head[at + 2] << 8) | head[at + 3]) >>> 0;
}
