import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

/** A row as SQLite gives it. */
export type Row = Record<string, SQLOutputValue>;

/** One connection and its prepared statements, each prepared once. */
export class Database {
  readonly path: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, options: { readOnly: boolean; busyMs: number }) {
    this.path = path;
    this.#connection = new DatabaseSync(path, { readOnly: options.readOnly });
    this.#connection.exec(`PRAGMA busy_timeout=${options.busyMs}`);
  }

  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  /** Answers how many rows were changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  /** Answers the number of the row that was inserted. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...values).lastInsertRowid);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepared(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepared(sql).all(...values) as Row[];
  }

  /** The first column of the first row as a number; 0 for none. */
  number(sql: string, ...values: SQLInputValue[]): number {
    const row = this.get(sql, ...values);
    return row === undefined ? 0 : Number(Object.values(row)[0] ?? 0);
  }

  /** All of `action` or, when it throws, nothing of it. It holds the write lock from the start. */
  transaction<T>(action: () => T): T {
    return this.#within("BEGIN IMMEDIATE", action);
  }

  /** Everything `action` reads is of one moment, whatever others write meanwhile. */
  snapshot<T>(action: () => T): T {
    return this.#within("BEGIN", action);
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #within<T>(begin: string, action: () => T): T {
    this.run(begin);
    try {
      const result = action();
      this.run("COMMIT");
      return result;
    } catch (error) {
      try {
        this.run("ROLLBACK");
      } catch {
        // A full disk or a fault has ended the transaction already.
      }
      throw error;
    }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** SQLite's primary result codes that are told apart here (sqlite.org/rescode.html). */
export const SqliteCode = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
} as const;

/** The primary result code of an error of SQLite; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 255;
}

/** Whether the file is not what it was written as. */
export function isDamage(error: unknown): boolean {
  // A whole number that was never written: Node does not give it out.
  if (error instanceof RangeError && "code" in error && error.code === "ERR_OUT_OF_RANGE") return true;
  const code = sqliteCode(error);
  return code === SqliteCode.corrupt || code === SqliteCode.notADatabase;
}

/** Whether a statement that fits every store failed as only one can that is not what it was made as. */
export function isImpossible(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SqliteCode.error || code === SqliteCode.constraint || code === SqliteCode.mismatch;
}
