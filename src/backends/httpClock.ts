import type { SearchResult, TraceQuery } from "./backend.ts";
import type { Http } from "./http.ts";

/** Below this a difference may be the way there and back, and the header's whole seconds. */
const noticedMs = 5_000;
/** A search that ends so long ago or less ends "now". */
const endsNowMs = 120_000;
/** A clock that is off by more is not reckoned with: nobody wants a search over years. */
const mostMs = 24 * 3_600_000;

/**
 * How far a server's clock is ahead of this one (behind when negative), in ms, from the Date of an answer that was asked
 * for and came at these times; 0 where no difference can be told.
 */
export function clockAhead(date: string | undefined, askedMs: number, answeredMs: number): number {
  const stamped = Date.parse(date ?? "");
  if (Number.isNaN(stamped)) return 0;
  // The header is in whole seconds, cut off.
  const ahead = stamped + 500 - (askedMs + answeredMs) / 2;
  return Math.abs(ahead) < noticedMs + (answeredMs - askedMs) ? 0 : Math.round(ahead);
}

/**
 * A search, by the server's clock too: a query of the last minutes or hours is so widened that it holds them there as here,
 * and the answer says so.
 *
 *     this machine   |-------|
 *     the server          |-------|
 *     asked for      |------------|
 */
export async function onServerClock(
  http: Pick<Http, "peer" | "clock">,
  query: TraceQuery,
  search: (query: TraceQuery) => Promise<SearchResult>,
): Promise<SearchResult> {
  const { aheadMs, nowMs } = http.clock();
  if (aheadMs === 0 || nowMs === undefined || query.toMs < nowMs - endsNowMs) return search(query);
  const off = `${spoken(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead of" : "behind"} this machine's`;
  const isReckonedWith = Math.abs(aheadMs) <= mostMs;
  const wider = {
    ...query,
    fromMs: query.fromMs + Math.min(0, aheadMs),
    toMs: query.toMs + Math.max(0, aheadMs),
  };
  const found = await search(isReckonedWith ? wider : query);
  const so = isReckonedWith
    ? "so the search reaches that much further"
    : "so a search by time may miss traces";
  const note = `The clock of ${http.peer.label} at ${http.peer.address} is ${off}, ${so}.`;
  return { ...found, notes: [...found.notes, note] };
}

function spoken(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 48 * 3_600_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}
