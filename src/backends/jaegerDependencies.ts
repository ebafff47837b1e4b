import { UserError } from "../base/userError.ts";
import type { Dependency } from "../model/dependency.ts";
import { isAbsent } from "./absence.ts";
import type { TimeRange } from "./backend.ts";
import type { Http, Query } from "./http.ts";
import { notJson } from "./httpError.ts";
import { v3Times } from "./jaegerQuery.ts";
import { list, member } from "./json.ts";

/**
 * Which services call which, from the internal API, which all versions up to now have for this; one without is asked by v3.
 * A service beside itself is left out: Jaeger counts every span below another one, and these are no calls between services.
 */
export async function jaegerDependencies(
  http: Http,
  range: TimeRange,
  signal: AbortSignal,
): Promise<readonly Dependency[]> {
  const endMs = Math.ceil(range.toMs);
  const times: Query = [
    ["endTs", String(endMs)],
    ["lookback", String(Math.max(1, endMs - Math.floor(range.fromMs)))],
  ];
  const { label, address } = http.peer;
  const ask = async (path: string, query: Query, name: string) => {
    const answer = await http.json(path, query, signal);
    const found = list(member(answer, name));
    // v3 leaves an empty list out; the internal API never does.
    const isTold = member(answer, name) !== undefined || path.startsWith("/api/v3/");
    if (found === undefined || !isTold) throw notJson(http.peer, "JSON of another kind");
    return found.flatMap(dependencyOf);
  };
  try {
    return await ask("/api/dependencies", times, "data");
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  return ask("/api/v3/dependencies", v3Times(range), "dependencies").catch((error) => {
    if (!isAbsent(error)) throw error;
    throw new UserError(`${label} at ${address} does not tell which services call which.`, {
      code: "notFound",
      cause: error,
    });
  });
}

/** v3 writes counts, which are 64-bit numbers, as text. */
function dependencyOf(one: unknown): readonly Dependency[] {
  const parent = member(one, "parent");
  const child = member(one, "child");
  const calls = Number(member(one, "callCount") ?? 0);
  if (typeof parent !== "string" || typeof child !== "string" || parent === child) return [];
  return calls > 0 && Number.isFinite(calls) ? [{ parent, child, calls, errors: undefined }] : [];
}
