import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { maxFrames, positive, stackLines } from "./stackLines.ts";

/** Elixir and Erlang as `Exception.format_stacktrace` writes them; paths are relative to the application named. */
export const elixir: Language = {
  name: "erlang",
  extensions: ["ex", "exs", "erl", "heex"],
  frames,
  symbol,
  definitions: (name) => [`def ${name}`, `defp ${name}`, `defmodule ${name}`],
  advice:
    'Elixir: set "code.file.path": __ENV__.file and "code.line.number": __ENV__.line as attributes where the span starts; ' +
    "Phoenix names the controller and the action by itself.",
};

/** Applications that are never the user's own: their files are given as a dependency's. */
const libraries = new Set([
  "elixir",
  "stdlib",
  "kernel",
  "mix",
  "ex_unit",
  "logger",
  "phoenix",
  "plug",
  "plug_cowboy",
]);
for (const name of ["cowboy", "bandit", "thousand_island", "ecto", "ecto_sql", "db_connection"])
  libraries.add(name);

function frames(stack: string): Place[] {
  const list: Place[] = [];
  for (const line of stackLines(stack)) {
    const text = line.trim();
    const application = /^\(([\w-]{1,100})[^()]{0,60}\) /.exec(text);
    const match = /^((?:[A-Za-z]:)?[^:\s]+\.(?:exs?|erl)):(\d{1,10}): (.+)$/.exec(
      text.slice(application?.[0].length ?? 0),
    );
    if (match === null) continue;
    const path =
      application !== null && libraries.has(application[1]) ? `deps/${application[1]}/${match[1]}` : match[1];
    list.push({ path, line: positive(match[2]), column: 0, function: match[3] });
    if (list.length === maxFrames) break;
  }
  return list;
}

function symbol(functionName: string): SymbolName {
  const text = functionName
    .replace(/^anonymous fn\/\d+ in /, "")
    .replace(/^Elixir\./, "")
    .replace(/"?-([^/-]+)\/.*$/, "$1")
    .replace(/\/\d+$/, "");
  const parts = text.split(/[.:]/).filter((part) => part !== "");
  return { name: parts[parts.length - 1] ?? "", container: parts[parts.length - 2] ?? "" };
}
