import { IntakeRefusal } from "../parts.ts";
import { SqliteCode, sqliteCode } from "./database.ts";

/** After a fault the next try comes so much later. */
export const retrySeconds = 5;
/** A fault that comes again within this time is not said again. */
const quietMs = 600_000;

/** Whether the store can be written just now: faults of the disk as they are met, until a write succeeds. Times are monotonic ms. */
export class Faults {
  #current: { readonly refusal: IntakeRefusal; readonly until: number } | undefined;
  #last = Number.NEGATIVE_INFINITY;
  /** The last fault was a full disk. */
  isFull = false;

  /** What to refuse with until it is time to try again. */
  refusal(now: number): IntakeRefusal | undefined {
    return this.#current !== undefined && now < this.#current.until ? this.#current.refusal : undefined;
  }

  /** Answers what to refuse with, and whether a person has not heard of it yet. */
  meet(error: unknown, now: number): { readonly refusal: IntakeRefusal; readonly isNew: boolean } {
    const code = sqliteCode(error);
    if (code === SqliteCode.busy)
      return { refusal: new IntakeRefusal(faultText(code, error), 1, error), isNew: false };
    const refusal = new IntakeRefusal(faultText(code, error), retrySeconds, error);
    const isNew = now - this.#last > quietMs;
    this.#current = { refusal, until: now + retrySeconds * 1000 };
    this.#last = now;
    this.isFull = code === SqliteCode.full;
    return { refusal, isNew };
  }

  /** A write succeeded. */
  end(): void {
    this.#current = undefined;
    this.isFull = false;
  }
}

function faultText(code: number | undefined, error: unknown): string {
  switch (code) {
    case SqliteCode.busy:
    case SqliteCode.locked:
      return "The store of received traces is busy.";
    case SqliteCode.full:
      return "The disk is full: received traces are refused until there is space.";
    case SqliteCode.readOnly:
    case SqliteCode.cantOpen:
      return "The store of received traces cannot be written: received traces are refused until it can.";
    default: {
      const said = error instanceof Error ? error.message : String(error);
      return `Received traces cannot be kept: ${said}`;
    }
  }
}
