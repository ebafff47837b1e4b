/** The ending of a trace file's name: its signal, its form and how it is compressed. */
const ending = /(?:\.otlp)?(\.jsonl?|\.pb)?(\.gz|\.zst)?$/;

/** Where the log records of a trace file are: beside it, since OTLP wants one signal a file. "shop.otlp.jsonl" has "shop.logs.jsonl". */
export function logsPath(path: string): string {
  return path.replace(ending, ".logs$1$2");
}

/** Where they may be, best first: in the same form, else in another, plain before compressed. */
export function logsPaths(path: string): string[] {
  const stem = path.replace(ending, ".logs");
  const others = ["", ".gz", ".zst"].flatMap((compressed) =>
    [".jsonl", ".json", ".pb"].map((form) => `${stem}${form}${compressed}`),
  );
  return [...new Set([logsPath(path), ...others])];
}
