import type { TraceQuery } from "./backend.ts";
import type { Query } from "./http.ts";

/**
 * Parameters of `/api/v3/traces` and `/api/v3/trace-summaries`. The snake_case names are the ones that every version of
 * Jaeger understands; times are RFC 3339, durations Go's.
 */
export function v3Query(query: TraceQuery): Query {
  const parameters: [string, string][] = [
    ["query.service_name", query.service],
    ["query.start_time_min", new Date(query.fromMs).toISOString()],
    ["query.start_time_max", new Date(query.toMs).toISOString()],
    ["query.num_traces", String(query.limit)],
  ];
  if (query.operation !== "") parameters.push(["query.operation_name", query.operation]);
  if (query.minDurationNs > 0) parameters.push(["query.duration_min", goDuration(query.minDurationNs)]);
  if (query.maxDurationNs > 0) parameters.push(["query.duration_max", goDuration(query.maxDurationNs)]);
  if (query.tags.size > 0) parameters.push(["query.attributes", tagsJson(query.tags)]);
  return parameters;
}

/** Parameters of the internal `/api/traces`: times in unix µs, durations Go's. */
export function internalQuery(query: TraceQuery): Query {
  const parameters: [string, string][] = [
    ["service", query.service],
    ["start", String(Math.floor(query.fromMs * 1000))],
    ["end", String(Math.ceil(query.toMs * 1000))],
    ["limit", String(query.limit)],
  ];
  if (query.operation !== "") parameters.push(["operation", query.operation]);
  if (query.minDurationNs > 0) parameters.push(["minDuration", goDuration(query.minDurationNs)]);
  if (query.maxDurationNs > 0) parameters.push(["maxDuration", goDuration(query.maxDurationNs)]);
  if (query.tags.size > 0) parameters.push(["tags", tagsJson(query.tags)]);
  return parameters;
}

/** Go's duration text in its smallest unit, so that nothing is rounded but the fraction of a ns. */
export function goDuration(ns: number): string {
  return `${BigInt(Math.round(ns))}ns`;
}

/** A JSON object of strings; written by hand, as keys are the user's and may be `__proto__`. */
function tagsJson(tags: ReadonlyMap<string, string>): string {
  const members = [...tags].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{${members.join(",")}}`;
}
