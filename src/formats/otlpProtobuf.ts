import type { PbfReader } from "pbf";
import { UserError } from "../base/userError.ts";
import type { SpanSink } from "../model/spanSink.ts";
import type { Decoder, Format } from "./format.ts";
import { OtlpProtobufResource } from "./otlpProtobufResource.ts";
import { OtlpProtobufSpan } from "./otlpProtobufSpan.ts";
import { ProtobufAttributes } from "./protobufAttributes.ts";
import { type Framing, framingOf, isProtobuf, shapeOf } from "./protobufFraming.ts";
import { Malformed, protobufReader } from "./protobufReader.ts";

/**
 * OTLP protobuf: TracesData or ExportTraceServiceRequest, bare, concatenated, behind 4-byte lengths (the collector's file
 * exporter) or behind gRPC's 5-byte prefix, and Tempo's TraceByIDResponse. Field numbers: opentelemetry-proto v1.11.0.
 */
export const otlpProtobuf: Format = {
  name: "OTLP protobuf",
  accepts: (head) => head.json === undefined && isProtobuf(head.bytes, head.whole),
  decoder: (sink) => new OtlpProtobuf(sink),
};

/** How many bytes are waited for before the framing is decided. */
const probeSize = 4096;

/** Levels of messages whose inside is read as it comes; what is in them is read whole. */
const Level = { wrapper: 1, request: 2, resourceSpans: 3, scopeSpans: 4 } as const;
type Level = (typeof Level)[keyof typeof Level];

/**
 * Bytes that are not yet enough for a step wait in `#pending`, which holds one span at most and grows as bytes come, not as
 * lengths claim. Where an open message ends is a stack of absolute offsets:
 *
 *     request ──┬─ resourceSpans ──┬─ resource                 read whole
 *               │                  └─ scopeSpans ──┬─ scope    read whole
 *               │                                  └─ span     read whole
 *               └─ what is not known: passed over, however long
 */
class OtlpProtobuf implements Decoder {
  readonly #sink: SpanSink;
  readonly #spans: OtlpProtobufSpan;
  readonly #resources: OtlpProtobufResource;
  #pending = new Uint8Array(probeSize);
  #pendingLength = 0;
  /** How many bytes the next step takes. */
  #need = probeSize;
  /** Absolute offset of the reader's first byte. */
  #base = 0;
  /** What a position of the reader is to be added to become an absolute offset. */
  #shift = 0;
  /** Bytes of an unknown field that are still to be passed over. */
  #skip = 0;
  #levels: Level[] = [];
  #ends: number[] = [];
  #framing: Framing | undefined;
  #wrapped = false;
  #frames = 0;
  #resource = -1;
  #scope = -1;
  #resourceSpans = 0;
  #logs = 0;
  #metrics = 0;
  #bad = 0;
  #firstBad = "";

  constructor(sink: SpanSink) {
    this.#sink = sink;
    const attributes = new ProtobufAttributes(sink);
    this.#spans = new OtlpProtobufSpan(sink, attributes);
    this.#resources = new OtlpProtobufResource(sink, attributes);
  }

  write(chunk: Uint8Array): void {
    let at = 0;
    while (this.#pendingLength > 0 || this.#framing === undefined) {
      const taken = Math.min(this.#need - this.#pendingLength, chunk.length - at);
      this.#keep(chunk, at, at + taken);
      at += taken;
      if (this.#pendingLength < this.#need) return;
      this.#drain();
    }
    if (at === chunk.length) return;
    const used = this.#run(chunk, at, chunk.length);
    this.#base += used;
    this.#keep(chunk, at + used, chunk.length);
  }

  end(): void {
    if (this.#framing === undefined) {
      this.#need = 1;
      if (this.#pendingLength > 0) this.#drain();
    }
    const open = this.#ends.some((end) => end !== this.#base && end !== Infinity);
    if (open || this.#skip > 0 || this.#pendingLength > 0) this.#cutShort();
    this.#account();
  }

  #cutShort(): void {
    const offset = this.#base + this.#pendingLength;
    if (this.#framing === "bare" || this.#frames < 2 || this.#sink.length === 0) {
      throw new UserError(
        `The OTLP protobuf ends in the middle of a message, at byte ${offset}: it was cut short.`,
      );
    }
    this.#sink.note(`the last message is incomplete: it ends at byte ${offset}`);
  }

  #account(): void {
    if (this.#sink.length === 0) {
      if (this.#bad > 0) throw new UserError(this.#firstBad);
      if (this.#logs + this.#metrics > 0)
        throw new UserError("This is OTLP protobuf with logs or metrics, and no spans.");
      if (this.#resourceSpans === 0 && this.#base > 0) {
        throw new UserError("This is not OTLP protobuf with spans: it has no resource_spans field.");
      }
    }
    if (this.#bad > 0) this.#sink.note("spans that could not be read were left out", this.#bad);
    if (this.#logs > 0) this.#sink.note("log records were skipped", this.#logs);
    if (this.#metrics > 0) this.#sink.note("metrics were skipped", this.#metrics);
  }

  #keep(from: Uint8Array, start: number, end: number): void {
    const size = this.#pendingLength + end - start;
    if (size > this.#pending.length) {
      const grown = new Uint8Array(Math.max(size, this.#pending.length * 2));
      grown.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = grown;
    }
    this.#pending.set(from.subarray(start, end), this.#pendingLength);
    this.#pendingLength = size;
  }

  #drain(): void {
    if (this.#framing === undefined) this.#decide();
    const used = this.#run(this.#pending, 0, this.#pendingLength);
    this.#base += used;
    this.#pending.copyWithin(0, used, this.#pendingLength);
    this.#pendingLength -= used;
  }

  #decide(): void {
    const head = this.#pending.subarray(0, this.#pendingLength);
    this.#framing = framingOf(head);
    this.#wrapped = shapeOf(head, this.#framing) === "wrapped";
    if (this.#framing === "bare") this.#enter(this.#wrapped ? Level.wrapper : Level.request, Infinity);
  }

  /** Takes as many steps as the bytes from `from` to `to` allow and answers how many were used; sets what the next one needs. */
  #run(bytes: Uint8Array, from: number, to: number): number {
    const reader = protobufReader(bytes);
    reader.pos = from;
    this.#shift = this.#base - from;
    try {
      while (this.#step(reader, to));
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`This is not OTLP protobuf: ${this.#fault(error, reader)}.`);
    }
    return reader.pos - from;
  }

  #fault(error: unknown, reader: PbfReader): string {
    if (error instanceof Malformed) return `at byte ${error.at + this.#shift}, ${error.message}`;
    // What pbf throws where a number does not end, or ends behind the buffer.
    return `at byte ${Math.min(reader.pos, reader.length) + this.#shift}, a number is not complete`;
  }

  /** One step; false when there are not bytes enough, with the reader where the step began. */
  #step(reader: PbfReader, to: number): boolean {
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, to - reader.pos);
      reader.pos += passed;
      this.#skip -= passed;
    }
    const ends = this.#ends;
    while (ends.length > 0 && ends[ends.length - 1] === reader.pos + this.#shift) {
      ends.pop();
      this.#levels.pop();
    }
    this.#need = 1;
    if (reader.pos === to) return false;
    if (ends.length === 0) return this.#frame(reader, to);
    const limit = ends[ends.length - 1] - this.#shift;
    const start = reader.pos;
    if (!hasHeader(reader.buf, start, Math.min(to, limit))) {
      if (to >= limit) throw new Malformed("a field runs past the end of its message", start);
      this.#need = to - start + 1;
      return false;
    }
    const tag = reader.readVarint() >>> 0;
    if (tag >>> 3 === 0) throw new Malformed("a field has number 0", start);
    switch (tag & 7) {
      case 0:
        reader.readVarint();
        return true;
      case 1:
        this.#skip = 8;
        break;
      case 2:
        return this.#message(reader, tag, start, to, limit);
      case 5:
        this.#skip = 4;
        break;
      default:
        throw new Malformed(`a field has wire type ${tag & 7}`, start);
    }
    if (reader.pos + this.#skip > limit)
      throw new Malformed("a field runs past the end of its message", start);
    return true;
  }

  /** The length before a message of a stream. */
  #frame(reader: PbfReader, to: number): boolean {
    const prefix = this.#framing === "grpc" ? 5 : 4;
    if (to - reader.pos < prefix) {
      this.#need = prefix;
      return false;
    }
    if (prefix === 5 && reader.buf[reader.pos++] !== 0) {
      throw new Malformed("a gRPC message is compressed", reader.pos - 1);
    }
    const view = reader.dataView;
    const size = view.getUint32(reader.pos, false);
    reader.pos += 4;
    this.#frames++;
    this.#enter(this.#wrapped ? Level.wrapper : Level.request, reader.pos + this.#shift + size);
    return true;
  }

  /** A length-delimited field: entered, read whole, or passed over. */
  #message(reader: PbfReader, tag: number, start: number, to: number, limit: number): boolean {
    const size = reader.readVarint();
    const end = reader.pos + size;
    if (!(end <= limit)) throw new Malformed("a length runs past the end of its message", start);
    const level = this.#levels[this.#levels.length - 1];
    const inner = innerLevel(level, tag);
    if (inner !== undefined) this.#enter(inner, end + this.#shift);
    else if (!isWhole(level, tag)) this.#skip = size;
    else if (end > to) {
      reader.pos = start;
      this.#need = end - start;
      return false;
    } else this.#read(reader, level, tag, end);
    return true;
  }

  #enter(level: Level, end: number): void {
    this.#levels.push(level);
    this.#ends.push(end);
    if (level === Level.resourceSpans) {
      this.#resource = this.#sink.addResource();
      this.#resourceSpans++;
    } else if (level === Level.scopeSpans) this.#scope = this.#sink.addScope();
  }

  #read(reader: PbfReader, level: Level, tag: number, end: number): void {
    if (level === Level.resourceSpans) this.#resources.resource(reader, end, this.#resource);
    else if (tag === 0x0a) this.#resources.scope(reader, end, this.#scope);
    else {
      try {
        const record = this.#spans.span(reader, end, this.#resource, this.#scope);
        if (record === "log") this.#logs++;
        else if (record === "metric") this.#metrics++;
      } catch (error) {
        if (this.#bad++ === 0) this.#firstBad = `This is not OTLP protobuf: ${this.#fault(error, reader)}.`;
        reader.pos = end;
      }
    }
  }
}

/** The message that field `tag` of `level` opens, when it is one whose inside is read as it comes. */
function innerLevel(level: Level, tag: number): Level | undefined {
  if (level === Level.wrapper) return tag === 0x0a ? Level.request : undefined;
  if (level === Level.request) return tag === 0x0a ? Level.resourceSpans : undefined;
  // 0x1f42 is field 1000, which writers of OTLP 0.15 to 0.18 used.
  if (level === Level.resourceSpans) return tag === 0x12 || tag === 0x1f42 ? Level.scopeSpans : undefined;
  return undefined;
}

function isWhole(level: Level, tag: number): boolean {
  return (level >= Level.resourceSpans && tag === 0x0a) || (level === Level.scopeSpans && tag === 0x12);
}

/** Whether a tag, and the length or number after it, are there whole. */
function hasHeader(bytes: Uint8Array, from: number, to: number): boolean {
  const afterTag = varintEnd(bytes, from, to, 5);
  if (afterTag < 0) return false;
  const type = bytes[from] & 7;
  return (type !== 0 && type !== 2) || varintEnd(bytes, afterTag, to, 10) >= 0;
}

function varintEnd(bytes: Uint8Array, from: number, to: number, most: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] < 128) return at + 1;
    if (at - from + 1 >= most) throw new Malformed(`a number has more than ${most} bytes`, from);
  }
  return -1;
}
