import type { SearchResult, TraceQuery } from "./backend.ts";
import { newestFirst } from "./searchResult.ts";

/** So many operations are searched one by one at most. */
const mostOperations = 12;

export interface KindSearch {
  /** Traces with a span of the query's kind. */
  search(
    query: TraceQuery,
    ask: (query: TraceQuery) => Promise<SearchResult>,
    operationsOfKind: () => Promise<readonly string[]>,
  ): Promise<SearchResult>;
}

/**
 * Searches by span kind. Jaeger has no parameter for it but the tag `span.kind`, which some of its stores do not keep as one
 * (that in memory did not in 2.13 and does in 2.20): then the operations of that kind are searched by name instead. Which it
 * is, is seen once a connection.
 */
export function kindSearch(): KindSearch {
  let findsByTag: boolean | undefined;
  return {
    async search(query, ask, operationsOfKind) {
      const byTag = findsByTag === false ? undefined : await ask(query);
      if (byTag !== undefined && byTag.summaries.length > 0) findsByTag = true;
      if (byTag !== undefined && findsByTag === true) return byTag;
      const all = await operationsOfKind();
      const operations = query.operation === "" ? all : all.filter((name) => name === query.operation);
      const asked = operations.slice(0, mostOperations);
      const answers = await Promise.all(asked.map((operation) => ask({ ...query, operation, spanKind: "" })));
      const found = joined(answers, query.limit);
      if (found.summaries.length === 0) return byTag ?? found;
      findsByTag = false;
      const some = asked.length < operations.length ? `${asked.length} of the ${operations.length}` : "the";
      const note = `This Jaeger does not search by span kind: these traces have ${some} operations of the kind ${query.spanKind}, by name.`;
      return { ...found, notes: [...found.notes, note] };
    },
  };
}

/** Several answers as one: each trace once, newest first, no more than asked for. */
function joined(answers: readonly SearchResult[], limit: number): SearchResult {
  const byId = new Map(answers.flatMap(({ summaries }) => summaries).map((one) => [one.traceId, one]));
  const summaries = newestFirst([...byId.values()]);
  return {
    summaries: summaries.slice(0, limit),
    limited: summaries.length > limit || answers.some(({ limited }) => limited),
    notes: [...new Set(answers.flatMap(({ notes }) => notes))],
    // One answer's alone: a trace may be in several, and its calls would count twice.
    hotspots: answers.length === 1 ? answers[0].hotspots : [],
  };
}
