import type { SearchResult, TraceQuery } from "./backend.ts";

/** The same for every service: where one after another is asked, it is said once. */
const pickedOut =
  "This Jaeger does not search for errors: these are the newest traces that have some, of as many as the limit allows.";

/**
 * A search for traces with errors. The tag `error=true` finds them in every store but that in memory of 2.13 and some before,
 * which takes the text "true" for no and answers spans whose status is OK. So an answer in which nothing failed is not
 * believed: the same is asked for without the tag, and what failed is picked out here, which is said.
 */
export async function errorSearch(
  query: TraceQuery,
  ask: (query: TraceQuery) => Promise<SearchResult>,
): Promise<SearchResult> {
  const byTag = await ask(query);
  if (byTag.summaries.some(({ errors }) => errors > 0)) return byTag;
  const tags = new Map(query.tags);
  tags.delete("error");
  const all = await ask({ ...query, tags, errorsOnly: false });
  const failed = all.summaries.filter(({ errors }) => errors > 0);
  if (failed.length === 0) return { ...byTag, summaries: [], hotspots: [] };
  return { ...all, summaries: failed, notes: [...all.notes, pickedOut] };
}

/** Whether a query asks for errors, in either way. */
export function wantsErrors(query: TraceQuery): boolean {
  return query.errorsOnly === true || query.tags.get("error") === "true";
}
