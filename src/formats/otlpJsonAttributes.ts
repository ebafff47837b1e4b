import type { AttributeColumns } from "../model/attributeColumns.ts";
import { AttributeType } from "../model/attributes.ts";
import type { StringPool } from "../model/stringPool.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { OtlpJsonValue } from "./otlpJsonValue.ts";

const pairKeys = new JsonKeys(["", "key", "value"]);
const hidden = "@jaeger@";

/** Reads OTLP's lists of attributes into columns. */
export class OtlpJsonAttributes {
  readonly labels: JsonStrings;
  readonly value: OtlpJsonValue;
  /** What Jaeger's own attributes say: its warnings about the span. */
  warnings: string[] = [];
  readonly #cursor: JsonCursor;
  readonly #emptyLabel: number;
  /** By label: 1 not hidden, 2 one of Jaeger's own; 0 not looked at. */
  #hidden = new Uint8Array(256);

  constructor(cursor: JsonCursor, labels: StringPool, texts: StringPool) {
    this.#cursor = cursor;
    this.labels = new JsonStrings(cursor, labels);
    this.value = new OtlpJsonValue(cursor, new JsonStrings(cursor, texts));
    this.#emptyLabel = labels.internText("");
  }

  /** Reads the list at the cursor, in order, repeated keys too. */
  read(into: AttributeColumns): void {
    const cursor = this.#cursor;
    const value = this.value;
    if (!cursor.array()) return;
    let previous = 0;
    while (cursor.element()) {
      if (!cursor.object()) continue;
      let key = -1;
      let late = -1;
      let valued = false;
      for (let field = cursor.member(pairKeys); field >= 0; field = cursor.member(pairKeys)) {
        if (field === 1 && cursor.peek() === Token.string) {
          key = this.labels.read(previous);
          previous = key + 1;
        } else if (field === 2 && key >= 0) {
          value.read(key);
          valued = true;
        } else {
          if (field === 2) late = cursor.at;
          cursor.skip();
        }
      }
      if (key < 0) key = this.#emptyLabel;
      if (late >= 0) this.#readAt(late, key);
      else if (!valued) value.clear();
      if (this.#isHidden(key)) this.#warn(key);
      else into.add(key, value.type, value.value);
    }
  }

  /** Adds an attribute that this reader makes up, as OpenTelemetry names it for formats that have no field for it. */
  addCount(into: AttributeColumns, key: string, count: number): void {
    if (count <= 0) return;
    into.add(
      this.labels.pool.internText(key),
      AttributeType.int,
      this.value.strings.pool.internText(String(count)),
    );
  }

  /** Adds a text attribute under a name of ours. */
  addText(into: AttributeColumns, key: string, text: number): void {
    into.add(this.labels.pool.internText(key), AttributeType.string, text);
  }

  /** Reads a value that came before its key. */
  #readAt(at: number, key: number): void {
    const cursor = this.#cursor;
    const end = cursor.at;
    cursor.at = at;
    this.value.read(key);
    cursor.at = end;
  }

  #isHidden(key: number): boolean {
    if (key >= this.#hidden.length) {
      const grown = new Uint8Array(2 * key);
      grown.set(this.#hidden);
      this.#hidden = grown;
    }
    if (this.#hidden[key] === 0) {
      this.#hidden[key] = textOf(this.labels.pool, key).startsWith(hidden) ? 2 : 1;
    }
    return this.#hidden[key] === 2;
  }

  #warn(key: number): void {
    if (textOf(this.labels.pool, key) !== `${hidden}warnings`) return;
    const text = textOf(this.value.strings.pool, this.value.value);
    if (this.value.type !== AttributeType.array) this.warnings.push(text);
    else for (const warning of JSON.parse(text)) this.warnings.push(String(warning));
  }
}

function textOf(pool: StringPool, index: number): string {
  return pool.table().at(index);
}
