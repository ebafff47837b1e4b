import type { SpanPlace } from "../../../model/hotspot.ts";
import type { Database } from "./database.ts";
import type { TraceEntry } from "./traceEntry.ts";

/** Kinds of names that are listed. */
export const NameKind = { operation: 0, attribute: 1 } as const;

/** A name or place met again is noted only so often; by as much it may outlive the last trace that has it. */
export const seenStep = 1024;
const remembered = 20_000;
/** Longer names are not listed. */
const longestName = 1024;

/** Writes index entries. Only to be used within a transaction; after one that failed, `forget`. */
export class EntryTable {
  readonly #database: Database;
  readonly #places = new Map<string, { no: number; seen: number }>();
  /** Names by kind and service, what was written of each, and uses that were not yet. */
  readonly #named = new Map<string, Map<string, { seen: number; written: number; uses: number }>>();
  #nameCount = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Replaces the entries of these traces; `change` is the number of the first change. */
  write(entries: readonly TraceEntry[], change: number): void {
    entries.forEach((entry, i) => {
      this.#summary(entry, change + i);
      const { bytes, places } = entry.calls;
      const words = new Uint32Array(bytes.buffer);
      for (const { key, place, at } of places) words[at] = this.#place(key, place, entry.no);
      this.#database.run(
        "INSERT OR REPLACE INTO fresh(trace, terms, calls) VALUES (?, ?, ?)",
        entry.no,
        new Uint8Array(entry.terms.buffer),
        bytes,
      );
    });
    this.#names(entries);
  }

  forget(): void {
    this.#places.clear();
    this.#named.clear();
    this.#nameCount = 0;
  }

  #summary({ no, version, summary }: TraceEntry, change: number): void {
    this.#database.run(
      `UPDATE trace SET version = ?, changed = ?, spans = ?, errors = ?, start = ?, duration = ?,
       root_service = ?, root_name = ?, services = ? WHERE no = ?`,
      version,
      change,
      summary.spans,
      summary.errors,
      summary.startMs,
      summary.durationNs,
      summary.rootService,
      summary.rootName,
      JSON.stringify(summary.services.map(({ name, spans }) => [name, spans])),
      no,
    );
  }

  #place(key: string, place: SpanPlace, trace: number): number {
    let known = this.#places.get(key);
    if (known === undefined) {
      const row = this.#database.get("SELECT no, seen FROM place WHERE key = ?", key);
      if (row !== undefined) known = { no: Number(row.no), seen: Number(row.seen) };
      else {
        const path = plainPath(place.file);
        const no = this.#database.insert(
          "INSERT INTO place(key, base, path, said, seen) VALUES (?, ?, ?, ?, ?)",
          key,
          path.slice(path.lastIndexOf("/") + 1),
          path,
          JSON.stringify(place),
          trace,
        );
        known = { no, seen: trace };
      }
      if (this.#places.size >= remembered) this.#places.clear();
      this.#places.set(key, known);
    }
    if (trace >= known.seen + seenStep) {
      this.#database.run("UPDATE place SET seen = ? WHERE no = ?", trace, known.no);
      known.seen = trace;
    }
    return known.no;
  }

  #names(entries: readonly TraceEntry[]): void {
    for (const { no, operations, attributeKeys } of entries) {
      for (const { service, name } of operations) this.#name(NameKind.operation, service, name, no);
      for (const key of attributeKeys) this.#name(NameKind.attribute, "", key, no);
    }
  }

  #name(kind: number, service: string, name: string, trace: number): void {
    const group = kind + service;
    let names = this.#named.get(group);
    if (names === undefined) {
      names = new Map();
      this.#named.set(group, names);
    }
    let known = names.get(name);
    if (known === undefined) {
      if (name.length > longestName || service.length > longestName) return;
      if (this.#nameCount >= remembered) this.forget();
      this.#nameCount++;
      known = { seen: Number.NEGATIVE_INFINITY, written: 0, uses: 0 };
      names.set(name, known);
    }
    known.uses++;
    // Uses only order a list, so an eighth may be missing of them.
    if (trace < known.seen + seenStep && known.uses * 8 < known.written) return;
    this.#database.run(
      `INSERT INTO name(kind, service, name, uses, seen) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET uses = uses + excluded.uses, seen = max(seen, excluded.seen)`,
      kind,
      service,
      name,
      known.uses,
      trace,
    );
    known.seen = trace;
    known.written += known.uses;
    known.uses = 0;
  }
}

/** A path as it is compared: with "/", without "file://". */
export function plainPath(path: string): string {
  return path.replace(/^file:\/\//, "").replace(/\\/g, "/");
}
