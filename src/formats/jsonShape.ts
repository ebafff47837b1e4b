import type { JsonKeys } from "./jsonKeys.ts";

/**
 * What a part of a document looks like, so that one loop (`JsonDocuments`) can walk the outer levels of every format and stop
 * anywhere. `undefined` is passed over, as is a value of another kind than its shape.
 */
export type JsonShape = JsonReader | ObjectShape | ArrayShape | JsonChoice | undefined;

/** Reads one whole value at the cursor; called again from its first byte when the window ended inside it. */
export type JsonReader = () => void;

export interface ObjectShape {
  readonly kind: "object";
  readonly keys: JsonKeys;
  /** By field of `keys`; [0] is for names that `keys` does not have. */
  readonly members: readonly JsonShape[];
  begin?(): void;
  end?(): void;
}

export interface ArrayShape {
  readonly kind: "array";
  readonly each: JsonShape;
}

/** Decides by the value's first byte, or by reading ahead: the cursor is put back. */
export interface JsonChoice {
  readonly kind: "choice";
  pick(byte: number): JsonShape;
}

/** An array whose elements all have one shape. */
export function arrayOf(each: JsonShape): ArrayShape {
  return { kind: "array", each };
}
