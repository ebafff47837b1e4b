import type { Database } from "./database.ts";
import type { EntryTable } from "./entryTable.ts";
import { blobOf, flushFresh, freshEntries, mergeSegments } from "./segments.ts";
import { type StoreState, writeState } from "./storeState.ts";
import { type TraceBytes, type TraceEntry, traceEntries } from "./traceEntry.ts";

/** A trace with chunks that its index entry does not know yet. */
interface Waiting {
  readonly id: string;
  /** ms when the first and the last of them came. */
  readonly since: number;
  at: number;
  spans: number;
  /** Number of the first of them. */
  readonly seq: number;
}

/** With fewer spans waiting an entry follows at once, so that a list is live; with more, each trace is indexed once it is quiet. */
const fewSpans = 2000;
const pace = { few: { quiet: 20, longest: 200 }, many: { quiet: 1000, longest: 3000 } };
/** A slice ends when it has taken so many ms or traces. */
const slice = { ms: 8, traces: 128 };
/** Traces are decoded together up to so many spans. */
const sharedSpans = 400;
/** Spans of one trace that its entry looks at; how many there are is counted whatever their number. */
const indexedSpans = 50_000;
/** After an entry that took `cost` ms, the next of the same trace comes after this many times that. */
const rest = 20;

/**
 * Makes index entries of what was received, slice by slice. What is waiting is in memory, and in the store as the watermark:
 * the last chunk before which none is waiting.
 */
export class Indexing {
  readonly #database: Database;
  readonly #entries: EntryTable;
  readonly #state: StoreState;
  readonly #write: (action: () => void) => void;
  /** By number of the trace, those that have waited longest since their last chunk first. */
  readonly #waiting = new Map<number, Waiting>();
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
  ) {
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
      this.#resting.delete(trace);
    }
  }

  /** One slice. Answers after how many ms there may be more to do; Infinity for nothing. `all` does not wait for quiet. */
  step(now: number, last: number, all = false): number {
    const picked = this.#pick(now, all);
    if (picked.length > 0) this.#index(picked, last, now);
    if (this.#fresh >= freshEntries) this.#settle();
    return this.#pause(now, all);
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
    return mark - 1;
  }

  get #pace(): typeof pace.few {
    return this.#spans < fewSpans ? pace.few : pace.many;
  }

  #pick(now: number, all: boolean): [number, Waiting][] {
    const { quiet, longest } = this.#pace;
    const picked: [number, Waiting][] = [];
    for (const [trace, waiting] of this.#waiting) {
      const due = all || now - waiting.at >= quiet || now - waiting.since >= longest;
      if (!due) break;
      if (!all && (this.#resting.get(trace) ?? 0) > now) continue;
      picked.push([trace, waiting]);
      if (picked.length === slice.traces) break;
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
    const began = performance.now();
    const entries: TraceEntry[] = [];
    const done: number[] = [];
    this.#current = done;
    const resting: [number, number][] = [];
    let group: TraceBytes[] = [];
    let spans = 0;
    const decode = () => {
      if (group.length > 0) entries.push(...traceEntries(group));
      group = [];
      spans = 0;
    };
    for (const [trace, { id }] of picked) {
      const before = performance.now();
      if (before - began > slice.ms) break;
      const bytes = this.#bytes(trace, id);
      done.push(trace);
      if (bytes === undefined) continue;
      group.push(bytes.of);
      spans += bytes.spans;
      if (spans < sharedSpans) continue;
      decode();
      const cost = performance.now() - before;
      if (cost > slice.ms) resting.push([trace, now + cost * rest]);
    }
    decode();
    this.#write(() => {
      this.#entries.write(entries, this.#state.change + 1);
      const change = this.#state.change + entries.length;
      const isLast = done.length === this.#waiting.size;
      const watermark = isLast ? last : this.#state.watermark;
      writeState(this.#database, { ...this.#state, change, watermark });
      Object.assign(this.#state, { change, watermark });
    });
    this.#fresh += entries.length;
    this.drop(done);
    this.#current = [];
    for (const [trace, until] of resting) this.#resting.set(trace, until);
  }

  #bytes(trace: number, id: string): { of: TraceBytes; spans: number } | undefined {
    const row = this.#database.get("SELECT version FROM trace WHERE no = ?", trace);
    if (row === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    let spans = 0;
    let unread = 0;
    const rows = this.#database.all(
      "SELECT bytes, count FROM chunk WHERE trace = ? AND kind = 0 ORDER BY seq",
      trace,
    );
    for (const { bytes, count } of rows) {
      if (spans >= indexedSpans) unread += Number(count);
      else {
        chunks.push(blobOf(bytes));
        spans += Number(count);
      }
    }
    return { of: { no: trace, id, version: Number(row.version) + 1, chunks, unread }, spans };
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
