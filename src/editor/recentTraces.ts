import type * as vscode from "vscode";
import { Emitter } from "../base/event.ts";
import type { TraceSummary } from "../model/summary.ts";
import { addressKey, asAddress, type TraceAddress } from "./address.ts";

/** A trace of the recent list: opened by the person, or seen in the active connection. */
export interface RecentTrace {
  readonly address: TraceAddress;
  readonly summary: TraceSummary;
  readonly pinned: boolean;
  /** Unix ms when it was opened; 0 when it was only seen. */
  readonly openedMs: number;
}

const opensKept = 100;
/** Of each connection: what one receives fast must not push out what another is not asked for again. */
const seenKept = 200;

/** Recent traces: those opened and pinned survive a restart, those only seen live as long as the window. */
export class RecentTraces implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new Emitter<void>();
  #opened = new Map<string, RecentTrace>();
  #seen = new Map<string, RecentTrace>();
  #removed = new Set<string>();
  readonly onChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    const kept = memory.get<unknown>(memoryKey);
    for (const entry of Array.isArray(kept) ? kept : []) {
      const read = asRecent(entry);
      if (read !== undefined) this.#opened.set(addressKey(read.address), read);
    }
  }

  /** All, pinned first, then newest first by the time of the trace. */
  list(): readonly RecentTrace[] {
    const all = new Map([...this.#seen, ...this.#opened]);
    return [...all.values()].sort(
      (a, b) => Number(b.pinned) - Number(a.pinned) || b.summary.startMs - a.summary.startMs,
    );
  }

  opened(address: TraceAddress, summary: TraceSummary): void {
    const key = addressKey(address);
    this.#removed.delete(key);
    const pinned = this.#opened.get(key)?.pinned ?? false;
    this.#opened.delete(key);
    this.#opened.set(key, { address, summary, pinned, openedMs: Date.now() });
    this.#save();
  }

  /** There is more of one that is open: listed anew where it stands, and not at all when the person has removed it. */
  grown(address: TraceAddress, summary: TraceSummary): void {
    const key = addressKey(address);
    const before = this.#opened.get(key);
    if (before === undefined) return;
    this.#opened.set(key, { ...before, address, summary });
    this.#save();
  }

  /** What the connection has got since it was asked last; what was seen there and began before `oldestMs` goes. */
  seen(connection: string, summaries: readonly TraceSummary[], oldestMs: number): void {
    for (const summary of summaries) {
      const address: TraceAddress = { kind: "connection", connection, traceId: summary.traceId };
      const key = addressKey(address);
      if (this.#removed.has(key)) continue;
      this.#seen.set(key, { address, summary, pinned: false, openedMs: 0 });
      // A trace that was opened while it still grew is shown as it is now.
      const opened = this.#opened.get(key);
      if (opened !== undefined && opened.summary.spans < summary.spans)
        this.#opened.set(key, { ...opened, summary });
    }
    const own = [...this.#seen].filter(
      ([, { address }]) => address.kind === "connection" && address.connection === connection,
    );
    const newest = own.sort(([, a], [, b]) => b.summary.startMs - a.summary.startMs);
    for (const [i, [key, { summary }]] of newest.entries())
      if (i >= seenKept || summary.startMs < oldestMs) this.#seen.delete(key);
    this.#changed.fire();
  }

  pin(trace: RecentTrace, pinned: boolean): void {
    this.#opened.set(addressKey(trace.address), { ...trace, pinned });
    this.#save();
  }

  remove(trace: RecentTrace): void {
    const key = addressKey(trace.address);
    this.#opened.delete(key);
    this.#seen.delete(key);
    this.#removed.add(key);
    this.#save();
  }

  /** Removes all of a connection, pinned or not: they are kept there no more. */
  forget(connection: string): void {
    for (const traces of [this.#opened, this.#seen]) {
      for (const [key, { address }] of traces)
        if (address.kind === "connection" && address.connection === connection) traces.delete(key);
    }
    this.#save();
  }

  /** Removes those that are kept nowhere any more, pinned or not: one that comes again is listed again. */
  drop(traces: readonly RecentTrace[]): void {
    for (const { address } of traces) {
      this.#opened.delete(addressKey(address));
      this.#seen.delete(addressKey(address));
    }
    this.#save();
  }

  /** Removes all that is not pinned. */
  clear(): void {
    for (const [key, entry] of this.#opened) if (!entry.pinned) this.#opened.delete(key);
    for (const key of this.#seen.keys()) this.#removed.add(key);
    this.#seen.clear();
    this.#save();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #save(): void {
    const unpinned = [...this.#opened].filter(([, entry]) => !entry.pinned);
    for (const [key] of unpinned.slice(0, Math.max(0, unpinned.length - opensKept))) this.#opened.delete(key);
    void this.#memory.update(memoryKey, [...this.#opened.values()]);
    this.#changed.fire();
  }
}

const memoryKey = "traceline.recentTraces";

/** Reads back what memory, or another extension, gives as a recent trace. */
export function asRecent(value: unknown): RecentTrace | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { address, summary, pinned, openedMs } = value as Record<string, unknown>;
  const where = asAddress(address);
  if (where === undefined || typeof summary !== "object" || summary === null) return undefined;
  const s = summary as Record<string, unknown>;
  const numbers = [s.startMs, s.durationNs, s.spans, s.errors, openedMs];
  if (!numbers.every((number) => typeof number === "number" && Number.isFinite(number))) return undefined;
  if (![s.traceId, s.rootService, s.rootName].every((text) => typeof text === "string")) return undefined;
  const services = (Array.isArray(s.services) ? s.services : []).filter(isService);
  return {
    address: where,
    summary: { ...(summary as TraceSummary), services },
    pinned: pinned === true,
    openedMs: openedMs as number,
  };
}

function isService(value: unknown): boolean {
  const { name, spans } = (value ?? {}) as Record<string, unknown>;
  return typeof name === "string" && typeof spans === "number";
}
