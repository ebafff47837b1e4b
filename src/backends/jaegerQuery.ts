import type { TimeRange, TraceQuery } from "./backend.ts";
import type { Query } from "./http.ts";

/**
 * Parameters of `/api/v3/traces` and `/api/v3/trace-summaries`: times are RFC 3339, durations Go's. Each goes by two names,
 * that of all versions until now and that of 2.19 and later, which calls the other one deprecated.
 */
export function v3Query(query: TraceQuery): Query {
  const from = new Date(query.fromMs).toISOString();
  const to = new Date(query.toMs).toISOString();
  const depth = String(query.limit);
  const parameters: [string, string][] = [
    ...twice("query.service_name", "query.serviceName", query.service),
    ...twice("query.start_time_min", "query.startTimeMin", from),
    ...twice("query.start_time_max", "query.startTimeMax", to),
    ...twice("query.num_traces", "query.searchDepth", depth),
  ];
  const add = (old: string, now: string, value: string) => parameters.push(...twice(old, now, value));
  if (query.operation !== "") add("query.operation_name", "query.operationName", query.operation);
  if (query.minDurationNs > 0)
    add("query.duration_min", "query.durationMin", goDuration(query.minDurationNs));
  if (query.maxDurationNs > 0)
    add("query.duration_max", "query.durationMax", goDuration(query.maxDurationNs));
  const tags = searchedTags(query);
  if (tags.size > 0) parameters.push(["query.attributes", tagsJson(tags)]);
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
  const tags = searchedTags(query);
  if (tags.size > 0) parameters.push(["tags", tagsJson(tags)]);
  return parameters;
}

/** Parameters of `/api/v3/traces/{id}`: the trace as it was sent, since the repairs (clocks among them) are the model's. */
export function v3TraceQuery(window: TimeRange | undefined): Query {
  const raw = twice("raw_traces", "rawTraces", "true");
  return window === undefined ? raw : [...raw, ...v3Times(window)];
}

/** From when to when, as `/api/v3/traces/{id}` and `/api/v3/dependencies` take it. */
export function v3Times({ fromMs, toMs }: TimeRange): Query {
  return [
    ...twice("start_time", "startTime", new Date(fromMs).toISOString()),
    ...twice("end_time", "endTime", new Date(toMs).toISOString()),
  ];
}

/** The same for the internal `/api/traces/{id}`: times in unix µs. */
export function internalTraceQuery(window: TimeRange | undefined): Query {
  const raw: Query = [["raw", "true"]];
  if (window === undefined) return raw;
  return [
    ...raw,
    ["start", String(Math.floor(window.fromMs * 1000))],
    ["end", String(Math.ceil(window.toMs * 1000))],
  ];
}

function twice(old: string, now: string, value: string): [string, string][] {
  return [
    [old, value],
    [now, value],
  ];
}

/** The tags of a search, with those that stand for what Jaeger has no parameter for: errors and the kind of span. */
export function searchedTags(query: TraceQuery): ReadonlyMap<string, string> {
  const tags = new Map(query.tags);
  if (query.errorsOnly === true) tags.set("error", "true");
  if (query.spanKind) tags.set("span.kind", query.spanKind);
  return tags;
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
