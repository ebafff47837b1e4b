import { goDuration } from "./jaegerQuery.ts";
import { regexLiteral, traceqlAttribute, traceqlLiterals, traceqlString } from "./traceql.ts";

/** Names under which spans say where their code is. */
export interface CodeNames {
  readonly file: string;
  readonly line: string;
  readonly function: string;
  /** What the function is to be read with; "" where the function's name says it all. */
  readonly namespace: string;
  /** What tells places apart. Tempo groups durations by four attributes at most, and counts by five. */
  readonly by: readonly string[];
  /** What else is told of a place, by the most of its spans. */
  readonly also: string;
}

export const serviceName = traceqlAttribute("resource", "service.name");

function codeNames(file: string, line: string, method: string, namespace: string): CodeNames {
  const span = (name: string) => (name === "" ? "" : traceqlAttribute("span", name));
  const [fileName, lineName, functionName, namespaceName] = [file, line, method, namespace].map(span);
  return {
    file: fileName,
    line: lineName,
    function: functionName,
    namespace: namespaceName,
    by: [serviceName, fileName, lineName, functionName],
    also: namespaceName || "name",
  };
}

/** The same text for what is one place. */
export function placeKeyOf(names: CodeNames, labels: ReadonlyMap<string, string>): string {
  return JSON.stringify(names.by.map((name) => labels.get(name) ?? ""));
}

/** The present names, and those before semantic conventions 1.30. */
export const codeGenerations: readonly CodeNames[] = [
  codeNames("code.file.path", "code.line.number", "code.function.name", ""),
  codeNames("code.filepath", "code.lineno", "code.function", "code.namespace"),
];

/** Languages whose spans name the class and not the file, where a file is named for its class. */
const classFiles = /^([\p{L}_$][\p{L}\p{N}_$]*)\.(?:java|kt|scala|groovy|cs)$/u;

/** The TraceQL metrics that a file's latency by line is made of, for one generation of names. */
export interface MetricsQueries {
  readonly count: string;
  readonly errors: string;
  /** Counts by duration; quantiles are not asked for, as those of several steps cannot be put together. */
  readonly durations: string;
}

/** `fileTail` is the end of a path, with "/": its segments match whole, after either separator. */
export function metricsQueries(names: CodeNames, fileTail: string): MetricsQueries {
  const terms = [`${names.file} =~ ${traceqlString(fileRegex(fileTail))}`];
  const classRegex = classNameRegex(fileTail, names.namespace === "");
  if (classRegex !== undefined)
    terms.push(`${names.namespace || names.function} =~ ${traceqlString(classRegex)}`);
  const where = terms.length === 1 ? terms[0] : `(${terms.join(" || ")})`;
  const by = names.by.join(", ");
  return {
    count: `{ ${where} } | count_over_time() by(${by}, ${names.also})`,
    errors: `{ ${where} && status = error } | count_over_time() by(${by})`,
    durations: `{ ${where} } | histogram_over_time(duration) by(${by})`,
  };
}

/**
 * Calls of a place that took so long at least. `labels` are what the place is grouped by, without those its spans lack: they
 * are not asked for.
 */
export function slowCallsQuery(
  names: CodeNames,
  { labels, leastNs }: { readonly labels: ReadonlyMap<string, string>; readonly leastNs: number },
): string {
  const terms = names.by.flatMap((name) => {
    const value = labels.get(name) ?? "";
    if (value === "") return [];
    const literals = name === names.line ? traceqlLiterals(value) : [traceqlString(value)];
    const any = literals.map((literal) => `${name} = ${literal}`).join(" || ");
    return [literals.length === 1 ? any : `(${any})`];
  });
  return `{ ${[...terms, `duration >= ${goDuration(leastNs)}`].join(" && ")} } | select(status)`;
}

/** Anchored at both ends, as Tempo takes every regular expression. */
function fileRegex(fileTail: string): string {
  return `(.*[/\\\\])?${fileTail.split("/").map(regexLiteral).join("[/\\\\]")}`;
}

function classNameRegex(fileTail: string, withMethod: boolean): string | undefined {
  const name = classFiles.exec(fileTail.slice(fileTail.lastIndexOf("/") + 1))?.[1];
  if (name === undefined) return undefined;
  return `(.*[.])?${regexLiteral(name)}${withMethod ? "[.$].*" : "([.$].*)?"}`;
}
