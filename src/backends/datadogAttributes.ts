/** An attribute as OTLP JSON writes it. */
export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

const deepest = 16;
const most = 2_000;

/** The leaves of nested JSON objects as attributes with dotted names, as Datadog's own pages name them. Recurses nowhere. */
export function flattened(root: unknown): OtlpAttribute[] {
  const found: OtlpAttribute[] = [];
  const waiting: { key: string; value: unknown; depth: number }[] = [{ key: "", value: root, depth: 0 }];
  for (let one = waiting.pop(); one !== undefined && found.length < most; one = waiting.pop()) {
    const { key, value, depth } = one;
    const leaf = leafOf(value);
    if (leaf !== undefined) {
      if (key !== "") found.push({ key, value: leaf });
    } else if (typeof value === "object" && value !== null) {
      if (depth === deepest) found.push({ key, value: { stringValue: "(nested too deeply)" } });
      else {
        // Backwards, since the last one is taken next.
        for (const [name, inner] of Object.entries(value).reverse()) {
          waiting.push({ key: key === "" ? name : `${key}.${name}`, value: inner, depth: depth + 1 });
        }
      }
    }
  }
  return found;
}

/** A value that holds no others but in a plain list; undefined for null and for what has members. */
function leafOf(value: unknown): OtlpValue | undefined {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (!Array.isArray(value)) return undefined;
  if (value.some((inner) => typeof inner === "object" && inner !== null)) return undefined;
  const values = value.map(leafOf).filter((leaf) => leaf !== undefined);
  return { arrayValue: { values } };
}
