import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { Database, isDamage, isImpossible, SqliteCode, sqliteCode } from "./database.ts";
import { openStoreFile, setAside, storePath } from "./storeFile.ts";

/**
 * Who may write to a store, kept in the store itself. Times are of the wall clock; whoever asks more than once also judges by
 * its own monotonic clock, so that a clock set forward takes nothing from a holder that is seen to renew, and a clock set
 * back keeps nothing for one that does not. Even a lease taken wrongly does no harm: the old holder's next write is fenced.
 */
export interface LeaseHolder {
  /** Changes hands with the lease: the writer's fence. */
  readonly token: string;
  /** What the holder said of itself. */
  readonly holder: string;
  /** Unix ms. */
  readonly expires: number;
}

export type LeaseAnswer =
  | { readonly acquired: true; readonly token: string }
  /** `current` is undefined when the store was busy and nothing can be told. */
  | { readonly acquired: false; readonly current: LeaseHolder | undefined };

export interface LeaseOptions {
  readonly onNotice?: (text: string) => void;
  readonly now?: () => number;
  readonly monotonic?: () => number;
  /** Whether the holder that calls itself so is certainly gone, so that its lease is free at once. */
  readonly isGone?: (holder: string) => boolean;
}

const busyMs = 500;
/** The wall clock is believed while it goes like the monotonic one, but for so much. */
const leapMs = 100;
/** What this process has seen of each folder's lease: which beat, and since when by both clocks. */
const observed = new Map<string, { token: string; beat: number; since: number; wall: number }>();

/** Leases this process took, by token: what to write into a store that is begun anew in the place of a damaged one. */
const taken = new Map<string, { readonly holder: string; readonly ttlMs: number }>();

/** Writes the lease with this token into a store that was just begun and has none. */
export function restoreLease(database: Database, token: string, now: number): void {
  const lease = taken.get(token);
  if (lease === undefined) return;
  database.run(
    "INSERT INTO lease VALUES (1, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
    token,
    lease.holder,
    now + lease.ttlMs,
  );
}

/** Takes the lease when it is free, given back, run out, or its holder gone. `holder` is told to all who ask. */
export function acquireLease(
  folder: string,
  holder: string,
  ttlMs: number,
  options: LeaseOptions = {},
): LeaseAnswer {
  const now = (options.now ?? Date.now)();
  const monotonic = (options.monotonic ?? (() => performance.now()))();
  const ask = () =>
    written(folder, options, (database) => {
      const row = database.get("SELECT token, holder, beat, expires FROM lease WHERE id = 1");
      if (row !== undefined && !isOver(folder, row, now, monotonic, ttlMs, options.isGone)) {
        return { acquired: false as const, current: holderOf(row) };
      }
      const token = randomUUID();
      database.run("INSERT OR REPLACE INTO lease VALUES (1, ?, ?, 0, ?)", token, holder, now + ttlMs);
      observed.delete(folder);
      taken.set(token, { holder, ttlMs });
      return { acquired: true as const, token };
    });
  const busy = { acquired: false as const, current: undefined };
  try {
    return ask() ?? busy;
  } catch (error) {
    if (!isDamage(error) && !isImpossible(error)) throw error;
    setAside(folder, { onNotice: options.onNotice ?? (() => {}), now: options.now ?? Date.now });
    return ask() ?? busy;
  }
}

/**
 * Keeps the lease for another `ttlMs`; false when it is someone else's. Throws where the store is damaged or cannot be
 * written.
 */
export function renewLease(
  folder: string,
  token: string,
  ttlMs: number,
  options: LeaseOptions & { readonly holder?: string } = {},
): boolean {
  const expires = (options.now ?? Date.now)() + ttlMs;
  const kept = written(folder, options, (database) =>
    database.run(
      "UPDATE lease SET beat = beat + 1, expires = ?, holder = coalesce(?, holder) WHERE token = ?",
      expires,
      options.holder ?? null,
      token,
    ),
  );
  // A busy store: whoever keeps it busy is short; the next renewal tells.
  return kept === undefined || kept === 1;
}

/** Gives the lease back, when it is still one's own. */
export function releaseLease(folder: string, token: string, options: LeaseOptions = {}): void {
  taken.delete(token);
  if (existsSync(storePath(folder)))
    written(folder, options, (database) => database.run("DELETE FROM lease WHERE token = ?", token));
}

/** Who has the lease, run out or not; undefined for nobody, or where there is no store. */
export function leaseHolder(folder: string): LeaseHolder | undefined {
  if (!existsSync(storePath(folder))) return undefined;
  let database: Database | undefined;
  try {
    database = new Database(storePath(folder), { readOnly: true, busyMs });
    const row = database.get("SELECT token, holder, expires FROM lease WHERE id = 1");
    return row === undefined ? undefined : holderOf(row);
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
    return undefined;
  } finally {
    database?.close();
  }
}

/** Undefined when others kept the store busy all the time. */
function written<T>(folder: string, options: LeaseOptions, action: (database: Database) => T): T | undefined {
  let database: Database | undefined;
  try {
    database = openStoreFile(folder, {
      onNotice: options.onNotice ?? (() => {}),
      now: options.now ?? Date.now,
      busyMs,
      check: false,
    });
    const open = database;
    return open.transaction(() => action(open));
  } catch (error) {
    const code = sqliteCode(error);
    if (code === SqliteCode.busy || code === SqliteCode.locked) return undefined;
    throw error;
  } finally {
    database?.close();
  }
}

function isOver(
  folder: string,
  row: Record<string, unknown>,
  now: number,
  monotonic: number,
  ttlMs: number,
  isGone: LeaseOptions["isGone"],
): boolean {
  const { token, holder, expires } = holderOf(row);
  const beat = Number(row.beat);
  if (isGone?.(holder) === true) return true;
  const seen = observed.get(folder);
  if (seen?.token === token && seen.beat === beat) {
    const passed = monotonic - seen.since;
    // A clock that leapt since then has taken the holder's time from it: it may renew any moment.
    return passed >= ttlMs || (now >= expires && now - seen.wall <= passed + leapMs);
  }
  observed.set(folder, { token, beat, since: monotonic, wall: now });
  // Seen to be renewed since the last look: alive, whatever the clock says.
  if (seen?.token === token && monotonic - seen.since < 2 * ttlMs) return false;
  return now >= expires;
}

function holderOf(row: Record<string, unknown>): LeaseHolder {
  return { token: String(row.token), holder: String(row.holder), expires: Number(row.expires) };
}
