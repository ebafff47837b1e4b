import type { AttributeColumns } from "../model/attributeColumns.ts";
import type { StringPool } from "../model/stringPool.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { JsonValue } from "./jsonValue.ts";

const attributeKeys = new JsonKeys(["", "Key", "Value"]);
const valueKeys = new JsonKeys(["", "Type", "Value"]);

/** The slot of names; values have the slots of their keys. */
const nameSlot = 0xfff0;

/** Reads attributes as Go prints them: each value with its type beside it. */
export class GoStdoutJsonAttributes {
  readonly #cursor: JsonCursor;
  readonly #labels: JsonStrings;
  readonly #value: JsonValue;
  readonly #emptyLabel: number;

  constructor(cursor: JsonCursor, labels: StringPool, texts: JsonStrings) {
    this.#cursor = cursor;
    this.#labels = new JsonStrings(cursor, labels);
    this.#value = new JsonValue(cursor, texts);
    this.#emptyLabel = labels.internText("");
  }

  /** Reads the list at the cursor. */
  read(into: AttributeColumns): void {
    const cursor = this.#cursor;
    const value = this.#value;
    if (!cursor.array()) return;
    while (cursor.element()) {
      if (!cursor.object()) continue;
      let key = this.#emptyLabel;
      value.clear();
      for (let field = cursor.member(attributeKeys); field >= 0; field = cursor.member(attributeKeys)) {
        if (field === 1) key = this.label();
        else if (field === 2) this.#readValue(key);
        else cursor.skip();
      }
      into.add(key, value.type, value.value);
    }
  }

  /** Reads a name; what is no text is an empty one. */
  label(): number {
    if (this.#cursor.peek() === Token.string) return this.#labels.read(nameSlot);
    this.#cursor.skip();
    return this.#emptyLabel;
  }

  #readValue(slot: number): void {
    const cursor = this.#cursor;
    const value = this.#value;
    let double = false;
    if (!cursor.object()) return;
    for (let field = cursor.member(valueKeys); field >= 0; field = cursor.member(valueKeys)) {
      if (field === 1) {
        cursor.any();
        double = cursor.is("FLOAT64");
      } else if (field === 2 && double) value.double(slot);
      else if (field === 2) value.any(slot);
      else cursor.skip();
    }
  }
}
