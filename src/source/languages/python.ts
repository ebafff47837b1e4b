import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { maxFrames, positive, stackLines } from "./stackLines.ts";

/** Python's traceback module: within a traceback the innermost frame is last, and the oldest cause is printed first. */
export const python: Language = {
  name: "python",
  extensions: ["py", "pyw", "pyi", "pyx"],
  frames,
  symbol,
  definitions: (name) => [`def ${name}(`, `class ${name}`],
  advice:
    "Python: set code.file.path, code.line.number and code.function.name on the span in a span processor's on_start, " +
    "or use Logfire, which sets them; AWS's distribution does with OTEL_AWS_CODE_CORRELATION_ENABLED=true.",
};

function frames(stack: string): Place[] {
  const tracebacks: { margin: number; frames: Place[] }[] = [];
  for (const line of stackLines(stack)) {
    // An exception group draws a margin of "|" and "+---"; what is further in is nearer to the cause.
    const margin = line.search(/[^\s|+-]/);
    if (margin < 0) continue;
    if (line.includes("Traceback (most recent call last)", margin)) {
      tracebacks.push({ margin: line.lastIndexOf("|", margin) + 1, frames: [] });
      continue;
    }
    const place = frameOf(line.slice(margin));
    if (place === undefined) continue;
    if (tracebacks.length === 0) tracebacks.push({ margin: 0, frames: [] });
    tracebacks[tracebacks.length - 1].frames.push(place);
  }
  tracebacks.sort((a, b) => b.margin - a.margin);
  return tracebacks.flatMap((traceback) => traceback.frames.reverse()).slice(0, maxFrames);
}

function frameOf(text: string): Place | undefined {
  if (!text.startsWith('File "')) return undefined;
  const quote = text.indexOf('"', 6);
  if (quote < 0) return undefined;
  const rest = /^", line (\d+)(?:, in (.+))?$/.exec(text.slice(quote));
  if (rest === null) return undefined;
  return { path: text.slice(6, quote), line: positive(rest[1]), column: 0, function: rest[2] ?? "" };
}

function symbol(functionName: string): SymbolName {
  const parts = functionName.split(".").filter((part) => part !== "" && !part.startsWith("<"));
  return { name: parts[parts.length - 1] ?? "", container: parts[parts.length - 2] ?? "" };
}
