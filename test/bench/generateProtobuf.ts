import {
  epoch,
  type GeneratedAttribute,
  type GeneratedSpan,
  generateSpans,
  instances,
  spanIdText,
  traceIdText,
} from "./generateSpans.ts";

const batchSize = 512;

/** A trace of `count` spans as OTLP protobuf: ResourceSpans messages of up to 512 spans, as exporters send them. */
export function* protobufTrace(count: number, seed = 1): Generator<Uint8Array> {
  const traceId = Buffer.from(traceIdText(seed), "hex");
  const batches = instances.map(() => ({ message: new Message(batchSize * 700), spans: 0 }));
  const flush = (instance: number): Buffer => {
    const batch = batches[instance];
    const whole = resourceSpans(instance, batch.message);
    batch.message.used = 0;
    batch.spans = 0;
    return whole;
  };
  for (const span of generateSpans(count, seed)) {
    const batch = batches[span.instance];
    writeSpan(batch.message, span, traceId);
    if (++batch.spans === batchSize) yield flush(span.instance);
  }
  for (let i = 0; i < batches.length; i++) if (batches[i].spans > 0) yield flush(i);
}

function resourceSpans(instance: number, spans: Message): Buffer {
  const whole = new Message(spans.used + 4096);
  const outer = whole.open(0x0a);
  const resource = whole.open(0x0a);
  for (const attribute of instances[instance].attributes) writeAttribute(whole, 0x0a, attribute);
  whole.close(resource);
  const scopeSpans = whole.open(0x12);
  const scope = whole.open(0x0a);
  whole.text(0x0a, "generated");
  whole.text(0x12, "1.0.0");
  whole.close(scope);
  whole.append(spans);
  whole.close(scopeSpans);
  whole.close(outer);
  return Buffer.from(whole.bytes.subarray(0, whole.used));
}

function writeSpan(out: Message, span: GeneratedSpan, traceId: Buffer): void {
  const at = out.open(0x12);
  out.blob(0x0a, traceId);
  out.blob(0x12, Buffer.from(spanIdText(span.index), "hex"));
  if (span.parent >= 0) out.blob(0x22, Buffer.from(spanIdText(span.parent), "hex"));
  out.text(0x2a, span.name);
  out.byte(0x30);
  out.varint(span.kind);
  out.time(0x39, span.start);
  out.time(0x41, span.start + span.duration);
  for (const attribute of span.attributes) writeAttribute(out, 0x4a, attribute);
  for (const event of span.events) {
    const mark = out.open(0x5a);
    out.time(0x09, event.time);
    out.text(0x12, event.name);
    for (const attribute of event.attributes) writeAttribute(out, 0x1a, attribute);
    out.close(mark);
  }
  for (const dropped of [0x50, 0x60, 0x70]) {
    out.byte(dropped);
    out.varint(0);
  }
  const status = out.open(0x7a);
  if (span.error !== "") {
    out.text(0x12, span.error);
    out.byte(0x18);
    out.varint(2);
  }
  out.close(status);
  out.raw([0x85, 0x01, 1, 1, 0, 0]);
  out.close(at);
}

function writeAttribute(out: Message, tag: number, [key, value]: GeneratedAttribute): void {
  const pair = out.open(tag);
  out.text(0x0a, key);
  const any = out.open(0x12);
  if (typeof value === "string") out.text(0x0a, value);
  else {
    out.byte(typeof value === "boolean" ? 0x10 : 0x18);
    out.varint(Number(value));
  }
  out.close(any);
  out.close(pair);
}

/** Protobuf being written; a message's length is put before it when it is closed. */
class Message {
  bytes: Buffer;
  used = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): void {
    this.#room(1);
    this.bytes[this.used++] = value;
  }

  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.used++] = (rest & 127) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.used++] = rest;
  }

  text(tag: number, text: string): void {
    this.byte(tag);
    this.varint(text.length);
    this.#room(text.length);
    this.used += this.bytes.write(text, this.used, "latin1");
  }

  blob(tag: number, bytes: Buffer): void {
    this.byte(tag);
    this.varint(bytes.length);
    this.#room(bytes.length);
    this.used += bytes.copy(this.bytes, this.used);
  }

  raw(bytes: readonly number[]): void {
    for (const byte of bytes) this.byte(byte);
  }

  time(tag: number, nanos: number): void {
    this.#room(9);
    this.bytes[this.used++] = tag;
    this.bytes.writeBigUInt64LE(epoch + BigInt(nanos), this.used);
    this.used += 8;
  }

  append(other: Message): void {
    this.#room(other.used);
    other.bytes.copy(this.bytes, this.used, 0, other.used);
    this.used += other.used;
  }

  open(tag: number): number {
    this.byte(tag);
    return this.used;
  }

  close(mark: number): void {
    const length = this.used - mark;
    const size = length < 128 ? 1 : length < 16384 ? 2 : length < 2097152 ? 3 : 4;
    this.#room(size);
    this.bytes.copyWithin(mark + size, mark, this.used);
    this.used = mark;
    this.varint(length);
    this.used += length;
  }

  #room(size: number): void {
    if (this.used + size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe((this.used + size) * 2);
    this.bytes.copy(grown, 0, 0, this.used);
    this.bytes = grown;
  }
}
