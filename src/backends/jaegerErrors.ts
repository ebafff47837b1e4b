import type { SearchResult, TraceQuery } from "./backend.ts";

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
  const note = `This Jaeger does not search for errors: of the ${all.summaries.length} newest traces, these have some.`;
  return { ...all, summaries: failed, notes: [...all.notes, note] };
}

/** Whether a query asks for errors, in either way. */
export function wantsErrors(query: TraceQuery): boolean {
  return query.errorsOnly === true || query.tags.get("error") === "true";
}
