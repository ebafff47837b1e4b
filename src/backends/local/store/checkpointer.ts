import { rmSync, statSync } from "node:fs";
import { Database } from "./database.ts";
import { storePath } from "./storeFile.ts";

/**
 * Copies the write-ahead log of the store in a folder into the store's file, in another thread: that thread waits for the
 * disk, and no sender does.
 */
export interface Checkpointer {
  /** Resolves when what the log had when this was called is in the file, as far as no reader is in its way. */
  run(folder: string): Promise<void>;
  end(): void;
}

/** The same in this thread, on a connection of its own. What is written meanwhile is left for the next time. */
export function checkpoint(folder: string): void {
  const path = storePath(folder);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  const database = new Database(path, { readOnly: false, busyMs: 0 });
  try {
    database.get("PRAGMA wal_checkpoint(PASSIVE)");
  } finally {
    database.close();
    // It was removed a moment before it was opened, and opening has made an empty one.
    if (statSync(path, { throwIfNoEntry: false })?.size === 0) rmSync(path, { force: true });
  }
}
