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

/** A longer file is not one of variables. */
const longestFile = 100_000;
const assignment =
  /^[^\S\n]*(?:export[^\S\n]+)?(?<name>[A-Za-z_][\w.-]*)[^\S\n]*=[^\S\n]*(?:(?<quote>["'`])(?<quoted>(?:\\[\s\S]|(?!\k<quote>)[^\\])*)\k<quote>(?=[^\S\n]*(?:#[^\n]*)?$)|(?<plain>[^#\n]*))/gm;

/**
 * The variables of a file of `NAME=value` lines as the debugger for Node reads it, in dotenv's way: quotes of three kinds,
 * over several lines too, and comments behind values. What values refer to stays as it is written.
 */
export function variablesOfFile(text: string): Written {
  const lines = text
    .slice(0, longestFile)
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n");
  return Object.fromEntries(
    [...lines.matchAll(assignment)].map(({ groups = {} }) => {
      const { name, quote, quoted, plain = "" } = groups;
      if (quoted === undefined) return [name, plain.trim().replace(/^(["'`])(.*)\1$/, "$2")];
      return [name, quote === '"' ? quoted.replaceAll("\\n", "\n").replaceAll("\\r", "\r") : quoted];
    }),
  );
}
