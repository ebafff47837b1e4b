import type { StoreLimits } from "../traceStore.ts";
import type { Database } from "./database.ts";
import { seenStep } from "./entryTable.ts";
import { dropSegments } from "./segments.ts";
import { type StoreState, writeState } from "./storeState.ts";

/** So many traces are deleted in one transaction. */
const atOnce = 128;
/** Names and places that only deleted traces had are looked for each time so many traces have gone. */
const namesStep = 512;
/** Deleting begins at the limit and ends at this part of it, so that it does not begin anew with every span. */
const lowWater = 0.98;

/** What is over a limit: deleting has to go on until none is. */
interface Excess {
  readonly spans: number;
  readonly bytes: number;
  /** Traces of a lesser age are too old; by the store's age clock. */
  readonly bornBefore: number;
}

/**
 * Deletes one portion of the oldest traces when a limit is passed, pinned ones left out, in a transaction of its own that
 * `write` makes. Order is that in which traces were first met, never that of any clock. Answers what was deleted: no trace
 * when all is within the limits.
 */
export function retain(
  database: Database,
  state: StoreState,
  limits: StoreLimits,
  write: (action: () => void) => void,
): Deleted {
  const excess = excessOf(database, state, limits);
  if (excess === undefined) return nothing;
  const byAge = excess.spans <= 0 && excess.bytes <= 0;
  const rows = database.all(
    "SELECT no FROM trace WHERE pinned = 0 AND (? = 0 OR age < ?) ORDER BY no LIMIT ?",
    byAge ? 1 : 0,
    excess.bornBefore,
    atOnce,
  );
  const traces = rows.map((row) => Number(row.no));
  const doomed = traces.slice(0, enough(database, traces, excess, byAge));
  if (doomed.length === 0) return nothing;
  let deleted: { readonly isForgotten: boolean; readonly left: Partial<StoreState> } | undefined;
  write(() => {
    deleted = deleteTraces(database, state, doomed);
  });
  Object.assign(state, deleted?.left);
  return { traces: doomed, isForgotten: deleted?.isForgotten === true };
}

export interface Deleted {
  /** Numbers of the traces. */
  readonly traces: readonly number[];
  /** Names, places and segments were deleted with them: pinned traces that are older are `unindexed` now. */
  readonly isForgotten: boolean;
}

const nothing: Deleted = { traces: [], isForgotten: false };

/** Undefined when all limits are kept. */
function excessOf(database: Database, state: StoreState, limits: StoreLimits): Excess | undefined {
  const bytes = liveBytes(database) + logBytes(limits);
  const bornBefore = limits.maxAgeHours > 0 ? state.age - limits.maxAgeHours * 3600_000 : -1;
  const spans = overWater(state.spans + state.logs, limits.maxSpans);
  const excess = { spans, bytes: overWater(bytes, limits.maxBytes), bornBefore };
  if (excess.spans > 0 || excess.bytes > 0) return excess;
  const oldest = database.get("SELECT age FROM trace WHERE pinned = 0 ORDER BY no LIMIT 1");
  return oldest !== undefined && Number(oldest.age) < bornBefore ? excess : undefined;
}

/** How much has to go, when the limit is passed. */
function overWater(amount: number, limit: number): number {
  return limit > 0 && amount > limit ? amount - limit * lowWater : 0;
}

/** How many of the oldest have to go for the excess to be gone, as far as it can be told beforehand. */
function enough(database: Database, traces: readonly number[], excess: Excess, byAge: boolean): number {
  if (byAge) return traces.length;
  let spans = excess.spans;
  let bytes = excess.bytes;
  let count = 0;
  for (const trace of traces) {
    if (spans <= 0 && bytes <= 0) break;
    const row = database.get(
      "SELECT sum(count) AS n, sum(length(bytes)) AS b FROM chunk WHERE trace = ?",
      trace,
    );
    spans -= Number(row?.n ?? 0);
    bytes -= Number(row?.b ?? 0);
    count++;
  }
  return count;
}

function deleteTraces(
  database: Database,
  state: StoreState,
  traces: readonly number[],
): { readonly isForgotten: boolean; readonly left: Partial<StoreState> } {
  const list = JSON.stringify(traces);
  const among = "IN (SELECT value FROM json_each(?))";
  let { spans, logs } = state;
  for (const { kind, n } of database.all(
    `SELECT kind, sum(count) AS n FROM chunk WHERE trace ${among} GROUP BY kind`,
    list,
  )) {
    if (kind === 0) spans -= Number(n);
    else logs -= Number(n);
  }
  database.run(`DELETE FROM chunk WHERE trace ${among}`, list);
  database.run(`DELETE FROM fresh WHERE trace ${among}`, list);
  database.run(`DELETE FROM trace WHERE no ${among}`, list);
  const live = database.number(
    "SELECT coalesce((SELECT no FROM trace WHERE pinned = 0 ORDER BY no LIMIT 1), (SELECT max(no) + 1 FROM trace), 0)",
  );
  const isDropped = dropSegments(database, live);
  // How many traces a segment spans depends on how far indexing was behind: names and places do not wait for it.
  const isStep = Math.floor(live / namesStep) !== Math.floor(traces[0] / namesStep);
  const forgotten =
    isDropped || isStep
      ? database.run("DELETE FROM name WHERE seen < ?", live - seenStep) +
        database.run("DELETE FROM place WHERE seen < ?", live - seenStep)
      : 0;
  const isForgotten = isDropped || forgotten > 0;
  // Kept with what was deleted, or it would be forgotten by who opens the store next.
  if (isForgotten) database.run("UPDATE trace SET changed = 0 WHERE pinned = 1 AND no < ?", live);
  writeState(database, { ...state, spans, logs });
  return { isForgotten, left: { spans, logs } };
}

/** Pinned traces whose index entries were deleted with those of others: they are to be made anew. */
export function unindexed(database: Database): readonly { readonly no: number; readonly id: string }[] {
  return database
    .all("SELECT no, id FROM trace WHERE pinned = 1 AND changed = 0 AND spans > 0")
    .map(({ no, id }) => ({ no: Number(no), id: String(id) }));
}

/**
 * Deletes everything but the lease, and answers the state then. Numbers of traces and changes go on from where they were.
 * Within a transaction.
 */
export function deleteEverything(database: Database, state: StoreState, last: number): StoreState {
  for (const table of ["chunk", "fresh", "posting", "calls", "segment", "name", "place", "trace"]) {
    database.run(`DELETE FROM ${table}`);
  }
  const emptied = { ...state, spans: 0, logs: 0, watermark: last };
  writeState(database, emptied);
  return emptied;
}

/** How large the write-ahead log may become: a twentieth of what the store may have. */
export function logBytes({ maxBytes }: StoreLimits): number {
  return Math.max(
    512 * 1024,
    Math.min(128 * 1024 * 1024, maxBytes > 0 ? maxBytes / 20 : Number.POSITIVE_INFINITY),
  );
}

/** Bytes of the pages in use. */
export function liveBytes(database: Database): number {
  const used = database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count");
  return used * database.number("PRAGMA page_size");
}

/** Gives pages that are not in use back to the file system, when the file is larger than it may be. */
export function shrink(database: Database, limits: StoreLimits): void {
  const { maxBytes } = limits;
  const size = database.number("PRAGMA page_size");
  const over = Math.ceil(database.number("PRAGMA page_count") - (maxBytes - logBytes(limits)) / size);
  const free = database.number("PRAGMA freelist_count");
  if (maxBytes > 0 && over > 0 && free > 0)
    database.exec(`PRAGMA incremental_vacuum(${Math.min(over, free, 2000)})`);
}
