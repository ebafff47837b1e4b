import { rmSync, statSync } from "node:fs";
import { Database } from "./database.ts";
import { storePath } from "./storeFile.ts";

/** How much of a write-ahead log is in its store, in pages. */
export interface Checkpointed {
  readonly pages: number;
  readonly copied: number;
}

/**
 * Copies the write-ahead log of the store in a folder into the store, in another thread: that thread waits for the disk, and
 * no sender does.
 */
export interface Checkpointer {
  run(folder: string): Promise<Checkpointed>;
  end(): void;
}

/** The same in this thread, beside the writer. What is written meanwhile is left for the next time. */
export function checkpoint(folder: string): Checkpointed {
  const path = storePath(folder);
  const nothing = { pages: 0, copied: 0 };
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return nothing;
  const database = new Database(path, { readOnly: false, busyMs: 0 });
  try {
    const row = database.get("PRAGMA wal_checkpoint(PASSIVE)");
    return row === undefined ? nothing : { pages: Number(row.log), copied: Number(row.checkpointed) };
  } finally {
    database.close();
    // It was removed a moment before it was opened, and opening has made an empty one.
    if (statSync(path, { throwIfNoEntry: false })?.size === 0) rmSync(path, { force: true });
  }
}
