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

/** The variables of a file of `NAME=value` lines, as debuggers read it; values keep what they refer to. */
export function variablesOfFile(text: string): Written {
  const pairs: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*$/.exec(line.slice(0, 10_000));
    if (match !== null) pairs.push([match[1], match[2].replace(/^(["'])(.*)\1$/, "$2")]);
  }
  return Object.fromEntries(pairs);
}
