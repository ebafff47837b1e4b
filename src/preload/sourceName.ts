import { pathOf } from "./scriptPath.ts";
import type { Position } from "./sourcePosition.ts";
import { readText } from "./textFile.ts";

const mostBytes = 4 * 1024 * 1024;

/**
 * The name of a function as its source has it. Compilers rename, `load2` or `t.e`, and for classes that have lost their name V8
 * makes one up, `price.total`, `cart.items.total`: what is no word of the source leads nowhere. Of `Cart.load` only `load` stays
 * where there is no `Cart`, and nothing without a `load`.
 */
export function nameInSource(name: string, { path }: Position, script: string): string {
  if (name === "" || path === pathOf(script)) return name;
  const text = readText(path, mostBytes);
  if (text === undefined) return name;
  const words = new Set(text.match(/[\w$\u0080-\uffff]+/g));
  const parts = name.split(".");
  const last = parts[parts.length - 1];
  // A getter is named "get total".
  if (!last.split(" ").every((word) => words.has(word))) return "";
  return parts.length === 2 && words.has(parts[0]) ? name : last;
}
