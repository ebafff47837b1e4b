import { type Candidate, type Confidence, lessSure } from "./candidate.ts";
import { definesSymbol } from "./definition.ts";
import type { Location, SymbolHit } from "./files.ts";
import { languageNamed, languages } from "./languages/index.ts";
import type { SymbolName } from "./languages/language.ts";
import { fileSegments } from "./pathTail.ts";
import { placesFinding } from "./placesFinding.ts";
import type { Finding, ResolveOptions } from "./resolution.ts";
import { shownText } from "./shownText.ts";
import { isAside, ofLanguage } from "./sourceFile.ts";
import type { WorkspaceText } from "./workspaceText.ts";

/** Where the function or class a candidate names is defined: by the symbol providers, else by a search of the text. */
export async function resolveSymbol(
  candidate: Candidate,
  workspace: WorkspaceText,
  options: ResolveOptions,
): Promise<Finding> {
  const symbol = candidate.symbol;
  if (symbol === undefined) return { reason: "" };
  const hits = (await workspace.symbols(symbol.name)).filter((hit) => plainName(hit.name) === symbol.name);
  const provided = ofLanguage(hits, candidate.language);
  const found = provided.length > 0 ? provided : await definitions(symbol, candidate, workspace);
  const inContainer = found.filter((hit) => containerFits(hit, symbol.container));
  const shown = shownText(symbol.container === "" ? symbol.name : `${symbol.name} of ${symbol.container}`);
  // A name with dots in it need not be a function's at all: that it is none is nothing to tell.
  if (found.length === 0 && candidate.kind === "name") return { reason: "" };
  if (found.length === 0) return { reason: `${shown} (${candidate.reason}) is not defined in the workspace` };
  // A container that no hit has: the name alone is a guess, and a common name is none.
  const places = inContainer.length > 0 ? inContainer : found;
  const code = places.filter((place) => !isAside(place.file));
  const named = symbol.container !== "" || code.length === 1 || places.length === 1;
  const sure: Confidence = inContainer.length > 0 && named ? "likely" : "guess";
  const confidence = lessSure(candidate.sure, sure);
  const how =
    inContainer.length > 0
      ? `where ${shown} is defined`
      : `where a function ${shownText(symbol.name)} is defined`;
  const key = `symbol\n${candidate.service}\n${symbol.container}.${symbol.name}`;
  return placesFinding(places, `${candidate.reason}; ${how}`, confidence, key, candidate.service, options);
}

/** "load(String)", "(*Cart).Load" and "Cart.load" as symbol providers name them are "load" and "Load". */
function plainName(name: string): string {
  const open = name.indexOf("(", 1);
  const text = open > 0 ? name.slice(0, open) : name;
  return text
    .slice(Math.max(text.lastIndexOf("."), text.lastIndexOf(":"), text.lastIndexOf("##")) + 1)
    .replace(/\/\d+$/, "")
    .trim();
}

/** Whether a symbol stands in `container`: by its own word, by its qualified name, or by the name of its file. */
function containerFits(hit: SymbolHit, container: string): boolean {
  if (container === "") return true;
  const wanted = container.toLowerCase();
  const owners = `${hit.container} ${hit.name}`.toLowerCase().split(/[^\p{L}\p{N}_$]+/u);
  // A service of an RPC is served by CartService, CartServiceImpl, CartServiceServicer, cartServer.
  if (owners.some((owner) => owner === wanted || (wanted.length > 3 && owner.startsWith(wanted))))
    return true;
  const segments = fileSegments(hit.file);
  const file = segments[segments.length - 1]
    .replace(/\.[^.]+$/, "")
    .replaceAll("_", "")
    .toLowerCase();
  return file === wanted.replaceAll("_", "") || segments[segments.length - 2]?.toLowerCase() === wanted;
}

/** Definitions found in the text, for languages that no symbol provider of the editor knows. */
async function definitions(
  symbol: SymbolName,
  candidate: Candidate,
  workspace: WorkspaceText,
): Promise<readonly SymbolHit[]> {
  if (!/^[\p{L}_$#][\p{L}\p{N}_$?!]{2,199}$/u.test(symbol.name)) return [];
  const language = languageNamed(candidate.language);
  const texts = new Set(
    (language === undefined ? languages : [language]).flatMap((one) => one.definitions(symbol.name)),
  );
  const hits = new Map<string, SymbolHit>();
  for (const text of texts) {
    for (const location of await workspace.search(text, 50)) {
      const lines = await workspace.lines(location.file);
      const line = lines?.[location.line - 1];
      if (lines === undefined || line === undefined || !definesSymbol(line, symbol.name)) continue;
      hits.set(`${location.file}\n${location.line}`, {
        ...start(location, line, symbol.name),
        name: symbol.name,
        container: enclosing(lines, location.line, symbol.container),
      });
    }
  }
  return ofLanguage([...hits.values()], candidate.language);
}

function start(location: Location, line: string, name: string): Location {
  return { file: location.file, line: location.line, column: line.indexOf(name) + 1 };
}

/** `container` when it is opened above the line in the text, or is the receiver on it; else "". */
function enclosing(lines: readonly string[], line: number, container: string): string {
  if (container === "") return "";
  const receiver = new RegExp(
    `\\(\\s*\\w*\\s*\\*?${container.replace(/[^\p{L}\p{N}_]/gu, "\\$&")}\\s*\\)`,
    "u",
  );
  if (receiver.test(lines[line - 1])) return container;
  const opens =
    /\b(?:class|interface|struct|impl|module|defmodule|trait|object|enum|record|package|namespace)\b/;
  for (let i = line - 1; i >= 0; i--) {
    if (opens.test(lines[i]) && lines[i].split(/[^\p{L}\p{N}_$]+/u).includes(container)) return container;
  }
  return "";
}
