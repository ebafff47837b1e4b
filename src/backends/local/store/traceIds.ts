import type { Database } from "./database.ts";

/** So many ids are sorted into the large index together. */
const settled = 4096;
/** Beyond this the numbers of traces are looked up again. */
const remembered = 50_000;
/** More ids are not looked through at opening: these take 50 ms. */
const lookedThrough = 100_000;

/**
 * The numbers of traces by id: `id_recent` for those met lately, `id_older` for the others, `trace_id` for both. `numberOf` is only
 * for within a transaction; after one that failed, `forget`.
 */
export class TraceIds {
  readonly #database: Database;
  readonly #numbers = new Map<string, number>();
  /** In `id_recent`; after a transaction that failed, a few more than there are. */
  #recent: number;

  /** `write` makes a transaction, for what has to be mended. */
  constructor(database: Database, write: (action: () => void) => void) {
    this.#database = database;
    if (!isInOrder(database)) write(() => mend(database));
    this.#recent = database.number("SELECT count(*) FROM id_recent");
  }

  /** The trace's number; a new one, born at `age`, for an id that was never met. */
  numberOf(id: string, age: number): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    let no = this.#database.number("SELECT no FROM trace_id WHERE id = ?", id);
    if (no === 0) {
      no = this.#database.insert("INSERT INTO trace(id, age) VALUES (?, ?)", id, age);
      this.#database.run("INSERT INTO id_recent(id, no) VALUES (?, ?)", id, no);
      this.#recent++;
    }
    if (this.#numbers.size >= remembered) this.#numbers.clear();
    this.#numbers.set(id, no);
    return no;
  }

  /** Whether `settle` is due. */
  get isUnsettled(): boolean {
    return this.#recent >= settled;
  }

  /** Sorts the ids met lately into the index of all others, in a transaction that `write` makes. */
  settle(write: (action: () => void) => void): void {
    write(() => {
      this.#database.run("INSERT OR REPLACE INTO id_older SELECT id, no FROM id_recent ORDER BY id");
      this.#database.run("DELETE FROM id_recent");
    });
    this.#recent = 0;
  }

  /** Drops what is remembered: traces were deleted, or never came to be. */
  forget(): void {
    this.#numbers.clear();
  }
}

/**
 * Whether ids stand in their order: with one that was changed on the disk, new ones are put where they are not found again. SQLite's
 * quick check does not look at that.
 */
function isInOrder(database: Database): boolean {
  return ["id_recent", "id_older"].every((table) => {
    let last = "";
    return database.all(`SELECT id FROM ${table} LIMIT ${lookedThrough}`).every(({ id }) => {
      const isAfter = typeof id === "string" && id > last;
      last = String(id);
      return isAfter;
    });
  });
}

/** Makes both anew from what the traces themselves say. */
function mend(database: Database): void {
  database.run("DELETE FROM id_recent");
  database.run("DELETE FROM id_older");
  database.run("INSERT OR REPLACE INTO id_older SELECT id, no FROM trace ORDER BY id");
}
