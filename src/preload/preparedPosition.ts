import type { Frame } from "./frame.ts";
import { pathOf } from "./scriptPath.ts";
import { isFile } from "./textFile.ts";

let asking = false;

/**
 * Where the program's own way to print stacks places a frame: a loader that compiles in memory (ts-node, @babel/register) knows
 * its source maps alone, and installs such a way. Undefined when there is none, or it names no file that exists. Never throws.
 */
export function preparedPosition(frame: Frame): { path: string; line: number; column: number } | undefined {
  const { prepareStackTrace } = Error;
  // What it calls may start spans itself.
  if (asking || typeof prepareStackTrace !== "function") return undefined;
  asking = true;
  try {
    const text: unknown = prepareStackTrace.call(Error, new Error("place"), [frame as NodeJS.CallSite]);
    return typeof text === "string" ? positionIn(text) : undefined;
  } catch {
    return undefined;
  } finally {
    asking = false;
  }
}

/** Of the last line, `    at Cart.load (/shop/cart.ts:20:16)` or `    at /shop/cart.ts:20:16`. */
function positionIn(text: string) {
  const last = text.slice(text.lastIndexOf("\n") + 1);
  const found = / \((.+):(\d+):(\d+)\)$/.exec(last) ?? /^\s*at (?:async )?(.+):(\d+):(\d+)$/.exec(last);
  if (found === null) return undefined;
  const path = pathOf(found[1]);
  return isFile(path) ? { path, line: Number(found[2]), column: Number(found[3]) } : undefined;
}
