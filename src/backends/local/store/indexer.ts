import { Database } from "./database.ts";
import { blobOf } from "./segments.ts";
import { storePath } from "./storeFile.ts";
import { type TraceBytes, type TraceEntry, traceEntries } from "./traceEntry.ts";

/** A trace whose index entry is to be made. */
export interface IndexJob {
  readonly no: number;
  readonly id: string;
}

/** What came of jobs, of which the first ones were done, as far as their time allowed. */
export interface IndexedSlice {
  readonly entries: readonly TraceEntry[];
  /** How many of the jobs were done. */
  readonly done: number;
  /** Large traces, and how many ms each took. */
  readonly costly: readonly (readonly [no: number, ms: number])[];
}

/** Makes index entries in another thread, from what the store in a folder has: that is most of the work of indexing. */
export interface Indexer {
  run(folder: string, jobs: readonly IndexJob[]): Promise<IndexedSlice>;
  end(): void;
}

/** Traces are decoded together up to so many spans. */
const sharedSpans = 1500;
/** Spans of one trace that its entry looks at; how many there are is counted whatever their number. */
const indexedSpans = 50_000;
/** A trace that took so long is a large one. */
const costlyMs = 8;

/** Does as many of the jobs as can be begun in `ms`, one at least. */
export function indexSlice(database: Database, jobs: readonly IndexJob[], ms: number): IndexedSlice {
  const began = performance.now();
  const entries: TraceEntry[] = [];
  const costly: [number, number][] = [];
  let group: TraceBytes[] = [];
  let spans = 0;
  let done = 0;
  const decode = () => {
    if (group.length > 0) entries.push(...traceEntries(group));
    group = [];
    spans = 0;
  };
  for (const job of jobs) {
    const before = performance.now();
    if (done > 0 && before - began > ms) break;
    done++;
    const bytes = bytesOf(database, job);
    if (bytes === undefined) continue;
    group.push(bytes.of);
    spans += bytes.spans;
    if (spans < sharedSpans) continue;
    decode();
    const cost = performance.now() - before;
    if (cost > costlyMs) costly.push([job.no, cost]);
  }
  decode();
  return { entries, done, costly };
}

/** All of the jobs, on a connection of its own, which is closed at the end: a store that is set aside is held by nobody. */
export function indexStore(folder: string, jobs: readonly IndexJob[]): IndexedSlice {
  const database = new Database(storePath(folder), { readOnly: true, busyMs: 1000 });
  try {
    return indexSlice(database, jobs, Number.POSITIVE_INFINITY);
  } finally {
    database.close();
  }
}

/** Undefined for a trace that was deleted. */
function bytesOf(database: Database, { no, id }: IndexJob): { of: TraceBytes; spans: number } | undefined {
  const row = database.get("SELECT version FROM trace WHERE no = ?", no);
  if (row === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  let spans = 0;
  let unread = 0;
  for (const { bytes, count } of database.all(
    "SELECT bytes, count FROM chunk WHERE trace = ? AND kind = 0 ORDER BY seq",
    no,
  )) {
    if (spans >= indexedSpans) unread += Number(count);
    else {
      chunks.push(blobOf(bytes));
      spans += Number(count);
    }
  }
  return { of: { no, id, version: Number(row.version) + 1, chunks, unread }, spans };
}
