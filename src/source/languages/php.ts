import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { causesFirst, maxFrames, positive, stackLines } from "./stackLines.ts";

/** PHP as OpenTelemetry writes it (like Java, with base names), and as PHP itself does (`#0 file(line): call`). */
export const php: Language = {
  name: "php",
  extensions: ["php", "phtml"],
  frames(stack) {
    const native = nativeFrames(stack);
    return native.length > 0 ? native : causesFirst(stack, openTelemetryFrame);
  },
  symbol,
  definitions: (name) => [`function ${name}(`, `class ${name}`],
  advice:
    "PHP: set code.file.path and code.line.number from debug_backtrace() where the span starts, or mark methods with " +
    "#[WithSpan], which names them; the auto-instrumentations name the hooked library method.",
};

/**
 * A line `#n` says where the call named in it was made, so the place is inside the function that line n + 1 names;
 * the place of the throw stands before "Stack trace:". An error's cause is printed before it.
 */
function nativeFrames(stack: string): Place[] {
  const list: Place[] = [];
  let waiting: Omit<Place, "function"> | undefined;
  const settle = (name: string) => {
    if (waiting !== undefined) list.push({ ...waiting, function: name });
    waiting = undefined;
  };
  for (const line of stackLines(stack)) {
    if (list.length === maxFrames) break;
    const thrown = line.startsWith("#") ? undefined : throwPlace(line);
    if (thrown !== undefined) {
      settle("");
      waiting = thrown;
      continue;
    }
    const frame = /^\s*#\d+ (.*)$/.exec(line);
    if (frame === null) continue;
    const placed = /^(.+?)\((\d{1,10})\): (.*)$/.exec(frame[1]);
    const call = (placed?.[3] ?? frame[1]).replace(/^\[internal function\]: /, "");
    const open = call.indexOf("(");
    settle(open > 0 ? call.slice(0, open) : call);
    if (placed !== null) waiting = { path: placed[1], line: positive(placed[2]), column: 0 };
  }
  settle("");
  return list.slice(0, maxFrames);
}

/** `PDOException: timeout in /app/db.php:9` */
function throwPlace(line: string): Omit<Place, "function"> | undefined {
  const end = /\.php:(\d{1,10})$/.exec(line.slice(-16));
  const from = end === null ? -1 : line.lastIndexOf(" in ");
  if (end === null || from < 0) return undefined;
  return { path: line.slice(from + 4, line.lastIndexOf(":")), line: positive(end[1]), column: 0 };
}

/** The path is made from the class: the frame has the base name only, and namespaces are folders. */
function openTelemetryFrame(line: string): Place | undefined {
  const text = line.trim();
  if (!text.startsWith("at ")) return undefined;
  const open = text.lastIndexOf("(");
  const source = open < 0 ? null : /^([^():/\\]+\.php):(\d{1,10})\)$/.exec(text.slice(open + 1));
  if (source === null) return undefined;
  const name = text.slice(3, open);
  const folders = name.startsWith("{") ? [] : name.split(/[.\\]/).slice(0, -2);
  return { path: [...folders, source[1]].join("/"), line: positive(source[2]), column: 0, function: name };
}

function symbol(functionName: string): SymbolName {
  const closure = /\{closure:([^{}]+?)(?:\(\))?(?::\d+)?\}/.exec(functionName);
  const parts = (closure?.[1] ?? functionName)
    .split(/->|::|[\\.]/)
    .filter((part) => part !== "" && !part.startsWith("{"));
  if (closure === null && functionName.includes("{"))
    return { name: "", container: parts[parts.length - 1] ?? "" };
  return { name: parts[parts.length - 1] ?? "", container: parts[parts.length - 2] ?? "" };
}
