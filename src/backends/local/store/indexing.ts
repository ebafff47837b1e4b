import type { Database } from "./database.ts";
import type { EntryTable } from "./entryTable.ts";
import { type IndexedSlice, type Indexer, indexSlice } from "./indexer.ts";
import { flushFresh, freshEntries, mergeSegments } from "./segments.ts";
import { type StoreState, writeState } from "./storeState.ts";
import type { TraceEntry } from "./traceEntry.ts";
import { type Waiting, WaitingTraces } from "./waitingTraces.ts";

/** Traces whose entries are being made in another thread. */
interface Away {
  /** In the order of the jobs. */
  readonly order: readonly number[];
  /** Without those that were deleted meanwhile. */
  readonly traces: Map<number, Waiting>;
  readonly since: number;
  slice?: IndexedSlice;
}

/** What making entries in another thread takes. */
export interface IndexAide {
  readonly indexer: Indexer;
  readonly folder: string;
  /** Called when `step` is to be called again. */
  wake(): void;
}

/** A slice that is made here ends when it has taken so many ms. */
const sliceMs = 8;
/** How long another thread may take for a slice; after one that failed, slices are done here for as long. */
const patienceMs = 10_000;
/** After an entry that took `cost` ms, the next of the same trace comes after this many times that. */
const rest = 20;

/**
 * Makes index entries of what was received, slice by slice, here or, when much is waiting, in another thread. What is waiting
 * is in memory, and in the store as the watermark: the last chunk before which none is waiting.
 */
export class Indexing {
  readonly #database: Database;
  readonly #entries: EntryTable;
  readonly #state: StoreState;
  readonly #write: (action: () => void) => void;
  readonly #aide: IndexAide | undefined;
  readonly #waiting: WaitingTraces;
  #away: Away | undefined;
  #hereUntil = Number.NEGATIVE_INFINITY;
  #fresh: number;
  /** Traces of the slice under way. */
  #current: number[] = [];

  /** `write` runs an action in a transaction. */
  constructor(
    database: Database,
    entries: EntryTable,
    state: StoreState,
    write: (action: () => void) => void,
    aide?: IndexAide,
  ) {
    this.#aide = aide;
    this.#database = database;
    this.#entries = entries;
    this.#state = state;
    this.#write = write;
    this.#fresh = database.number("SELECT count(*) FROM fresh");
    this.#waiting = new WaitingTraces(database, state.watermark);
  }

  /** Spans that are kept and not yet found. */
  get backlog(): number {
    return this.#waiting.spans;
  }

  /** A chunk of spans was committed. */
  add(trace: number, id: string, spans: number, seq: number, now: number): void {
    this.#waiting.add(trace, id, spans, seq, now);
  }

  /** The traces were deleted. */
  drop(traces: readonly number[]): void {
    for (const trace of traces) {
      this.#waiting.drop(trace);
      if (this.#away !== undefined) this.#waiting.end(this.#away.traces, trace);
    }
  }

  /** One slice. Answers after how many ms there may be more to do; Infinity for nothing. `all` does not wait for quiet. */
  step(now: number, last: number, all = false): number {
    const came = this.#away?.slice === undefined ? undefined : this.#away;
    if (came !== undefined) this.#away = undefined;
    else if (all) this.#takeBack(this.#away);
    else if (this.#away !== undefined && now - this.#away.since >= patienceMs) {
      this.#giveUp(now);
      // It hangs: another is begun when it is asked again.
      this.#aide?.indexer.end();
    }
    if (this.#aide !== undefined && this.#isMany(now, all)) {
      // The other thread goes on while what came of it is written.
      if (this.#away === undefined) this.#send(this.#aide, this.#waiting.pick(now, all, came?.traces), now);
      if (came !== undefined) this.#keepCome(came, last, now);
    } else {
      if (came !== undefined) this.#keepCome(came, last, now);
      if (this.#away === undefined) this.#index(this.#waiting.pick(now, all), last, now);
    }
    if (this.#fresh >= freshEntries) this.#settle();
    return this.#away === undefined ? this.#waiting.pause(now, all) : patienceMs;
  }

  /** Leaves out the traces of the slice that failed: they stay as they came, and nobody waits for them. */
  skip(): void {
    this.drop(this.#current);
    this.#current = [];
  }

  /** The last chunk before which none is waiting; `last` is the last of all. */
  watermark(last: number): number {
    return this.#waiting.watermark(last, this.#away?.traces);
  }

  /** Whether another thread is to do it. */
  #isMany(now: number, all: boolean): boolean {
    return this.#waiting.isMany && !all && now >= this.#hereUntil;
  }

  #index(picked: readonly [number, Waiting][], last: number, now: number): void {
    if (picked.length === 0) return;
    const jobs = picked.map(([no, { id }]) => ({ no, id }));
    // If this fails, it is for the first of them.
    this.#current = [jobs[0].no];
    const slice = indexSlice(this.#database, jobs, sliceMs);
    const done = jobs.slice(0, slice.done).map(({ no }) => no);
    this.#keep(slice.entries, done, done.length === this.#waiting.size, last);
    this.drop(done);
    this.#letRest(slice, now);
  }

  #send({ indexer, folder, wake }: IndexAide, picked: readonly [number, Waiting][], now: number): void {
    if (picked.length === 0) return;
    const away: Away = { order: picked.map(([no]) => no), traces: this.#waiting.take(picked), since: now };
    this.#away = away;
    const jobs = picked.map(([no, { id }]) => ({ no, id }));
    indexer.run(folder, jobs).then(
      (slice) => {
        if (this.#away !== away) return;
        away.slice = slice;
        wake();
      },
      () => {
        if (this.#away !== away) return;
        this.#giveUp(now);
        wake();
      },
    );
  }

  /** Does without the other thread, for a while. */
  #giveUp(now: number): void {
    this.#takeBack(this.#away);
    this.#hereUntil = now + patienceMs;
  }

  #keepCome(came: Away, last: number, now: number): void {
    const { slice, order, traces } = came;
    if (slice === undefined) return;
    const done = order.slice(0, slice.done);
    const entries = slice.entries.filter(({ no }) => traces.has(no));
    const isLast = this.#waiting.size === 0 && this.#away === undefined && slice.done === order.length;
    try {
      this.#keep(entries, done, isLast, last);
    } catch (error) {
      this.#takeBack(came);
      throw error;
    }
    for (const no of done) this.#waiting.end(traces, no);
    this.#takeBack(came);
    this.#letRest(slice, now);
  }

  #takeBack(was: Away | undefined): void {
    if (was === this.#away) this.#away = undefined;
    if (was !== undefined) this.#waiting.giveBack(was.traces);
  }

  #letRest({ costly }: IndexedSlice, now: number): void {
    for (const [trace, ms] of costly) this.#waiting.rest(trace, now + ms * rest);
  }

  #keep(entries: readonly TraceEntry[], done: number[], isLast: boolean, last: number): void {
    this.#current = done;
    const change = this.#state.change + entries.length;
    const watermark = isLast ? last : this.#state.watermark;
    this.#write(() => {
      this.#entries.write(entries, this.#state.change + 1);
      writeState(this.#database, { ...this.#state, change, watermark });
    });
    Object.assign(this.#state, { change, watermark });
    this.#fresh += entries.length;
    this.#current = [];
  }

  #settle(): void {
    this.#write(() => {
      do flushFresh(this.#database);
      while (this.#database.number("SELECT count(*) FROM fresh") >= freshEntries);
      mergeSegments(this.#database);
    });
    this.#fresh = this.#database.number("SELECT count(*) FROM fresh");
  }
}
