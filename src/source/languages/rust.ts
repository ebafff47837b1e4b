import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { maxFrames, positive, stackLines } from "./stackLines.ts";

/** Rust backtraces (a line `3: path::to::f`, then `at file:line:column`), span traces, and where a panic began. */
export const rust: Language = {
  name: "rust",
  extensions: ["rs"],
  frames,
  symbol,
  definitions: (name) => [`fn ${name}`, `struct ${name}`],
  advice:
    "Rust: tracing-opentelemetry sets the file and line by itself; check that with_location(true) was not turned off, and " +
    'build with debug = "line-tables-only" for backtraces.',
};

function frames(stack: string): Place[] {
  const list: Place[] = [];
  let named = "";
  for (const line of stackLines(stack)) {
    const text = line.trim();
    const numbered = /^\d+: (?:0x[0-9a-f]+ - )?(.+)$/.exec(text);
    if (numbered !== null) {
      named = numbered[1];
      continue;
    }
    const panicked = text.includes("panicked at ") ? text.slice(text.lastIndexOf(" ") + 1) : "";
    const place = /^(\S.*\.rs):(\d{1,10})(?::(\d{1,10}))?:?$/.exec(
      text.startsWith("at ") ? text.slice(3) : panicked,
    );
    if (place === null) continue;
    list.push({ path: place[1], line: positive(place[2]), column: positive(place[3]), function: named });
    named = "";
    if (list.length === maxFrames) break;
  }
  return list;
}

function symbol(functionName: string): SymbolName {
  // <shop::Cart as shop::Load>::load and <impl Load for shop::Cart>::load are both load of Cart.
  const text = functionName
    .replace(/<impl [^<>]* for ([^<>]+)>/g, "$1")
    .replace(/<([^<>]+?) as [^<>]+>/g, "$1")
    .replace(/(?:::)?<[^<>]*>/g, "")
    .replace(/::h[0-9a-f]{16}$/, "");
  const parts = text.split("::").filter((part) => part !== "" && !part.startsWith("{"));
  return { name: parts[parts.length - 1] ?? "", container: parts[parts.length - 2] ?? "" };
}
