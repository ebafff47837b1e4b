import type { Database } from "./database.ts";

/** A trace with chunks that its index entry does not know yet. */
export interface Waiting {
  readonly id: string;
  /** ms when the first and the last of them came. */
  readonly since: number;
  at: number;
  spans: number;
  /** Number of the first of them. */
  seq: number;
}

/**
 * With fewer spans waiting an entry follows at once, so that a list is live; with more, each trace is indexed once it is
 * quiet.
 */
const fewSpans = 2000;
const pace = { few: { quiet: 20, longest: 200 }, many: { quiet: 1000, longest: 3000 } };
/** So many traces, or spans that came, are picked at a time. */
const mostTraces = 128;
const mostSpans = 5000;

/** The traces that wait for their index entry: by number, those that have waited longest since their last chunk first. */
export class WaitingTraces {
  #traces = new Map<number, Waiting>();
  /** Traces that may be picked again only at a time. */
  readonly #resting = new Map<number, number>();
  /** Of all, those that were taken and not ended included. */
  #spans = 0;

  /** Those that have chunks behind the watermark of a store that is opened. */
  constructor(database: Database, watermark: number) {
    for (const row of database.all(
      `SELECT trace, min(seq) AS seq, sum(count) AS spans, id FROM chunk JOIN trace ON no = trace
       WHERE seq > ? AND kind = 0 GROUP BY trace ORDER BY trace`,
      watermark,
    )) {
      const spans = Number(row.spans);
      const waiting = { id: String(row.id), since: 0, at: 0, spans, seq: Number(row.seq) };
      this.#traces.set(Number(row.trace), waiting);
      this.#spans += spans;
    }
  }

  /** Without those that were taken. */
  get size(): number {
    return this.#traces.size;
  }

  get spans(): number {
    return this.#spans;
  }

  /** Whether more is waiting than is indexed at once. */
  get isMany(): boolean {
    return this.#spans >= fewSpans;
  }

  /** A chunk of spans came. */
  add(trace: number, id: string, spans: number, seq: number, now: number): void {
    this.#spans += spans;
    const known = this.#traces.get(trace);
    if (known === undefined) {
      this.#traces.set(trace, { id, since: now, at: now, spans, seq });
      return;
    }
    known.spans += spans;
    // One that never pauses keeps its place, and so comes to its turn.
    if (now - known.since > this.#pace.longest / 2) return;
    known.at = now;
    this.#traces.delete(trace);
    this.#traces.set(trace, known);
  }

  /** It was indexed, or deleted. */
  drop(trace: number): void {
    this.#spans -= this.#traces.get(trace)?.spans ?? 0;
    this.#traces.delete(trace);
    this.#resting.delete(trace);
  }

  /** Those that are due, but for those in `held`. `all` does not wait for quiet. */
  pick(now: number, all: boolean, held?: ReadonlyMap<number, Waiting>): [number, Waiting][] {
    const { quiet, longest } = this.#pace;
    const picked: [number, Waiting][] = [];
    let spans = 0;
    for (const [trace, waiting] of this.#traces) {
      const due = all || now - waiting.at >= quiet || now - waiting.since >= longest;
      if (!due) break;
      if (!all && (this.#resting.get(trace) ?? 0) > now) continue;
      if (held?.has(trace)) continue;
      picked.push([trace, waiting]);
      spans += waiting.spans;
      if (picked.length === mostTraces || spans >= mostSpans) break;
    }
    return picked;
  }

  /** After how many ms there may be one to pick; Infinity for none. */
  pause(now: number, all: boolean): number {
    if (this.#traces.size === 0) return Number.POSITIVE_INFINITY;
    if (all) return 0;
    const { quiet } = this.#pace;
    for (const [trace, { at }] of this.#traces) {
      const ready = Math.max(at + quiet, this.#resting.get(trace) ?? 0);
      return Math.min(Math.max(0, ready - now), pace.few.longest);
    }
    return 0;
  }

  rest(trace: number, until: number): void {
    this.#resting.set(trace, until);
  }

  /** Takes traces out: until they are given back or ended, what comes to them waits beside. */
  take(picked: readonly [number, Waiting][]): Map<number, Waiting> {
    for (const [trace] of picked) this.#traces.delete(trace);
    return new Map(picked);
  }

  /** What was taken waits again, before all others. */
  giveBack(taken: Map<number, Waiting>): void {
    if (taken.size === 0) return;
    for (const [trace, { spans, seq }] of taken) {
      const known = this.#traces.get(trace);
      if (known === undefined) continue;
      taken.delete(trace);
      known.spans += spans;
      known.seq = Math.min(known.seq, seq);
    }
    this.#traces = new Map([...taken, ...this.#traces]);
  }

  /** One that was taken was indexed, or deleted. */
  end(taken: Map<number, Waiting>, trace: number): void {
    this.#spans -= taken.get(trace)?.spans ?? 0;
    taken.delete(trace);
  }

  /** The last chunk before which none is waiting, here or in `taken`; `last` is the last of all. */
  watermark(last: number, taken?: ReadonlyMap<number, Waiting>): number {
    let mark = last + 1;
    for (const { seq } of this.#traces.values()) mark = Math.min(mark, seq);
    for (const { seq } of taken?.values() ?? []) mark = Math.min(mark, seq);
    return mark - 1;
  }

  get #pace(): typeof pace.few {
    return this.isMany ? pace.many : pace.few;
  }
}
