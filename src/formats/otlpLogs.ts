import { UserError } from "../base/userError.ts";
import { AttributeType } from "../model/attributes.ts";
import type { LogRecord } from "../model/logRecord.ts";
import { hexId } from "../model/spanId.ts";
import { StringPool } from "../model/stringPool.ts";
import type { StringTable } from "../model/stringTable.ts";
import { wordsOfBigint } from "../model/time64.ts";
import { ProtobufScan } from "./otlpSplitReader.ts";
import { Malformed, protobufReader } from "./protobufReader.ts";
import { ProtobufValue } from "./protobufValue.ts";

/** Log records of one trace, sorted by time. */
export interface OtlpLogs {
  readonly records: readonly LogRecord[];
  /** Later ones that were left out. */
  readonly omitted: number;
}

/** Most log records of a trace that are read. */
export const mostRecords = 5_000;

/**
 * The log records of LogsData in protobuf, the earliest `most` of them, with `traceId` (32 hex digits) those of that trace alone;
 * times are ns after `epoch` (unix ns). For JSON, write it as protobuf first (`logsFromJson`). A UserError says where the bytes
 * are no LogsData.
 */
export function readLogs(bytes: Uint8Array, epoch: bigint, most = mostRecords, traceId = ""): OtlpLogs {
  try {
    return new LogReader(bytes, epoch, traceId).read(most);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new UserError(`The log records are no OTLP: at byte ${error.at}, ${error.message}.`, {
      code: "malformed",
      cause: error,
    });
  }
}

/** Where a record is and what stands around it. */
interface Place {
  readonly from: number;
  readonly to: number;
  readonly time: number;
  readonly service: string;
  readonly scope: string;
}

class LogReader {
  readonly #bytes: Uint8Array;
  readonly #epoch: { readonly high: number; readonly low: number };
  readonly #pool = new StringPool();
  readonly #value = new ProtobufValue(this.#pool);
  readonly #places: Place[] = [];
  #texts: StringTable = this.#pool.table();
  /** Of the one trace wanted; empty for all. */
  readonly #traceId: readonly number[];

  constructor(bytes: Uint8Array, epoch: bigint, traceId: string) {
    this.#bytes = bytes;
    this.#epoch = wordsOfBigint(epoch);
    this.#traceId = (traceId.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  }

  read(most: number): OtlpLogs {
    const all = this.#bytes.length;
    each(this.#bytes, 0, all, (tag, from, to) => {
      if (tag === 0x0a) this.#resource(from, to);
    });
    const places = this.#places.sort((a, b) => a.time - b.time);
    const omitted = Math.max(0, places.length - most);
    return { records: places.slice(0, most).map((place) => this.#record(place)), omitted };
  }

  #resource(from: number, to: number): void {
    let service = "";
    each(this.#bytes, from, to, (tag, start, end) => {
      if (tag !== 0x0a) return;
      each(this.#bytes, start, end, (field, at, stop) => {
        if (field !== 0x0a) return;
        const [key, value] = this.#attribute(at, stop);
        if (key === "service.name" && service === "") service = value;
      });
    });
    each(this.#bytes, from, to, (tag, start, end) => {
      if (tag === 0x12 || tag === 8002) this.#scope(start, end, service);
    });
  }

  #scope(from: number, to: number, service: string): void {
    let scope = "";
    each(this.#bytes, from, to, (tag, start, end) => {
      if (tag !== 0x0a) return;
      each(this.#bytes, start, end, (field, at, stop) => {
        if (field === 0x0a) scope = this.#text(at, stop);
      });
    });
    each(this.#bytes, from, to, (tag, start, end) => {
      if (tag === 0x12 && this.#isWanted(start, end))
        this.#places.push({ from: start, to: end, time: this.#time(start, end), service, scope });
    });
  }

  #isWanted(from: number, to: number): boolean {
    const wanted = this.#traceId;
    let isWanted = wanted.length === 0;
    each(this.#bytes, from, to, (tag, start, end) => {
      if (tag === 0x4a && !isWanted)
        isWanted =
          end - start === wanted.length && wanted.every((byte, i) => this.#bytes[start + i] === byte);
    });
    return isWanted;
  }

  #time(from: number, to: number): number {
    const bytes = this.#bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let time: number | undefined;
    let observed = 0;
    each(bytes, from, to, (tag, start) => {
      if (tag !== 0x09 && tag !== 0x59) return;
      const high = view.getUint32(start + 4, true);
      const low = view.getUint32(start, true);
      if ((high | low) === 0) return;
      const after = (high - this.#epoch.high) * 4294967296 + (low - this.#epoch.low);
      if (tag === 0x09) time = after;
      else observed = after;
    });
    return time ?? observed;
  }

  #record({ from, to, time, service, scope }: Place): LogRecord {
    const bytes = this.#bytes;
    const attributes: (readonly [string, string])[] = [];
    let severity = 0;
    let severityText = "";
    let body = "";
    let spanId = "";
    let eventName = "";
    each(bytes, from, to, (tag, start, end) => {
      if (tag === 0x10) severity = Math.min(24, new ProtobufScan(bytes, start).varint(end));
      else if (tag === 0x1a) severityText = this.#text(start, end);
      else if (tag === 0x2a) body = this.#valueText(start, end);
      else if (tag === 0x32) attributes.push(this.#attribute(start, end));
      else if (tag === 0x52) spanId = this.#spanId(start, end);
      else if (tag === 0x62) eventName = this.#text(start, end);
    });
    if (eventName !== "") attributes.push(["event.name", eventName]);
    return { time, severity, severityText, body, service, scope, spanId, attributes };
  }

  #attribute(from: number, to: number): readonly [string, string] {
    let key = "";
    let value = "";
    each(this.#bytes, from, to, (tag, start, end) => {
      if (tag === 0x0a) key = this.#text(start, end);
      else if (tag === 0x12) value = this.#valueText(start, end);
    });
    return [key, value];
  }

  #valueText(from: number, to: number): string {
    const reader = protobufReader(this.#bytes);
    reader.pos = from;
    this.#value.read(reader, to);
    if (this.#value.type === AttributeType.empty) return "";
    if (this.#value.value >= this.#texts.length) this.#texts = this.#pool.table();
    return this.#texts.at(this.#value.value);
  }

  #spanId(from: number, to: number): string {
    if (to - from !== 8) return "";
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + from, 8);
    const high = view.getUint32(0, false);
    const low = view.getUint32(4, false);
    return (high | low) === 0 ? "" : hexId(high, low);
  }

  #text(from: number, to: number): string {
    return decoder.decode(this.#bytes.subarray(from, to));
  }
}

/** Calls `visit` with the tag of each field of a message and where its content is. */
function each(
  bytes: Uint8Array,
  from: number,
  to: number,
  visit: (tag: number, from: number, to: number) => void,
): void {
  const scan = new ProtobufScan(bytes, from);
  while (scan.at < to) {
    const tag = scan.tag(to);
    const at = scan.at;
    if ((tag & 7) !== 2) {
      scan.skip(tag, to);
      visit(tag, at, scan.at);
    } else {
      const end = scan.end(to);
      visit(tag, scan.at, end);
      scan.at = end;
    }
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
