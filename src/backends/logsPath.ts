/** Where the log records of a trace file are: beside it, since OTLP wants one signal a file. "shop.otlp.jsonl" has "shop.logs.jsonl". */
export function logsPath(path: string): string {
  return path.replace(/(?:\.otlp)?(\.jsonl?)?$/, ".logs$1");
}
