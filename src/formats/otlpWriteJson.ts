import { UserError } from "../base/userError.ts";
import { bigintOfWords } from "../model/time64.ts";
import { base64 } from "./base64.ts";
import { ProtobufScan } from "./otlpSplitReader.ts";
import { deepest } from "./otlpSplitScan.ts";
import {
  anyValue,
  arrayValue,
  keyValueList,
  logsData,
  type OtlpField,
  type OtlpMessage,
  tracesData,
} from "./otlpWriteSchema.ts";
import { JsonBytes } from "./otlpWriteText.ts";
import { Malformed } from "./protobufReader.ts";

/**
 * TracesData as one line of OTLP JSON, as the Collector's file exporter writes it: IDs as hex, bytes as base64, 64-bit numbers
 * as text. It comes in pieces of some 256 KB. Fields that OTLP does not have are left out; a UserError tells of bytes that are
 * not protobuf.
 */
export function tracesToJson(bytes: Uint8Array): Generator<Uint8Array> {
  return lineOf(bytes, tracesData);
}

/** The same for LogsData. */
export function logsToJson(bytes: Uint8Array): Generator<Uint8Array> {
  return lineOf(bytes, logsData);
}

/** Bytes that are collected before they are given away. */
const pieceSize = 1 << 18;

function* lineOf(bytes: Uint8Array, of: OtlpMessage): Generator<Uint8Array> {
  const writer = new ProtobufToJson(bytes);
  try {
    yield* writer.pieces(of, 0, bytes.length, 0);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new UserError(`The kept bytes are no OTLP: at byte ${error.at}, ${error.message}.`, {
      cause: error,
    });
  }
  writer.text.ascii("\n");
  yield writer.text.take();
}

/** One field of a message in its bytes. */
interface Place {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

/** Levels of messages between whose items pieces may be given away: requests, resources, scopes. */
const openLevels = 3;

class ProtobufToJson {
  readonly text = new JsonBytes();
  #bytes: Uint8Array;
  #view: DataView;
  /** Arrays and maps that are open. */
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Writes a message of the outer levels; as deep as these go, it can be taken away meanwhile. */
  *pieces(of: OtlpMessage, from: number, to: number, level: number): Generator<Uint8Array> {
    const { text } = this;
    const places = this.#places(from, to);
    let comma = false;
    text.ascii("{");
    for (const field of of.fields) {
      const own = ofField(places, field);
      if (own.length === 0) continue;
      if (field.message === undefined || !field.repeated) {
        comma = this.#field(field, own, comma);
        continue;
      }
      text.ascii(`${comma ? "," : ""}"${field.name}":[`);
      comma = true;
      for (let i = 0; i < own.length; i++) {
        if (i > 0) text.ascii(",");
        if (level + 1 < openLevels) yield* this.pieces(field.message, own[i].from, own[i].to, level + 1);
        else this.#message(field.message, own[i].from, own[i].to);
        if (text.size > pieceSize) yield text.take();
      }
      text.ascii("]");
    }
    text.ascii("}");
  }

  #message(of: OtlpMessage, from: number, to: number): void {
    const { text } = this;
    const isNested = of === arrayValue || of === keyValueList;
    if (isNested && ++this.#depth > deepest) {
      throw new Malformed(`a value is nested deeper than ${deepest} levels`, from);
    }
    const places = this.#places(from, to);
    let comma = false;
    text.ascii("{");
    if (of === anyValue) this.#any(places);
    else {
      for (const field of of.fields) {
        const own = ofField(places, field);
        if (own.length > 0) comma = this.#field(field, own, comma);
      }
    }
    text.ascii("}");
    if (isNested) this.#depth--;
  }

  /** A value is one of its fields: the last that was given. */
  #any(places: readonly Place[]): void {
    for (let i = places.length - 1; i >= 0; i--) {
      const field = anyValue.fields.find(({ tag }) => tag === places[i].tag);
      if (field === undefined) continue;
      this.text.ascii(`"${field.name}":`);
      this.#value(field, places[i]);
      return;
    }
  }

  /** Writes a member for the places of one field; answers whether a comma has to follow. */
  #field(field: OtlpField, own: readonly Place[], comma: boolean): boolean {
    const { text } = this;
    const last = own[own.length - 1];
    if (!field.repeated && field.message === undefined && this.#isDefault(field, last)) return comma;
    text.ascii(`${comma ? "," : ""}"${field.name}":`);
    if (field.repeated) {
      text.ascii("[");
      for (let i = 0; i < own.length; i++) {
        if (i > 0) text.ascii(",");
        this.#value(field, own[i]);
      }
      text.ascii("]");
    } else if (own.length > 1 && field.message !== undefined) this.#merged(field.message, own);
    else this.#value(field, last);
    return true;
  }

  /** A message that was given in several pieces is the message of their bytes behind each other. */
  #merged(of: OtlpMessage, own: readonly Place[]): void {
    const size = own.reduce((sum, { from, to }) => sum + to - from, 0);
    const whole = new Uint8Array(size);
    let at = 0;
    for (const { from, to } of own) {
      whole.set(this.#bytes.subarray(from, to), at);
      at += to - from;
    }
    const bytes = this.#bytes;
    const view = this.#view;
    this.#bytes = whole;
    this.#view = new DataView(whole.buffer);
    this.#message(of, 0, size);
    this.#bytes = bytes;
    this.#view = view;
  }

  #isDefault({ kind }: OtlpField, { from, to }: Place): boolean {
    if (kind === "string" || kind === "bytes" || kind === "id") return from === to;
    for (let i = from; i < to; i++) if (this.#bytes[i] !== 0) return false;
    return true;
  }

  #value(field: OtlpField, { from, to }: Place): void {
    const { text } = this;
    const bytes = this.#bytes;
    switch (field.kind) {
      case "message":
        this.#message(field.message!, from, to);
        return;
      case "string":
        text.quoted(bytes, from, to);
        return;
      case "id":
        text.ascii(`"${hex(bytes, from, to)}"`);
        return;
      case "bytes":
        text.ascii(`"${base64(bytes, from, to)}"`);
        return;
      case "bool":
        text.ascii(varint(bytes, from, to) === 0n ? "false" : "true");
        return;
      case "int64":
        text.ascii(`"${BigInt.asIntN(64, varint(bytes, from, to))}"`);
        return;
      case "uint32":
      case "enum":
        text.ascii(String(BigInt.asUintN(32, varint(bytes, from, to))));
        return;
      case "fixed32":
        text.ascii(String(this.#view.getUint32(from, true)));
        return;
      case "fixed64": {
        const view = this.#view;
        text.ascii(`"${bigintOfWords(view.getUint32(from + 4, true), view.getUint32(from, true))}"`);
        return;
      }
      case "double":
        text.ascii(doubleText(this.#view.getFloat64(from, true)));
    }
  }

  #places(from: number, to: number): Place[] {
    const scan = new ProtobufScan(this.#bytes, from);
    const places: Place[] = [];
    while (scan.at < to) {
      const tag = scan.tag(to);
      let start = scan.at;
      if ((tag & 7) === 2) {
        const end = scan.end(to);
        start = scan.at;
        scan.at = end;
      } else scan.skip(tag, to);
      places.push({ tag, from: start, to: scan.at });
    }
    return places;
  }
}

function ofField(places: readonly Place[], { tag, oldTag = tag }: OtlpField): readonly Place[] {
  return places.filter((place) => place.tag === tag || place.tag === oldTag);
}

/** The number of a varint, whose end is known, modulo 2^64. */
function varint(bytes: Uint8Array, from: number, to: number): bigint {
  let value = 0n;
  for (let at = to - 1; at >= from; at--) value = (value << 7n) | BigInt(bytes[at] & 127);
  return BigInt.asUintN(64, value);
}

function hex(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += bytes[i].toString(16).padStart(2, "0");
  return text;
}

/** The shortest text that reads back equal; what JSON has no number for is a string. */
function doubleText(number: number): string {
  const text = Object.is(number, -0) ? "-0" : String(number);
  return Number.isFinite(number) ? text : `"${text}"`;
}
