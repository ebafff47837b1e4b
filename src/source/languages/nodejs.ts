import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { maxFrames, positive, stackLines } from "./stackLines.ts";

/** JavaScript and TypeScript: V8's `error.stack` (Node, Chromium), and that of Firefox and Safari. */
export const nodejs: Language = {
  name: "nodejs",
  extensions: ["js", "ts", "mjs", "cjs", "mts", "cts", "jsx", "tsx", "vue", "svelte"],
  frames,
  symbol,
  definitions: (name) => [`function ${name}`, `${name} = `, `${name}(`, `class ${name}`],
  advice:
    "Node: set code.file.path, code.line.number and code.function.name in a span processor's onStart, taken from new Error().stack; " +
    "those of compiled files lead to your TypeScript by the source maps beside them. Datadog: DD_CODE_ORIGIN_FOR_SPANS_ENABLED=true.",
};

function frames(stack: string): Place[] {
  const errors: Place[][] = [[]];
  for (const line of stackLines(stack)) {
    const frame = v8Frame(line) ?? geckoFrame(line);
    if (frame !== undefined) errors[0].push(frame);
    else if (line.includes("[cause]:") || line.startsWith("Caused by:")) errors.unshift([]);
  }
  return errors.flat().slice(0, maxFrames);
}

/** `at async f (/app/x.js:1:2)`; the first " (" opens the place, since a path may have its own parentheses. */
function v8Frame(line: string): Place | undefined {
  let text = line.trim();
  if (!text.startsWith("at ")) return undefined;
  text = text.slice(3);
  if (text.endsWith(" {")) text = text.slice(0, -2);
  const open = text.endsWith(")") ? text.indexOf(" (") : -1;
  if (open < 0)
    return text.includes("(") && text.endsWith(")") ? undefined : placeOf(text.replace(/^async /, ""), "");
  const name = text.slice(0, open);
  const where = text.slice(open + 2, -1);
  if (!where.startsWith("eval at ")) return placeOf(where.replace(/^address at /, ""), name);
  // eval at f (eval at g (/app/x.js:1:1), <anonymous>:1:7), <anonymous>:1:7 - the innermost parentheses hold the file.
  const inner = where.lastIndexOf("(");
  return inner < 0 ? undefined : placeOf(where.slice(inner + 1, where.indexOf(")", inner)), name);
}

/** `f@http://localhost:3000/a.js:1:2` */
function geckoFrame(line: string): Place | undefined {
  const at = line.indexOf("@");
  if (at < 0 || !/:\d+$/.test(line) || /\s/.test(line)) return undefined;
  return placeOf(line.slice(at + 1), line.slice(0, at));
}

function placeOf(where: string, name: string): Place | undefined {
  const end = /:(\d{1,10})(?::(\d{1,10}))?$/.exec(where.slice(-22));
  if (end === null) return undefined;
  const path = where.slice(0, where.length - end[0].length);
  if (path === "" || path.startsWith("<") || path.endsWith(".rs") || !/[./]/.test(path)) return undefined;
  return { path, line: positive(end[1]), column: positive(end[2]), function: name.replace(/^async /, "") };
}

/** Receivers that say nothing of where a function is defined. */
const anyReceiver = new Set([
  "Object",
  "Module",
  "Function",
  "exports",
  "module",
  "global",
  "globalThis",
  "Context",
  "default",
]);

function symbol(functionName: string): SymbolName {
  let text = functionName.replace(/^async /, "").replace(/\/<$/, "");
  const alias = text.indexOf(" [as ");
  if (alias > 0) text = text.slice(0, alias);
  if (text.startsWith("new ")) return { name: text.slice(4), container: "" };
  const parts = text.replace(/\b(?:get|set) /, "").split(".");
  const name = parts[parts.length - 1];
  const container = parts[parts.length - 2] ?? "";
  if (name.startsWith("<") || name === "") return { name: "", container: "" };
  return { name, container: anyReceiver.has(container) ? "" : container };
}
