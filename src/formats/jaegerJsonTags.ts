import type { AttributeColumns } from "../model/attributeColumns.ts";
import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { JsonValue } from "./jsonValue.ts";

const Field = { key: 1, type: 2, value: 3, text: 4, bool: 5, int: 6, double: 7, bytes: 8 } as const;
const tagKeys = new JsonKeys([
  "",
  "key",
  "type vType v_type",
  "value",
  "vStr v_str",
  "vBool v_bool",
  "vInt64 v_int64",
  "vFloat64 v_float64",
  "vBinary v_binary",
]);

/** The type is not given, or is none that Jaeger has. */
const unknown = -1;

/** Takes a tag whose value is at the cursor, or leaves it to become an attribute. */
export type TagFilter = (label: number) => boolean;

/** Reads Jaeger's lists of tags into columns, in the forms of its API and of its stores. */
export class JaegerJsonTags {
  readonly labels: JsonStrings;
  readonly value: JsonValue;
  readonly #cursor: JsonCursor;
  readonly #emptyLabel: number;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.labels = new JsonStrings(cursor, sink.labels);
    this.value = new JsonValue(cursor, new JsonStrings(cursor, sink.texts));
    this.#emptyLabel = sink.labels.internText("");
  }

  /** Reads the list at the cursor; a tag that `taken` takes is not added. */
  list(into: AttributeColumns, taken: TagFilter): void {
    const cursor = this.#cursor;
    if (cursor.peek() === Token.object) {
      this.map(into, taken);
      return;
    }
    if (!cursor.array()) return;
    let previous = 0;
    while (cursor.element()) {
      if (!cursor.object()) continue;
      let key = -1;
      let type: AttributeType | typeof unknown = unknown;
      let typed = false;
      let late = -1;
      let done = false;
      for (let field = cursor.member(tagKeys); field >= 0; field = cursor.member(tagKeys)) {
        if (field === Field.key && cursor.peek() === Token.string) {
          key = this.labels.read(previous);
          previous = key + 1;
        } else if (field === Field.type) {
          type = this.#type();
          typed = true;
        } else if (field >= Field.value) {
          if (field > Field.value) type = (valueTypes[field] ?? unknown) as AttributeType;
          if (key >= 0 && (typed || field > Field.value)) {
            this.#add(into, key, type, taken);
            done = true;
          } else {
            late = cursor.at;
            cursor.skip();
          }
        } else cursor.skip();
      }
      if (done) continue;
      const end = cursor.at;
      if (late >= 0) cursor.at = late;
      this.#add(into, key < 0 ? this.#emptyLabel : key, type, taken, late < 0);
      cursor.at = end;
      cursor.first = false;
    }
  }

  /** Reads tags kept as members of an object, where a dot in a name is `@`, as Jaeger's Elasticsearch store has them. */
  map(into: AttributeColumns, taken: TagFilter): void {
    const cursor = this.#cursor;
    const { labels } = this;
    if (!cursor.object()) return;
    while (cursor.anyMember()) {
      const dotted = cursor.source.subarray(cursor.from, cursor.to).includes(64);
      const key = dotted ? labels.pool.internText(cursor.text().replaceAll("@", ".")) : labels.taken();
      this.#add(into, key, unknown, taken);
    }
  }

  #add(
    into: AttributeColumns,
    key: number,
    type: AttributeType | typeof unknown,
    taken: TagFilter,
    missing = false,
  ): void {
    const { value } = this;
    if (missing) value.clear();
    else if (taken(key)) return;
    else if (type === AttributeType.string) value.string(key);
    else if (type === AttributeType.int) value.int(key);
    else if (type === AttributeType.bool) value.bool(key);
    else if (type === AttributeType.double) value.double(key);
    else if (type === AttributeType.bytes) value.bytes(key);
    else value.any(key);
    into.add(key, value.type, value.value);
  }

  /** `string`, `bool`, `int64`, `float64`, `binary`, in either case; the second letter tells all apart. */
  #type(): AttributeType | typeof unknown {
    const cursor = this.#cursor;
    if (cursor.peek() !== Token.string) {
      cursor.skip();
      return unknown;
    }
    cursor.string();
    switch (cursor.source[cursor.from + 1] | 32) {
      case 116:
        return AttributeType.string;
      case 111:
        return AttributeType.bool;
      case 110:
        return AttributeType.int;
      case 108:
        return AttributeType.double;
      case 105:
        return AttributeType.bytes;
      default:
        return unknown;
    }
  }
}

const valueTypes: readonly (AttributeType | undefined)[] = [
  undefined,
  undefined,
  undefined,
  undefined,
  AttributeType.string,
  AttributeType.bool,
  AttributeType.int,
  AttributeType.double,
  AttributeType.bytes,
];
