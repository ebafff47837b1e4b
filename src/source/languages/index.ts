import type { Place } from "../place.ts";
import { dotnet } from "./dotnet.ts";
import { elixir } from "./elixir.ts";
import { go } from "./go.ts";
import { java } from "./java.ts";
import type { Language, SymbolName } from "./language.ts";
import { nodejs } from "./nodejs.ts";
import { php } from "./php.ts";
import { python } from "./python.ts";
import { ruby } from "./ruby.ts";
import { rust } from "./rust.ts";
import { maxFrames } from "./stackLines.ts";

/** Every language whose stack traces are read. */
export const languages: readonly Language[] = [nodejs, python, java, go, dotnet, ruby, php, rust, elixir];

/** Other names under which telemetry.sdk.language, or people, know a language of the list. */
const aliases = new Map([
  ["webjs", "nodejs"],
  ["javascript", "nodejs"],
  ["js", "nodejs"],
  ["node", "nodejs"],
  ["kotlin", "java"],
  ["scala", "java"],
  ["elixir", "erlang"],
  ["csharp", "dotnet"],
]);

/** The language of a value of telemetry.sdk.language, if it is in the list. */
export function languageNamed(name: string): Language | undefined {
  const known = aliases.get(name.toLowerCase()) ?? name.toLowerCase();
  return languages.find((language) => language.name === known);
}

/** Frames of a stack trace, and the language that was found to have written it. */
export interface StackFrames {
  readonly language: string;
  readonly frames: readonly Place[];
}

/** Reads a stack as `language` writes it; when that finds no file, as the language that finds the most frames with one. */
export function framesOf(stack: string, language: string): StackFrames {
  let best: StackFrames = { language, frames: [] };
  let bestScore = 0;
  const named = languageNamed(language);
  for (const candidate of named === undefined ? languages : [named, ...languages]) {
    const frames = candidate.frames(stack);
    const placed = frames.reduce((count, frame) => count + (frame.path === "" ? 0 : 1), 0);
    if (candidate === named && placed > 0) return { language: named.name, frames };
    const score = placed * 1000 + frames.length;
    if (score > bestScore) {
      best = { language: candidate.name, frames };
      bestScore = score;
    }
    if (placed === maxFrames) break;
  }
  return best;
}

/** The symbol a function name means; when the language is not known, the form of the name tells how to read it. */
export function symbolOf(functionName: string, language: string): SymbolName {
  const text = functionName.slice(0, 500);
  const reader = languageNamed(language) ?? readerOf(text);
  return reader.symbol(text);
}

function readerOf(name: string): Language {
  if (name.includes("\\") || name.includes("->")) return php;
  if (name.includes("#") && !name.startsWith("#")) return ruby;
  if (name.includes("::")) return rust;
  if (name.includes("/") || name.includes("(*")) return go;
  return name.includes("$") ? java : python;
}
