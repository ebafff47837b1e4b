import type { Database } from "./database.ts";

/** The store's counters: in memory what they are, in the store what they were at the last commit. */
export interface StoreState {
  /** Chunks up to this number are indexed. */
  watermark: number;
  /** Number of the last change to an index entry. */
  change: number;
  /** Spans and log records kept, resends in other bytes included. */
  spans: number;
  logs: number;
  /** The age clock, and what the wall clock said at the same moment; ms. */
  age: number;
  wall: number;
}

export function readState(database: Database): StoreState {
  const row = database.get("SELECT watermark, change, spans, logs, age, wall FROM state") ?? {};
  const number = (value: unknown) => (Number.isFinite(value) ? Number(value) : 0);
  return {
    watermark: number(row.watermark),
    change: number(row.change),
    spans: number(row.spans),
    logs: number(row.logs),
    age: number(row.age),
    wall: number(row.wall),
  };
}

/** To be called in the transaction that changed what is counted. */
export function writeState(database: Database, state: StoreState): void {
  database.run(
    "UPDATE state SET watermark = ?, change = ?, spans = ?, logs = ?, age = ?, wall = ?",
    state.watermark,
    state.change,
    state.spans,
    state.logs,
    state.age,
    state.wall,
  );
}
