import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { maxFrames, positive, stackLines } from "./stackLines.ts";

/** Ruby's `full_message` and `backtrace`; the cause is printed after the error it caused. */
export const ruby: Language = {
  name: "ruby",
  extensions: ["rb", "rake", "erb", "ru"],
  frames,
  symbol,
  definitions: (name) => [`def ${name}`, `def self.${name}`, `class ${name}`],
  advice:
    "Ruby: set code.file.path and code.line.number from caller_locations(1, 1) where the span starts; " +
    "Rails instrumentation names the controller by itself, and exceptions carry their stack.",
};

function frames(stack: string): Place[] {
  const errors: Place[][] = [[]];
  let afterFrom = false;
  for (const line of stackLines(stack)) {
    const text = line.trim();
    const from = text.startsWith("from ");
    const frame = frameOf(from ? text.slice(5) : text);
    if (frame === undefined) continue;
    // A plain backtrace has no "from" at all, so only a line without it after one with it is another error.
    if (!from && afterFrom) errors.unshift([]);
    afterFrom = from;
    errors[0].push(frame);
  }
  return errors.flat().slice(0, maxFrames);
}

function frameOf(text: string): Place | undefined {
  const match = /^((?:[A-Za-z]:)?[^:]+\.(?:rb|rake|erb|ru)):(\d{1,10})(?::in [`']([^']+)')?/.exec(text);
  if (match === null) return undefined;
  return { path: match[1], line: positive(match[2]), column: 0, function: match[3] ?? "" };
}

function symbol(functionName: string): SymbolName {
  const text = functionName.replace(/^(?:(?:block|rescue|ensure)(?: \(\d+ levels\))? in )+/, "");
  const opened = /^<(?:class|module):(.+)>$/.exec(text);
  if (opened !== null) return { name: opened[1], container: "" };
  if (text.startsWith("<")) return { name: "", container: "" };
  const parts = text.split(/#|::|\./).filter((part) => part !== "");
  return { name: parts[parts.length - 1] ?? "", container: parts[parts.length - 2] ?? "" };
}
