import { IntakeRefusal, type ReceivedBatch } from "../parts.ts";
import type { StoreLimits } from "../traceStore.ts";
import { isDamage, isImpossible, SqliteCode, sqliteCode } from "./database.ts";
import { Faults, retrySeconds } from "./faults.ts";
import { FenceLost } from "./fenceLost.ts";
import type { StoreWriting, WriterOptions } from "./openStore.ts";
import { PendingBatches } from "./pendingBatches.ts";
import { isMarkedDamaged, markDamage, removeSetAside, removeStore, setAside } from "./storeFile.ts";
import { Thrift } from "./thrift.ts";
import { WritableStore } from "./writableStore.ts";

const tickMs = 1000;
/** How long closing may go on indexing; the rest is done when the store is opened again. */
const closingMs = 500;
/** Bytes that may wait for a commit. */
const mostPending = 64 * 1024 * 1024;
const defaultBacklog = 2_000_000;
/** A slice that only looked whether there is something to do. */
const unnoticedMs = 0.5;
/**
 * Takes batches, all that came meanwhile in one transaction, and between them indexes what was taken, keeps the limits, and
 * syncs. A fault of the disk refuses batches until it is over; a damaged store is set aside and a new one begun; a lost
 * lease ends it for good.
 */
export class StoreWriter implements StoreWriting {
  readonly #folder: string;
  readonly #options: WriterOptions;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  readonly #maxBacklog: number;
  readonly #ticking: NodeJS.Timeout;
  readonly #faults = new Faults();
  readonly #thrift = new Thrift();
  #limits: StoreLimits;
  /** Undefined after a fault, until it is opened again. */
  #store: WritableStore | undefined;
  readonly #pending = new PendingBatches();
  #committing = false;
  #indexTimer: NodeJS.Timeout | undefined;
  #indexNow: NodeJS.Immediate | undefined;
  #waitsForIndex: (() => void)[] = [];
  #restsUntil = 0;
  #lastTake = Number.NEGATIVE_INFINITY;
  #isFull = false;
  #ended: IntakeRefusal | undefined;

  constructor(folder: string, options: WriterOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#limits = options.limits;
    this.#now = options.now ?? Date.now;
    this.#monotonic = options.monotonic ?? (() => performance.now());
    this.#maxBacklog = options.maxBacklog ?? defaultBacklog;
    this.#store = this.#opened();
    this.#ticking = setInterval(() => this.#tick(), tickMs);
    this.#ticking.unref();
    this.#indexIn(0);
  }

  get refusal(): IntakeRefusal | undefined {
    if (this.#ended !== undefined) return this.#ended;
    const fault = this.#faults.refusal(this.#monotonic());
    if (fault !== undefined) return fault;
    const backlog = this.#store?.indexing.backlog ?? 0;
    if (backlog > this.#maxBacklog) this.#isFull = true;
    else if (backlog < this.#maxBacklog * 0.8) this.#isFull = false;
    if (this.#isFull) return new IntakeRefusal("Too many received spans are waiting to be indexed.", 2);
    if (this.#pending.bytes > mostPending) return new IntakeRefusal("Too much is being received at once.", 1);
    return undefined;
  }

  take(batch: ReceivedBatch): Promise<void> {
    const refusal = this.refusal;
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#lastTake = this.#monotonic();
    this.#commitSoon();
    return this.#pending.add(batch);
  }

  pin(traceId: string, pinned: boolean): void {
    this.#guarded((store) => store.pin(traceId, pinned));
  }

  async deleteAll(): Promise<void> {
    this.#commitAll();
    const failure = this.#attempt((store) => store.deleteAll());
    if (failure !== undefined) this.#beginAnew(failure);
    removeSetAside(this.#folder);
  }

  setLimits(limits: StoreLimits): void {
    this.#limits = limits;
    this.#store?.setLimits(limits);
  }

  indexed(): Promise<void> {
    this.#commitAll();
    return new Promise((resolve) => {
      this.#waitsForIndex.push(resolve);
      this.#indexIn(0);
    });
  }

  async close(): Promise<void> {
    if (this.#ended === undefined) {
      this.#commitAll();
      const until = performance.now() + closingMs;
      this.#attempt((store) => {
        while (performance.now() < until && store.index(this.#monotonic(), true) === 0);
      });
    }
    const store = this.#end(new IntakeRefusal("The store of received traces is closed.", 1));
    try {
      await store?.close();
    } catch {
      // A full disk: what was taken is in the write-ahead log, and the store counts as one that was not closed.
    }
  }

  #commitSoon(): void {
    if (this.#committing) return;
    this.#committing = true;
    setImmediate(() => {
      this.#committing = false;
      this.#commit();
      if (!this.#pending.isEmpty) this.#commitSoon();
      this.#indexIn(Math.max(0, this.#restsUntil - this.#monotonic()));
    });
  }

  #commitAll(): void {
    while (!this.#pending.isEmpty) this.#commit();
  }

  /** All that waits, up to a size, in one transaction. */
  #commit(): void {
    this.#pending.commit((batches) => this.#attempt((store) => store.commit(batches, this.#monotonic())));
  }

  #indexIn(ms: number): void {
    if (this.#ended !== undefined || this.#indexNow !== undefined) return;
    clearTimeout(this.#indexTimer);
    if (ms > 0) {
      this.#indexTimer = setTimeout(() => this.#index(), ms);
      this.#indexTimer.unref();
      return;
    }
    this.#indexNow = setImmediate(() => {
      this.#indexNow = undefined;
      this.#index();
    });
  }

  #index(): void {
    const began = this.#monotonic();
    const all = this.#waitsForIndex.length > 0;
    let next = Number.POSITIVE_INFINITY;
    const failure = this.#attempt((store) => {
      next = store.index(began, all);
    });
    if (failure !== undefined) {
      if (this.#ended === undefined) this.#indexIn(retrySeconds * 1000);
      else this.#answerIndexed();
      return;
    }
    const rest = all ? 0 : this.#rest(began);
    this.#restsUntil = this.#monotonic() + rest;
    if (next !== Number.POSITIVE_INFINITY) this.#indexIn(Math.max(next, rest));
    else this.#answerIndexed();
  }

  #answerIndexed(): void {
    for (const resolve of this.#waitsForIndex.splice(0)) resolve();
  }

  /** How long senders are to have the thread for themselves after a slice. */
  #rest(began: number): number {
    const now = this.#monotonic();
    if (now - this.#lastTake > 50 || now - began < unnoticedMs) return 0;
    return this.#thrift.after(now - began, (this.#store?.indexing.backlog ?? 0) > this.#maxBacklog / 2);
  }

  #tick(): void {
    if (this.#ended !== undefined || this.#store === undefined) return;
    this.#attempt((store) => {
      if (isMarkedDamaged(this.#folder)) this.#reopen();
      else if (!store.tick(this.#now(), this.#monotonic())) this.#reopen();
    });
  }

  #guarded(action: (store: WritableStore) => void): void {
    const failure = this.#attempt(action);
    if (failure !== undefined) throw failure;
  }

  /** Runs `action` on the store, opened again where it has to be; what comes of an error is a refusal. */
  #attempt(action: (store: WritableStore) => void): IntakeRefusal | undefined {
    if (this.#ended !== undefined) return this.#ended;
    try {
      this.#store ??= this.#opened();
      // The space that is there again is wanted for the log first, or the next batches take it and nothing is gained.
      if (this.#faults.isFull) this.#store.makeRoom();
      withRoom(this.#store, action);
      this.#faults.end();
      return undefined;
    } catch (error) {
      if (error instanceof FenceLost) return this.#lost(error);
      if (isDamage(error)) return this.#damaged(error);
      // What a whole store never answers: it is checked when it is opened again.
      if (isImpossible(error)) markDamage(this.#folder);
      return this.#faulty(error);
    }
  }

  /** The store, begun anew when damage is met in it even now. */
  #opened(): WritableStore {
    const options = { ...this.#options, limits: this.#limits };
    const wake = () => this.#indexIn(Math.max(0, this.#restsUntil - this.#monotonic()));
    const open = () => new WritableStore(this.#folder, options, this.#now(), this.#monotonic(), wake);
    try {
      return open();
    } catch (error) {
      if (!isDamage(error)) throw error;
      setAside(this.#folder, { onNotice: this.#options.onNotice, now: this.#now });
      return open();
    }
  }

  /** Whether another file is to be written from now on is decided by how this one opens. */
  #reopen(): void {
    this.#store?.abandon();
    this.#store = undefined;
    this.#store = this.#opened();
  }

  /** Deletes all without writing, for deleting in a store takes space too. Throws `failure` when it may not or cannot. */
  #beginAnew(failure: IntakeRefusal): void {
    if (this.#ended !== undefined || this.#store?.isOurs() !== true) throw failure;
    this.#store.abandon();
    this.#store = undefined;
    removeStore(this.#folder);
    this.#faults.end();
    this.#guarded(() => {});
  }

  #lost(error: FenceLost): IntakeRefusal {
    this.#end(error)?.abandon();
    this.#options.onLost?.();
    return error;
  }

  #damaged(error: unknown): IntakeRefusal {
    try {
      this.#store?.abandon();
      this.#store = undefined;
      setAside(this.#folder, { onNotice: this.#options.onNotice, now: this.#now });
      this.#store = this.#opened();
    } catch (second) {
      return this.#faulty(second);
    }
    return new IntakeRefusal("The store of received traces was damaged and is begun anew.", 1, error);
  }

  #faulty(error: unknown): IntakeRefusal {
    const { refusal, isNew } = this.#faults.meet(error, this.#monotonic());
    if (isNew) this.#options.onNotice(refusal.message);
    const code = sqliteCode(error);
    // A full disk is a matter of space; after anything else the file or its folder may be other ones.
    if (code === SqliteCode.full || code === SqliteCode.busy) return refusal;
    try {
      this.#store?.abandon();
    } catch {
      // It could not even be closed; the next try opens another.
    }
    this.#store = undefined;
    return refusal;
  }

  /** Ends everything that runs by itself, and refuses what waits. */
  #end(refusal: IntakeRefusal): WritableStore | undefined {
    this.#ended ??= refusal;
    clearInterval(this.#ticking);
    clearTimeout(this.#indexTimer);
    clearImmediate(this.#indexNow);
    this.#pending.refuse(refusal);
    this.#answerIndexed();
    const store = this.#store;
    this.#store = undefined;
    return store;
  }
}

/** A full disk may have room again when the write-ahead log, which holds pages many times, is written into the file. */
function withRoom(store: WritableStore, action: (store: WritableStore) => void): void {
  try {
    action(store);
  } catch (error) {
    if (sqliteCode(error) !== SqliteCode.full || !store.makeRoom()) throw error;
    action(store);
  }
}
