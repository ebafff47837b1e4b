import { UserError } from "../base/userError.ts";
import type { TraceQuery } from "./backend.ts";
import type { Query } from "./http.ts";
import { plainText } from "./plainText.ts";

/**
 * Parameters of Zipkin's `/api/v2/traces`: times in whole ms, durations in whole µs. Names are in lower case, as Zipkin
 * keeps them. Throws a UserError for a tag that its search has no way to write.
 * Source: openzipkin/zipkin, `QueryRequest.java`.
 */
export function zipkinQuery(query: TraceQuery): Query {
  const endMs = Math.max(1, Math.ceil(query.toMs));
  const parameters: [string, string][] = [
    ["endTs", String(endMs)],
    ["lookback", String(Math.max(1, endMs - Math.floor(query.fromMs)))],
    ["limit", String(Math.max(1, query.limit))],
  ];
  if (query.service !== "") parameters.push(["serviceName", query.service.toLowerCase()]);
  if (query.operation !== "") parameters.push(["spanName", query.operation.toLowerCase()]);
  if (query.remoteService) parameters.push(["remoteServiceName", query.remoteService.toLowerCase()]);
  const tags = new Map(query.tags);
  if (query.errorsOnly === true && !tags.has("error")) tags.set("error", "true");
  if (tags.size > 0) parameters.push(["annotationQuery", annotationQuery(tags)]);
  const shortest = Math.max(1, Math.ceil(query.minDurationNs / 1000));
  const longest = Math.max(shortest, Math.floor(query.maxDurationNs / 1000));
  // A longest duration alone is refused.
  if (query.minDurationNs > 0 || query.maxDurationNs > 0) parameters.push(["minDuration", String(shortest)]);
  if (query.maxDurationNs > 0) parameters.push(["maxDuration", String(longest)]);
  return parameters;
}

/**
 * `key=value and key=value`. An empty value stands for any. Zipkin's own sign of failure is that there is a tag `error`,
 * with whatever message, so `error=true`, which finds failed traces elsewhere, asks for that.
 */
function annotationQuery(tags: ReadonlyMap<string, string>): string {
  return [...tags]
    .map(([key, value]) => {
      const term = key === "error" && value === "true" ? key : `${key}=${value}`;
      const isSplit = key.includes("=") || `${term} `.includes(" and ");
      const isTrimmed = key.trim() !== key || value.trim() !== value;
      if (key === "" || isSplit || isTrimmed) throw unwritable(key);
      return term;
    })
    .join(" and ");
}

function unwritable(key: string): UserError {
  return new UserError(
    `Zipkin cannot search for this value of the tag ${plainText(key, [])}: in its searches “ and ” joins tags, “=” ends a name, and ` +
      "spaces at the ends are lost. Leave the value empty to find every trace with the tag.",
    { code: "query" },
  );
}
