/** A text to search for, and what the line around a hit has to look like. */
export interface LiteralSearch {
  /** What is searched, in this order until one is found on a fitting line. */
  readonly literals: readonly string[];
  readonly fits: RegExp;
}

const quote = "[\"'`]";
const verb = "(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)";

/** One path parameter in any framework's writing: {id}, {id:int}, :id, <int:id>, [id], (?P<id>\d+), *, $id. */
const parameter = String.raw`(?:\{[^{}/]*\}|:[A-Za-z_]\w*(?:\([^()]*\))?\??|<[^<>/]*>|\[[^[\]/]*\]|\(\?P?<\w+>[^()]*\)|\*\w*|\$\{?\w+\}?)`;
const parameterParts = new RegExp(parameter, "g");

/** A search for a span's name as a quoted text; undefined for a name that says too little. */
export function nameSearch(name: string): LiteralSearch | undefined {
  if (name.length < 3 || name.length > 150) return undefined;
  return { literals: [name], fits: new RegExp(`${quote}${escaped(name)}${quote}`) };
}

/** The HTTP method and the path of a span's name like "GET /carts/{id}", if it is one. */
export function routeOfName(name: string): string | undefined {
  return new RegExp(`^(?:HTTP )?${verb} (/\\S+)$`).exec(name)?.[1];
}

/**
 * A search for a route as frameworks write it: with parameters in any style, after a method (`"GET /carts/{id}"`), with or
 * without the slashes at its ends. `drop` leading segments are left out, for a router that is mounted under them.
 * Undefined when nothing of it is fixed text.
 */
export function routeSearch(route: string, drop = 0): LiteralSearch | undefined {
  if (route.length > 300) return undefined;
  const bare = route
    .replace(/\(\.:format\)$/, "")
    .replace(/^\^|\$$/g, "")
    .replace(/^\/|\/$/g, "");
  const segments = segmentsOf(bare);
  if (drop > 0 && segments.length <= drop) return undefined;
  const kept = segments.slice(drop);
  const path = kept.map((segment) => pattern(segment)).join("/");
  const runs = fixedRuns(kept);
  if (runs.length === 0) return undefined;
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a));
  const first = kept[0].search(parameterParts) < 0;
  const literals = [longest.startsWith("/") || !first ? longest : `/${longest}`];
  if (first) literals.push(`"${runs[0]}`, `'${runs[0]}`, `^${runs[0]}`);
  return {
    literals,
    fits: new RegExp(`${quote}(?:${verb} )?\\^?/?${path}/?\\$?(?:\\(\\.:format\\))?${quote}`),
  };
}

/** Split at "/", except within a parameter's own pattern. */
function segmentsOf(path: string): string[] {
  const segments: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < path.length; i++) {
    if ("({<[".includes(path[i])) depth++;
    else if (")}>]".includes(path[i])) depth--;
    else if (path[i] === "/" && depth <= 0) {
      segments.push(path.slice(from, i));
      from = i + 1;
    }
  }
  segments.push(path.slice(from));
  return segments.filter((segment) => segment !== "");
}

function pattern(segment: string): string {
  let text = "";
  let from = 0;
  for (const match of segment.matchAll(parameterParts)) {
    text += escaped(segment.slice(from, match.index)) + parameter;
    from = match.index + match[0].length;
  }
  return text + escaped(segment.slice(from));
}

/** Runs of neighbouring segments without a parameter, each with the slashes that join it to its neighbours. */
function fixedRuns(segments: readonly string[]): string[] {
  const runs: string[] = [];
  let run = "";
  segments.forEach((segment, i) => {
    const fixed = segment.search(parameterParts) < 0;
    if (fixed) run += `${run === "" && i > 0 ? "/" : ""}${segment}${i < segments.length - 1 ? "/" : ""}`;
    if ((!fixed || i === segments.length - 1) && run !== "") {
      runs.push(run);
      run = "";
    }
  });
  return runs.filter((text) => /[\p{L}\p{N}]{2}/u.test(text));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
