import { UserError } from "../base/userError.ts";
import { JsonCursor, Token } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { readNanos, readScalar, readSmall } from "./jsonNumber.ts";
import { cutDepth, valueDepth } from "./jsonValue.ts";
import { ProtobufBytes } from "./otlpWriteBytes.ts";
import { writeJsonScalar } from "./otlpWriteScalar.ts";
import {
  anyValue,
  arrayValue,
  keyValueList,
  logRecord,
  logsData,
  type OtlpField,
  type OtlpMessage,
  span,
  tracesData,
} from "./otlpWriteSchema.ts";

/**
 * An ExportTraceServiceRequest in JSON as the same in protobuf, with every laxity of `otlpJson`: snake_case, old names, enum
 * names, numbers as text or bare, IDs in base64. An ID that is none becomes one of a wrong length, and a span that is no object
 * one that says nothing: both are counted when the request is cut. A UserError with code "malformed" says where the text is
 * not JSON, or no list of what it has to be, and of a request of another kind what it is.
 */
export function tracesFromJson(json: Uint8Array): Uint8Array {
  return written(json, tracesData);
}

/** The same for an ExportLogsServiceRequest. */
export function logsFromJson(json: Uint8Array): Uint8Array {
  return written(json, logsData);
}

function written(json: Uint8Array, of: OtlpMessage): Uint8Array {
  try {
    return new JsonToProtobuf(json).write(of);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, { code: "malformed", cause: error });
  }
}

/** What is open: a message whose members are read, or a list of messages. */
interface Open {
  readonly of: OtlpMessage;
  /** The field whose list this is; undefined for a message. */
  readonly list: OtlpField | undefined;
  /** Where the message's length belongs; -1 for none. */
  readonly mark: number;
}

const beginning = (at: number, length: number): string =>
  `The text goes on behind its end, at byte ${at} of ${length}: a request is one JSON object.`;

/** What requests of each kind begin with, and their path: one that comes to another's would be taken for an empty one. */
const kinds = [
  ["spans", "/v1/traces", "resourceSpans", "resource_spans"],
  ["log records", "/v1/logs", "resourceLogs", "resource_logs"],
  ["metrics", "/v1/metrics", "resourceMetrics", "resource_metrics"],
] as const;

/** Walks the text along a message's fields. A stack, because values hold values. */
class JsonToProtobuf {
  readonly #cursor = new JsonCursor();
  readonly #out: ProtobufBytes;
  readonly #stack: Open[] = [];
  readonly #id = new JsonId();
  readonly #time = { high: 0, low: 0 };
  /** Arrays and maps that are open. */
  #depth = 0;
  /** The kind that the request is, when it has nothing of its own. */
  #other: (typeof kinds)[number] | undefined;
  #hasOwn = false;

  constructor(json: Uint8Array) {
    const cursor = this.#cursor;
    // The whole is here: a NUL behind it is all that the cursor needs.
    cursor.bytes = new Uint8Array(json.length + 1);
    cursor.bytes.set(json);
    cursor.end = json.length;
    cursor.last = true;
    this.#out = new ProtobufBytes(json.length >> 1);
  }

  write(of: OtlpMessage): Uint8Array {
    const cursor = this.#cursor;
    if (cursor.bytes[0] === 0xef && cursor.bytes[1] === 0xbb && cursor.bytes[2] === 0xbf) cursor.at = 3;
    if (cursor.peek() !== Token.object) throw cursor.fault(cursor.at, "{");
    cursor.open();
    this.#stack.push({ of, list: undefined, mark: -1 });
    while (this.#stack.length > 0) this.#step(this.#stack[this.#stack.length - 1]);
    if (cursor.pastSpace()) throw new UserError(beginning(cursor.at, cursor.end));
    if (!this.#hasOwn && this.#other !== undefined) {
      const [what, path] = this.#other;
      throw new UserError(`This is a request of ${what}: it has to be sent to ${path}.`);
    }
    return this.#out.bytes.subarray(0, this.#out.size);
  }

  #step(top: Open): void {
    const cursor = this.#cursor;
    if (top.list !== undefined) {
      if (cursor.element()) this.#message(top.list);
      else this.#stack.pop();
      return;
    }
    const index = cursor.member(top.of.keys);
    if (index > 0) this.#member(top.of.fields[index - 1]);
    else if (index === 0) {
      if (top.mark < 0) this.#other ??= kinds.find(([, , ...names]) => names.some((name) => cursor.is(name)));
      cursor.skip();
    } else {
      if (top.mark >= 0) this.#out.close(top.mark);
      if (top.of === arrayValue || top.of === keyValueList) this.#depth--;
      this.#stack.pop();
    }
  }

  #member(field: OtlpField): void {
    const cursor = this.#cursor;
    const { message } = field;
    if (this.#stack.length === 1) this.#hasOwn = true;
    if (message === undefined) {
      if (!field.repeated) this.#scalar(field);
      else if (cursor.array()) while (cursor.element()) this.#scalar(field);
    } else if (!field.repeated) this.#message(field);
    else if (field.carries === true && cursor.peek() !== Token.array) this.#noList();
    else if (cursor.array()) this.#stack.push({ of: message, list: field, mark: -1 });
  }

  /** Passes over null, which stands for an empty list. */
  #noList(): void {
    const cursor = this.#cursor;
    // No other value begins with an n.
    if (cursor.peek() !== 110) throw cursor.fault(cursor.at, "[");
    cursor.skip();
  }

  /** Begins the message at the cursor; what is none is passed over, save in lists of records and values, where it is empty. */
  #message(field: OtlpField): void {
    const cursor = this.#cursor;
    const of = field.message!;
    const nested = of === arrayValue || of === keyValueList;
    if (cursor.peek() !== Token.object) {
      const isRecord = of === span || of === logRecord;
      if (field.carries === true && !isRecord) throw cursor.fault(cursor.at, "{");
      cursor.skip();
      if (isRecord || nested || (field.repeated && of === anyValue))
        this.#out.blob(field.tag, cursor.bytes, 0, 0);
      return;
    }
    if (nested && this.#depth === valueDepth) {
      cursor.skip(cutDepth);
      this.#out.text(0x0a, "\u2026");
      return;
    }
    if (nested) this.#depth++;
    cursor.open();
    this.#stack.push({ of, list: undefined, mark: this.#out.open(field.tag) });
  }

  #scalar(field: OtlpField): void {
    const cursor = this.#cursor;
    const out = this.#out;
    switch (field.kind) {
      case "id":
        this.#identity(field);
        return;
      case "fixed64":
        if (readNanos(cursor, this.#time) && (this.#time.high | this.#time.low) !== 0) {
          out.varint(field.tag);
          out.fixed64(this.#time.high, this.#time.low);
        }
        return;
      case "fixed32":
      case "uint32": {
        const number = readSmall(cursor);
        if (number === 0) return;
        out.varint(field.tag);
        if (field.kind === "uint32") out.varint(number);
        else out.fixed32(number);
        return;
      }
      case "enum":
        this.#enum(field);
        return;
      default:
        writeJsonScalar(cursor, out, field);
    }
  }

  #identity({ tag, name }: OtlpField): void {
    const id = this.#id;
    const isTrace = name === "traceId";
    if (isTrace) id.read(this.#cursor);
    else id.readSpan(this.#cursor);
    if (id.empty) return;
    const out = this.#out;
    out.varint(tag);
    if (id.text !== "") {
      out.varint(1);
      out.varint(0);
      return;
    }
    out.varint(isTrace ? 16 : 8);
    const view = new DataView(words.buffer);
    const list = isTrace ? [id.word0, id.word1, id.word2, id.word3] : [id.word2, id.word3];
    for (let i = 0; i < list.length; i++) view.setUint32(4 * i, list[i], false);
    out.copy(words, 0, 4 * list.length);
  }

  /** An enum's number, given as that, as digits or as a name with or without its prefix. */
  #enum({ tag, names = [] }: OtlpField): void {
    const cursor = this.#cursor;
    if (!readScalar(cursor)) return;
    const text = cursor.text().toUpperCase();
    const known = names.findIndex((name) => text === name || text.endsWith(`_${name}`));
    const number = /^\d{1,9}$/.test(text) ? Number(text) : known;
    if (number <= 0) return;
    this.#out.varint(tag);
    this.#out.varint(number);
  }
}

const words = new Uint8Array(16);
