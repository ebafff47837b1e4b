import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { maxFrames, positive, stackLines } from "./stackLines.ts";

/** .NET's `Exception.ToString()`: an inner exception stands before the frames of the outer one, as we want it. */
export const dotnet: Language = {
  name: "dotnet",
  extensions: ["cs", "fs", "vb", "cshtml", "razor"],
  frames,
  symbol,
  definitions: (name) => [` ${name}(`, ` ${name}<`],
  advice:
    ".NET: call activity.SetTag with code.file.path and code.line.number from [CallerFilePath] and [CallerLineNumber] where " +
    "the activity starts; ship PDB files so that exceptions have lines. Datadog: DD_CODE_ORIGIN_FOR_SPANS_ENABLED=true.",
};

function frames(stack: string): Place[] {
  const list: Place[] = [];
  for (const line of stackLines(stack)) {
    const frame = frameOf(line.trim());
    if (frame !== undefined && list.push(frame) === maxFrames) break;
  }
  return list;
}

function frameOf(text: string): Place | undefined {
  if (!text.startsWith("at ")) return undefined;
  const place = text.lastIndexOf(" in ");
  const source = place < 0 ? null : /^(.+):line (\d{1,10})$/.exec(text.slice(place + 4));
  const call = source === null ? text : text.slice(0, place);
  const open = call.indexOf("(");
  // Without a file it is a frame of .NET only when it could not be one of another language: "at a.b(C.java:3)".
  if (source === null && (open < 0 || !call.endsWith(")") || /:\d+\)$/.test(call) || call[open - 1] === " "))
    return undefined;
  const name = open < 0 ? call.slice(3) : call.slice(3, open);
  return { path: source?.[1] ?? "", line: positive(source?.[2]), column: 0, function: name };
}

function symbol(functionName: string): SymbolName {
  const open = functionName.indexOf("(");
  const text = (open > 0 ? functionName.slice(0, open) : functionName)
    .replace(/\[[^[\]]*\]/g, "")
    .replace(/`\d+/g, "");
  const constructed = /\.c?ctor$/.test(text);
  const parts = text.split(/[.+]/).filter((part) => part !== "" && !part.startsWith("<>"));
  const last = parts.pop() ?? "";
  const owner = parts[parts.length - 1] ?? "";
  if (constructed) return { name: owner, container: owner };
  const local = /^<[^<>]*>g__([^|]+)\|/.exec(last);
  if (local !== null) return { name: local[1], container: owner };
  const wrapped = /^<([^<>]+)>/.exec(last);
  if (wrapped !== null) return { name: wrapped[1], container: owner };
  const machine = /^<([^<>]+)>d__\d+$/.exec(owner);
  if (machine !== null) return { name: machine[1], container: parts[parts.length - 2] ?? "" };
  return { name: last.replace(/^[gs]et_/, ""), container: owner };
}
