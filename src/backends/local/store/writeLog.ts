import { open } from "node:fs/promises";
import type { StoreLimits } from "../traceStore.ts";
import type { Checkpointer } from "./checkpointer.ts";
import type { Database } from "./database.ts";
import { logBytes } from "./retention.ts";
import { storePath } from "./storeFile.ts";

/** After so many bytes the checkpointer is asked; a rest of so many is copied here, to begin the log anew. */
const copied = { beside: 8 << 20, here: 1 << 20 };
/** The log may be so large before it is copied between two commits, where there is no checkpointer. */
const copiedAtOnce = 16 << 20;

/**
 * The write-ahead log of the store that is written, and its way into the store's file. Copying ends with waiting for the
 * disk: on a busy one, and on one connection, that was half of the time that a sender waited. So a checkpointer does it, and
 * here only what is left when little is coming, or when the log has become as large as it may be.
 */
export class WriteLog {
  readonly #folder: string;
  readonly #database: Database;
  readonly #checkpointer: Checkpointer | undefined;
  readonly #busyMs: number;
  #pages = 0;
  /** Bytes written since it was last copied. */
  #uncopied = 0;
  /** There is something in it, and the time is to be used when nothing comes. */
  #isUsed = false;
  #toTruncate = false;
  #copying: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #isEnded = false;

  constructor(folder: string, database: Database, busyMs: number, checkpointer: Checkpointer | undefined) {
    this.#folder = folder;
    this.#database = database;
    this.#busyMs = busyMs;
    this.#checkpointer = checkpointer;
  }

  /** Bounds the log by the limits, and by the size of the store while there is no checkpointer. */
  bound(limits: StoreLimits): void {
    const size = this.#database.number("PRAGMA page_size");
    const most = Math.floor(logBytes(limits) / size);
    const pages =
      this.#checkpointer === undefined
        ? Math.min(most, copiedAtOnce / size, Math.max(256, this.#database.number("PRAGMA page_count") / 2))
        : most;
    // Each change is a statement: steps of a quarter will do.
    if (pages > this.#pages * 0.8 && pages < this.#pages * 1.25 && pages < most) return;
    if (pages === this.#pages) return;
    this.#pages = pages;
    const whole = Math.floor(pages);
    this.#database.exec(`PRAGMA wal_autocheckpoint=${whole}; PRAGMA journal_size_limit=${whole * size}`);
  }

  /** After each commit. */
  wrote(bytes: number): void {
    this.#uncopied += bytes;
    if (this.#uncopied > copied.beside) this.#copy();
  }

  /** Nothing comes and nothing is to be done: the log is ended, once. */
  rest(): void {
    if (!this.#isUsed && !this.#toTruncate) return;
    if (this.#checkpointer !== undefined && this.#uncopied > copied.here) this.#copy();
    else if (this.#copying === undefined) this.truncate();
  }

  /** Ends the log: unless a reader is at it, then later. */
  truncate(): void {
    this.#database.exec("PRAGMA busy_timeout=50");
    const answer = this.#database.get("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#database.exec(`PRAGMA busy_timeout=${this.#busyMs}`);
    this.#toTruncate = answer?.busy === 1;
    this.#isUsed = false;
    this.#uncopied = 0;
  }

  /** A commit is safe from the end of this process at once, and from a power cut when this has run. */
  sync(): void {
    this.#isUsed = true;
    this.#syncing ??= this.#synced().finally(() => {
      this.#syncing = undefined;
    });
  }

  /** The log is ended as far as that takes no time: what is left of it stays, and is read by who opens the store next. */
  async end(): Promise<void> {
    await this.#syncing;
    this.#isEnded = true;
    if (this.#copying === undefined && this.#uncopied <= copied.beside) this.truncate();
  }

  /** The store is closed at once. */
  abandon(): void {
    this.#isEnded = true;
  }

  /** Has it copied, again while much is added to it meanwhile; the rest is copied here. */
  #copy(): void {
    if (this.#checkpointer === undefined || this.#copying !== undefined || this.#isEnded) return;
    this.#uncopied = 0;
    this.#copying = this.#checkpointer
      .run(this.#folder)
      // Where that fails, the log is copied by a commit when it is as large as it may be.
      .catch(() => {})
      .then(() => {
        this.#copying = undefined;
        if (this.#isEnded) return;
        if (this.#uncopied > copied.beside) this.#copy();
        // When all of it is copied, the next commit begins the log anew.
        else if (this.#uncopied < copied.here) this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      })
      .catch(() => {
        // A fault of the disk, or damage, is met again by the next commit.
      });
  }

  async #synced(): Promise<void> {
    try {
      const file = await open(`${storePath(this.#folder)}-wal`, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    } catch {
      // There is no log where the journal is a rollback journal; and a fault is met again by the next commit.
    }
  }
}
