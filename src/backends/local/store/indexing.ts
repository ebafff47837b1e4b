import type { Database } from "./database.ts";
import type { EntryTable } from "./entryTable.ts";
import { type IndexedSlice, type Indexer, indexSlice } from "./indexer.ts";
import { flushFresh, freshEntries, mergeSegments } from "./segments.ts";
import { type StoreState, writeState } from "./storeState.ts";
import type { TraceEntry } from "./traceEntry.ts";

/** A trace with chunks that its index entry does not know yet. */
interface Waiting {
  readonly id: string;
  /** ms when the first and the last of them came. */
  readonly since: number;
  at: number;
  spans: number;
  /** Number of the first of them. */
  seq: number;
}

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

/**
 * With fewer spans waiting an entry follows at once, so that a list is live; with more, each trace is indexed once it is
 * quiet.
 */
const fewSpans = 2000;
const pace = { few: { quiet: 20, longest: 200 }, many: { quiet: 1000, longest: 3000 } };
/** A slice ends when it has taken so many ms, here, or has so many traces or spans that came. */
const sliceMs = 8;
const sliceTraces = 128;
const sliceSpans = 5000;
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
  /** By number of the trace, those that have waited longest since their last chunk first. */
  #waiting = new Map<number, Waiting>();
  #away: Away | undefined;
  #hereUntil = Number.NEGATIVE_INFINITY;
  /** Large traces and when they may be indexed again. */
  readonly #resting = new Map<number, number>();
  #fresh: number;
  #spans = 0;
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
    for (const row of database.all(
      `SELECT trace, min(seq) AS seq, sum(count) AS spans, id FROM chunk JOIN trace ON no = trace
       WHERE seq > ? AND kind = 0 GROUP BY trace ORDER BY trace`,
      state.watermark,
    )) {
      const spans = Number(row.spans);
      this.#waiting.set(Number(row.trace), {
        id: String(row.id),
        since: 0,
        at: 0,
        spans,
        seq: Number(row.seq),
      });
      this.#spans += spans;
    }
  }

  /** Spans that are kept and not yet found. */
  get backlog(): number {
    return this.#spans;
  }

  /** A chunk of spans was committed. */
  add(trace: number, id: string, spans: number, seq: number, now: number): void {
    this.#spans += spans;
    const known = this.#waiting.get(trace);
    if (known === undefined) {
      this.#waiting.set(trace, { id, since: now, at: now, spans, seq });
      return;
    }
    known.spans += spans;
    // One that never pauses keeps its place, and so comes to its turn.
    if (now - known.since > this.#pace.longest / 2) return;
    known.at = now;
    this.#waiting.delete(trace);
    this.#waiting.set(trace, known);
  }

  /** The traces were deleted. */
  drop(traces: readonly number[]): void {
    for (const trace of traces) {
      this.#spans -= this.#waiting.get(trace)?.spans ?? 0;
      this.#waiting.delete(trace);
      this.#forgetAway(trace);
      this.#resting.delete(trace);
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
      if (this.#away === undefined) this.#send(this.#aide, this.#pick(now, all, came), now);
      if (came !== undefined) this.#keepCome(came, last, now);
    } else {
      if (came !== undefined) this.#keepCome(came, last, now);
      if (this.#away === undefined) this.#index(this.#pick(now, all), last, now);
    }
    if (this.#fresh >= freshEntries) this.#settle();
    return this.#away === undefined ? this.#pause(now, all) : patienceMs;
  }

  /** Leaves out the traces of the slice that failed: they stay as they came, and nobody waits for them. */
  skip(): void {
    this.drop(this.#current);
    this.#current = [];
  }

  /** The last chunk before which none is waiting; `last` is the last of all. */
  watermark(last: number): number {
    let mark = last + 1;
    for (const { seq } of this.#waiting.values()) mark = Math.min(mark, seq);
    for (const { seq } of this.#away?.traces.values() ?? []) mark = Math.min(mark, seq);
    return mark - 1;
  }

  get #pace(): typeof pace.few {
    return this.#spans < fewSpans ? pace.few : pace.many;
  }

  /** Whether another thread is to do it. */
  #isMany(now: number, all: boolean): boolean {
    return this.#spans >= fewSpans && !all && now >= this.#hereUntil;
  }

  /** Those that are due, but for those that `came` has: their last entry is not written yet. */
  #pick(now: number, all: boolean, came?: Away): [number, Waiting][] {
    const { quiet, longest } = this.#pace;
    const picked: [number, Waiting][] = [];
    let spans = 0;
    for (const [trace, waiting] of this.#waiting) {
      const due = all || now - waiting.at >= quiet || now - waiting.since >= longest;
      if (!due) break;
      if (!all && (this.#resting.get(trace) ?? 0) > now) continue;
      if (came?.traces.has(trace)) continue;
      picked.push([trace, waiting]);
      spans += waiting.spans;
      if (picked.length === sliceTraces || spans >= sliceSpans) break;
    }
    return picked;
  }

  #pause(now: number, all: boolean): number {
    if (this.#waiting.size === 0) return Number.POSITIVE_INFINITY;
    if (all) return 0;
    const { quiet } = this.#pace;
    for (const [trace, { at }] of this.#waiting) {
      const ready = Math.max(at + quiet, this.#resting.get(trace) ?? 0);
      return Math.min(Math.max(0, ready - now), pace.few.longest);
    }
    return 0;
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
    const away: Away = { order: picked.map(([no]) => no), traces: new Map(picked), since: now };
    for (const no of away.order) this.#waiting.delete(no);
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
    for (const no of done) {
      this.#spans -= traces.get(no)?.spans ?? 0;
      traces.delete(no);
    }
    this.#takeBack(came);
    this.#letRest(slice, now);
  }

  /** What was away waits again, before all others. */
  #takeBack(was: Away | undefined): void {
    if (was === this.#away) this.#away = undefined;
    if (was === undefined || was.traces.size === 0) return;
    const { traces } = was;
    for (const [no, { spans, seq }] of traces) {
      const known = this.#waiting.get(no);
      if (known === undefined) continue;
      traces.delete(no);
      known.spans += spans;
      known.seq = Math.min(known.seq, seq);
    }
    this.#waiting = new Map([...traces, ...this.#waiting]);
  }

  #forgetAway(trace: number): void {
    this.#spans -= this.#away?.traces.get(trace)?.spans ?? 0;
    this.#away?.traces.delete(trace);
  }

  #letRest({ costly }: IndexedSlice, now: number): void {
    for (const [trace, ms] of costly) this.#resting.set(trace, now + ms * rest);
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
