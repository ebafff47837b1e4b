import { keepRows } from "../../src/model/filter.ts";
import { visibleRows } from "../../src/model/rows.ts";
import { findInOutline, findSpans } from "../../src/model/search.ts";
import type { PageState, PageStore } from "./pageState.ts";

/** Keeps what follows from other parts of the state in step with them: matches, what the filter keeps, the rows to draw. */
export function followState(store: PageStore): void {
  const search = () => store.set({ matches: matchesOf(store.get()) });
  const filter = () => store.set({ kept: keptOf(store.get()) });
  const rows = () => {
    const { outline, collapsed, kept } = store.get();
    store.set({ rows: visibleRows(outline, collapsed, kept) });
  };
  store.watch(["query", "outline", "trace"], search);
  store.watch(["outline", "matches", "onlyMatches", "services", "errorsOnly", "minDuration"], filter);
  store.watch(["outline", "collapsed", "kept"], rows);
  search();
  filter();
  rows();
}

function matchesOf({ query, outline, trace }: PageState): Int32Array | undefined {
  if (query.trim() === "") return undefined;
  return trace === undefined ? findInOutline(outline, query) : findSpans(trace, query);
}

function keptOf(state: PageState): Uint8Array | undefined {
  const matches = state.onlyMatches ? state.matches : undefined;
  const { services, errorsOnly, minDuration } = state;
  if (matches === undefined && services === undefined && !errorsOnly && minDuration <= 0) return undefined;
  return keepRows(state.outline, { services, errors: errorsOnly, minDuration, matches });
}

/** How many filters are set: what the filter's button says while its bar is closed. */
export function filtersSet(state: PageState): number {
  return (
    (state.services === undefined ? 0 : 1) + (state.errorsOnly ? 1 : 0) + (state.minDuration > 0 ? 1 : 0)
  );
}
