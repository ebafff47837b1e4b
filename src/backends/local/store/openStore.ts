import type { StoreLimits, TraceReading, TraceWriting } from "../traceStore.ts";
import type { Checkpointer } from "./checkpointer.ts";
import type { Indexer } from "./indexer.ts";
import { StoreReader } from "./storeReader.ts";
import { StoreWriter } from "./storeWriter.ts";

/** What works for a writer in other threads. */
export interface StoreAides {
  /** Copies the write-ahead log into the file; without one the writer does that itself. */
  readonly checkpointer?: Checkpointer;
  /** Makes index entries when many spans are waiting; without one the writer does that itself. */
  readonly indexer?: Indexer;
}

export interface WriterOptions extends StoreAides {
  /** The token of the lease that this writer holds: `acquireLease`. It is compared before every write. */
  readonly fence: string;
  readonly limits: StoreLimits;
  /** Hears, in a sentence for a person, of what happened to the store: set aside, disk full, kept on a foreign file system. */
  readonly onNotice: (text: string) => void;
  /** Another process has the lease: nothing is written any more. */
  readonly onLost?: () => void;
  /** Unix ms. */
  readonly now?: () => number;
  /** ms by a clock that never leaps. */
  readonly monotonic?: () => number;
  /** Spans that may wait to be indexed before more are refused. */
  readonly maxBacklog?: number;
  /** What statfs answers as the type of a folder's file system. */
  readonly fileSystemType?: (folder: string) => number;
  /** Most pages of the file, for tests of a full disk. */
  readonly maxPages?: number;
}

/** A writer that also tells when what it took can be found. */
export interface StoreWriting extends TraceWriting {
  /** Resolves when everything taken so far is indexed: asked for by tests and before an answer that must know all. */
  indexed(): Promise<void>;
  /** Other limits from now on. */
  setLimits(limits: StoreLimits): void;
}

/**
 * Opens the store in `folder` for its one writer; makes it when it is not there, sets it aside when it is damaged. Throws a
 * UserError when a newer version wrote it, FenceLost without the lease, and the system's error where nothing can be written.
 */
export function openWriter(folder: string, options: WriterOptions): StoreWriting {
  return new StoreWriter(folder, options);
}

/** Reads the store in `folder` beside its writer, in any thread or process; while there is none, it is empty. */
export function openReader(folder: string): TraceReading {
  return new StoreReader(folder);
}
