import { UserError } from "../base/userError.ts";
import { Column, ints } from "../model/column.ts";
import { type Cuts, cutMessage } from "./otlpSplitCut.ts";
import type { ProtobufScan } from "./otlpSplitReader.ts";
import { OtlpFindings, scanOwner } from "./otlpSplitScan.ts";
import { ProtobufBytes, varintSize } from "./otlpWriteBytes.ts";
import { mostKept, type OtlpMessage, resource, scope as scopeMessage } from "./otlpWriteSchema.ts";

/** Where records are, by record, and those that are written anew. */
export interface RecordPlaces {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The scope's envelope. */
  readonly scope: Int32Array;
  readonly cut: ReadonlyMap<number, Uint8Array>;
}

/** What stands around records, at one level: all fields save the messages inside which records are. */
class Level {
  /** The tag of the whole. */
  readonly tag = new Column(ints, 64);
  /** The envelope one level up; -1 for none. */
  readonly parent = new Column(ints, 64);
  /** Where its own fields are: pairs, those of envelope i up to `rangeEnd[i]`. */
  readonly ranges = new Column(ints, 256);
  readonly rangeEnd = new Column(ints, 64);
  /** Bytes of its own fields. */
  readonly size = new Column(ints, 64);
  /** Own fields that were cut, written anew. */
  readonly cut = new Map<number, Uint8Array>();

  clear(): void {
    for (const column of [this.tag, this.parent, this.ranges, this.rangeEnd, this.size])
      column.clear(keptNumbers);
    this.cut.clear();
  }

  begin(tag: number, parent: number): number {
    this.tag.push(tag);
    this.parent.push(parent);
    this.rangeEnd.push(this.ranges.length);
    this.size.push(0);
    return this.size.length - 1;
  }
}

/** Of one request after another: only one is cut at a time. */
const resources = new Level();
const scopes = new Level();
const keptNumbers = 1 << 16;

/** To be called when a request has been cut. */
export function clearEnvelopes(): void {
  resources.clear();
  scopes.clear();
}

/**
 * The resources and scopes of a request, until those of another are read: kept as places in its bytes, and their wrapping
 * around the records of one trace:
 *
 *     resource ──┬─ own fields (resource, schema_url, unknown ones)
 *                └─ scope ──┬─ own fields
 *                           └─ record, record
 */
export class OtlpEnvelopes {
  /** Something of an envelope was cut. */
  cut = false;
  readonly #bytes: Uint8Array;
  readonly #cuts: Cuts;
  readonly #resources = resources;
  readonly #scopes = scopes;
  readonly #found = new OtlpFindings();

  constructor(bytes: Uint8Array, cuts: Cuts) {
    this.#bytes = bytes;
    this.#cuts = cuts;
  }

  /** Reads a ResourceSpans or ResourceLogs that ends at `end`; `record` is called with the scan before each record. */
  read(scan: ProtobufScan, end: number, record: (scope: number, end: number) => void): void {
    const index = this.#resources.begin(0x0a, -1);
    const inner: { tag: number; from: number; to: number }[] = [];
    this.#found.clear();
    while (scan.at < end) {
      const start = scan.at;
      const tag = scan.tag(end);
      if (tag === 0x12 || tag === 8002) {
        const to = scan.end(end);
        inner.push({ tag, from: scan.at, to });
        scan.at = to;
      } else this.#own(scan, tag, start, end, this.#resources, 0x0a);
    }
    this.#finish(this.#resources, index, resource);
    // Behind the resource's own fields, so that those of a level are in a row.
    for (const { tag, from, to } of inner) {
      scan.at = from;
      this.#scope(scan, to, tag, index, record);
    }
    scan.at = end;
  }

  /** Adds these records of one trace with what stands around them to `out`, at most `room` bytes. */
  wrap(records: Int32Array, places: RecordPlaces, room: number, out: ProtobufBytes): void {
    const { from, to, scope, cut } = places;
    const runs: Run[] = [];
    let outer = -1;
    let inner = -1;
    let size = 0;
    for (const record of records) {
      const own = scope[record];
      const above = this.#scopes.parent.data[own];
      if (inner < 0 || runs[inner].index !== own) {
        if (outer < 0 || runs[outer].index !== above) {
          outer =
            runs.push({
              index: above,
              level: this.#resources,
              size: this.#resources.size.data[above],
              records: 0,
            }) - 1;
        }
        inner =
          runs.push({ index: own, level: this.#scopes, size: this.#scopes.size.data[own], records: 0 }) - 1;
      }
      const length = cut.get(record)?.length ?? to[record] - from[record];
      runs[inner].size += 1 + varintSize(length) + length;
      runs[inner].records++;
    }
    for (let i = runs.length - 1, open = 0; i >= 0; i--) {
      const whole = wholeSize(runs[i]);
      if (runs[i].level === this.#scopes) open += whole;
      else {
        runs[i].size += open;
        size += wholeSize(runs[i]);
        open = 0;
      }
    }
    if (size > room) throw multiplied();
    let next = 0;
    for (const run of runs) {
      const { level, index } = run;
      out.varint(level.tag.data[index]);
      out.varint(run.size);
      this.#writeOwn(out, level, index);
      for (let i = 0; i < run.records; i++) {
        const record = records[next++];
        const written = cut.get(record);
        if (written === undefined) out.blob(0x12, this.#bytes, from[record], to[record]);
        else out.blob(0x12, written, 0, written.length);
      }
    }
  }

  #scope(
    scan: ProtobufScan,
    end: number,
    outerTag: number,
    parent: number,
    record: (scope: number, end: number) => void,
  ): void {
    const index = this.#scopes.begin(outerTag, parent);
    this.#found.clear();
    while (scan.at < end) {
      const start = scan.at;
      const tag = scan.tag(end);
      if (tag === 0x12) {
        const to = scan.end(end);
        record(index, to);
        scan.at = to;
      } else this.#own(scan, tag, start, end, this.#scopes, 0x1a);
    }
    this.#finish(this.#scopes, index, scopeMessage);
  }

  /** Checks and keeps one of an envelope's own fields. */
  #own(scan: ProtobufScan, tag: number, start: number, end: number, level: Level, attributes: number): void {
    if (tag === 0x0a) {
      const to = scan.end(end);
      scanOwner(scan, to, attributes, this.#found, mostKept.attributes);
      scan.at = to;
    } else scan.skip(tag, end);
    const { ranges } = level;
    const last = level.size.length - 1;
    const isNext = ranges.length > (last === 0 ? 0 : level.rangeEnd.data[last - 1]);
    if (isNext && ranges.data[ranges.length - 1] === start) ranges.data[ranges.length - 1] = scan.at;
    else {
      ranges.push(start);
      ranges.push(scan.at);
    }
    level.size.data[last] += scan.at - start;
  }

  #finish(level: Level, index: number, of: OtlpMessage): void {
    level.rangeEnd.data[index] = level.ranges.length;
    if (!this.#found.large) return;
    this.cut = true;
    const whole = new ProtobufBytes(level.size.data[index]);
    this.#writeOwn(whole, level, index);
    const out = new ProtobufBytes(1 << 16);
    const envelope = { fields: [{ ...owner, message: of }], keys: of.keys };
    cutMessage(whole.bytes, 0, whole.size, envelope, out, this.#cuts);
    level.cut.set(index, out.finish());
    level.size.data[index] = out.size;
  }

  #writeOwn(out: ProtobufBytes, level: Level, index: number): void {
    const written = level.cut.get(index);
    if (written !== undefined) {
      out.copy(written, 0, written.length);
      return;
    }
    const { data } = level.ranges;
    const end = level.rangeEnd.data[index];
    for (let i = index === 0 ? 0 : level.rangeEnd.data[index - 1]; i < end; i += 2) {
      out.copy(this.#bytes, data[i], data[i + 1]);
    }
  }
}

/** An envelope in what is being written. */
interface Run {
  readonly index: number;
  readonly level: Level;
  /** Bytes inside it. */
  size: number;
  records: number;
}

const owner = { tag: 0x0a, name: "owner", kind: "message", repeated: false } as const;

function wholeSize({ level, index, size }: Run): number {
  return varintSize(level.tag.data[index]) + varintSize(size) + size;
}

function multiplied(): UserError {
  return new UserError(
    "The request has many traces under large resources: cut by trace it would be too large. Send smaller batches.",
    { code: "tooLarge" },
  );
}
