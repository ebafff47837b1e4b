import { type Candidate, type Confidence, lessSure } from "./candidate.ts";
import type { Location } from "./files.ts";
import { type LiteralSearch, nameSearch, routeOfName, routeSearch } from "./literalSearch.ts";
import { placesFinding } from "./placesFinding.ts";
import type { Finding, ResolveOptions } from "./resolution.ts";
import { shownText } from "./shownText.ts";
import { isData, ofLanguage } from "./sourceFile.ts";
import type { WorkspaceText } from "./workspaceText.ts";

/** Hits that are looked at: a text with more is too common to say anything. */
const hitLimit = 200;

/** Where the code has a candidate's text in quotes: a route in any framework's writing, or the name of a span. */
export async function resolveLiteral(
  candidate: Candidate,
  workspace: WorkspaceText,
  options: ResolveOptions,
): Promise<Finding> {
  const literal = candidate.literal ?? "";
  const key = `text\n${candidate.service}\n${literal}`;
  for (const { search, sure, how } of searches(candidate, literal)) {
    const hits = ofLanguage(await quoted(search, workspace), candidate.language);
    if (hits.length === 0) continue;
    const confidence = lessSure(candidate.sure, sure);
    return placesFinding(hits, `${candidate.reason}; ${how}`, confidence, key, candidate.service, options);
  }
  return { reason: `"${shownText(literal)}" (${candidate.reason}) stands in no source file` };
}

interface Attempt {
  readonly search: LiteralSearch;
  readonly sure: Confidence;
  readonly how: string;
}

function searches(candidate: Candidate, literal: string): Attempt[] {
  const route = candidate.kind === "route" ? literal : routeOfName(literal);
  const attempts: Attempt[] = [];
  const add = (search: LiteralSearch | undefined, sure: Confidence, how: string) => {
    if (search !== undefined) attempts.push({ search, sure, how });
  };
  if (candidate.kind === "name") add(nameSearch(literal), "guess", "where the code has this text");
  if (route === undefined) return attempts;
  add(routeSearch(route), "likely", "where the code has this route");
  for (const drop of [1, 2])
    add(routeSearch(route, drop), "guess", "where the code has the end of this route");
  return attempts;
}

async function quoted(search: LiteralSearch, workspace: WorkspaceText): Promise<Location[]> {
  for (const literal of search.literals) {
    const found = new Map<string, Location>();
    for (const hit of await workspace.search(literal, hitLimit)) {
      if (isData(hit.file)) continue;
      const line = (await workspace.lines(hit.file))?.[hit.line - 1];
      if (line === undefined || line.length > 2000) continue;
      const match = search.fits.exec(line);
      if (match !== null)
        found.set(`${hit.file}\n${hit.line}`, { file: hit.file, line: hit.line, column: match.index + 1 });
    }
    if (found.size > 0) return [...found.values()];
  }
  return [];
}
