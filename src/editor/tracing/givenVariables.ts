/** Variables as settings and launch configurations write them; null takes one away. */
type Written = Readonly<Record<string, unknown>>;

const blindToCase = process.platform === "win32";

/** Several sources of variables as one, the later over the earlier; what is taken away counts as given, and empty. */
export function givenVariables(...sources: readonly (Written | undefined)[]): Map<string, string> {
  const given = new Map<string, string>();
  for (const source of sources) {
    for (const [name, value] of Object.entries(source ?? {})) {
      given.set(blindToCase ? name.toUpperCase() : name, value === null ? "" : String(value));
    }
  }
  return given;
}

/** What traced terminals have under these names as well: by it a window knows what one of them has handed down to it. */
export const marks = new Map([
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "TRACELINE_ENDPOINT"],
  ["OTEL_SERVICE_NAME", "TRACELINE_SERVICE_NAME"],
]);

/** An environment without what it has from the traced terminal of another window, where this one was started by `code .`. */
export function withoutTraced(environment: Written): Written {
  const inherited = [...marks].filter(([name, mark]) => environment[name] === environment[mark]);
  const left = new Set(inherited.map(([name]) => name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !left.has(name)));
}

/** The variables of a file of `NAME=value` lines, as debuggers read it; values keep what they refer to. */
export function variablesOfFile(text: string): Written {
  const pairs: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*$/.exec(line.slice(0, 10_000));
    if (match !== null) pairs.push([match[1], match[2].replace(/^(["'])(.*)\1$/, "$2")]);
  }
  return Object.fromEntries(pairs);
}
