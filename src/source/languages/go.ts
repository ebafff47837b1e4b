import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { maxFrames, positive, stackLines } from "./stackLines.ts";

/** Go's `runtime.Stack` and what error packages print like it: a line with the function, then one with the place. */
export const go: Language = {
  name: "go",
  extensions: ["go"],
  frames,
  symbol,
  definitions: (name) => [`func ${name}(`, `) ${name}(`, `func ${name}[`, `type ${name} `],
  advice:
    "Go: set code.file.path, code.line.number and code.function.name from runtime.Caller where the span starts; " +
    "record errors with trace.WithStackTrace(true) to get the stack.",
};

function frames(stack: string): Place[] {
  const list: Place[] = [];
  let previous = "";
  for (const line of stackLines(stack)) {
    const text = line.trim();
    const place = /^\s/.test(line) ? /^(.+\.(?:go|s)):(\d{1,10})(?: \+0x[0-9a-f]+)?$/.exec(text) : null;
    if (place === null) {
      previous = text;
      continue;
    }
    if (list.length === maxFrames) break;
    list.push({ path: place[1], line: positive(place[2]), column: 0, function: calledName(previous) });
    previous = "";
  }
  return list;
}

/** "main.(*Cart).Load(0xc000, {0x1, 0x2})" without its arguments: the parenthesis that closes the line is the call's. */
function calledName(text: string): string {
  const name = text.replace(/^created by /, "").replace(/ in goroutine \d+$/, "");
  if (!name.endsWith(")")) return name;
  let depth = 0;
  for (let i = name.length - 1; i >= 0; i--) {
    if (name[i] === ")") depth++;
    else if (name[i] === "(" && --depth === 0) return name.slice(0, i);
  }
  return name;
}

function symbol(functionName: string): SymbolName {
  const text = functionName
    .slice(functionName.lastIndexOf("/") + 1)
    .replace(/\[[^[\]]*\]/g, "")
    .replace(/-fm$/, "");
  const method = /\.\(\*?([^()]+)\)\.([^.]+)/.exec(text);
  if (method !== null) return { name: method[2], container: method[1] };
  const parts = text.split(".").filter((part) => part !== "");
  while (parts.length > 2 && /^(?:func\d+|gowrap\d+|deferwrap\d+|\d+)$/.test(parts[parts.length - 1]))
    parts.pop();
  return { name: parts[parts.length - 1] ?? "", container: parts[parts.length - 2] ?? "" };
}
