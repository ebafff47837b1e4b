import type { Dependency } from "../model/dependency.ts";
import type { TimeRange } from "./backend.ts";
import type { Http } from "./http.ts";
import { notJson } from "./httpError.ts";
import { member } from "./json.ts";

/**
 * Which services call which, from the API at `api`. With a store other than that in memory it is as old as the last run of
 * Zipkin's dependency job, and by whole days. A count of errors is left out by Zipkin where it is 0.
 */
export async function zipkinDependencies(
  http: Http,
  api: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<readonly Dependency[]> {
  const endMs = Math.max(1, Math.ceil(range.toMs));
  const query: [string, string][] = [
    ["endTs", String(endMs)],
    ["lookback", String(Math.max(1, endMs - Math.floor(range.fromMs)))],
  ];
  const answer = await http.json(`${api}/dependencies`, query, signal);
  if (!Array.isArray(answer)) throw notJson(http.peer, "JSON of another kind");
  return answer.flatMap((one: unknown) => {
    const [parent, child, calls] = [member(one, "parent"), member(one, "child"), member(one, "callCount")];
    const errors = Number(member(one, "errorCount") ?? 0);
    const isCall = typeof parent === "string" && typeof child === "string" && typeof calls === "number";
    return isCall ? [{ parent, child, calls, errors }] : [];
  });
}
