import type { TraceQuery } from "./backend.ts";

/**
 * Datadog's span search of a form: conditions of one span, joined by spaces; `*` when nothing is asked.
 * Source: Datadog documentation, "Query syntax" of trace explorer.
 */
export function datadogQuery(query: Omit<TraceQuery, "fromMs" | "toMs" | "limit">): string {
  const terms: string[] = [];
  if (query.service !== "") terms.push(`service:${quoted(query.service)}`);
  if (query.operation !== "") terms.push(`resource_name:${quoted(query.operation)}`);
  for (const [key, value] of query.tags) terms.push(tagTerm(key, value));
  if (query.minDurationNs > 0) terms.push(`@duration:>=${Math.round(query.minDurationNs)}`);
  if (query.maxDurationNs > 0) terms.push(`@duration:<=${Math.round(query.maxDurationNs)}`);
  if (query.spanKind) terms.push(`@span.kind:${quoted(query.spanKind)}`);
  if (query.errorsOnly === true) terms.push("status:error");
  return terms.length === 0 ? "*" : terms.join(" ");
}

/** The spans of a trace, which may be named by its whole id or, in decimal, by the last 64 bits of it. */
export function datadogTraceQuery(id: string): string {
  const hex = id.padStart(32, "0");
  const decimal = BigInt(`0x${hex.slice(16)}`).toString();
  const isShort = /^0{16}/.test(hex);
  return isShort ? `trace_id:${decimal}` : `(trace_id:${hex} OR trace_id:${decimal})`;
}

/** What finds failed traces elsewhere finds them here too. */
function tagTerm(key: string, value: string): string {
  if (key === "error" && value === "true") return "status:error";
  const name = key.replaceAll(/[^\w.@/-]/g, (sign) => `\\${sign}`);
  return `@${name}:${value === "" ? "*" : quoted(value)}`;
}

/** Within quotes only the quote and the backslash mean something. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;
}
