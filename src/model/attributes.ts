import type { StringTable } from "./stringTable.ts";

/**
 * What an attribute's text stands for. Every value is kept as text, exactly: an int64 as its digits, a double as the
 * shortest text that reads back equal, bytes as base64, an array or a map as JSON. So nothing is rounded, equal values
 * share one string, and a search looks at each distinct value once.
 */
export const AttributeType = {
  string: 0,
  bool: 1,
  int: 2,
  double: 3,
  bytes: 4,
  array: 5,
  map: 6,
  empty: 7,
} as const;
export type AttributeType = (typeof AttributeType)[keyof typeof AttributeType];

/** The name of a type as a person reads it, by number. */
export const attributeTypeNames = [
  "string",
  "bool",
  "int",
  "double",
  "bytes",
  "array",
  "map",
  "empty",
] as const;

/**
 * Attributes of many owners: owner `i` has `key`, `type` and `value` from `offset[i]` to `offset[i + 1]`, in the order they
 * came, repeated keys kept. `key` points into labels, `value` into texts.
 */
export interface Attributes {
  readonly offset: Uint32Array;
  readonly key: Uint32Array;
  readonly type: Uint8Array;
  readonly value: Uint32Array;
}

/** One attribute as read: its value is always the exact text. */
export interface Attribute {
  readonly key: string;
  readonly type: AttributeType;
  readonly value: string;
}

/** The attributes of one owner, in order. */
export function attributesOf(
  attributes: Attributes,
  owner: number,
  labels: StringTable,
  texts: StringTable,
): Attribute[] {
  const list: Attribute[] = [];
  for (let i = attributes.offset[owner]; i < attributes.offset[owner + 1]; i++) {
    list.push({
      key: labels.at(attributes.key[i]),
      type: attributes.type[i] as AttributeType,
      value: texts.at(attributes.value[i]),
    });
  }
  return list;
}

/** The text of the first attribute of `owner` under label `key` (an index; -1 finds nothing), or undefined. */
export function attributeText(
  attributes: Attributes,
  owner: number,
  key: number,
  texts: StringTable,
): string | undefined {
  if (key < 0) return undefined;
  for (let i = attributes.offset[owner]; i < attributes.offset[owner + 1]; i++) {
    if (attributes.key[i] === key) return texts.at(attributes.value[i]);
  }
  return undefined;
}
