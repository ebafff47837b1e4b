import { joined, unpackCalls } from "./callRecords.ts";
import type { Database } from "./database.ts";
import { buckets } from "./terms.ts";

/** So many fresh entries become a segment, so many segments of the first level one of the second. */
export const freshEntries = 512;
const segmentsMerged = 8;

/**
 * The oldest fresh entries as a segment. Never more than `freshEntries`: a segment goes when the newest of its traces has gone,
 * so one made of a long backlog would outlive most of what it says. Within a transaction. Answers whether there were any.
 */
export function flushFresh(database: Database): boolean {
  const rows = database.all("SELECT trace, terms, calls FROM fresh ORDER BY trace LIMIT ?", freshEntries);
  if (rows.length === 0) return false;
  const pairs: number[][] = Array.from({ length: buckets }, () => []);
  const calls = new Map<number, Uint8Array[]>();
  for (const row of rows) {
    const trace = Number(row.trace);
    const words = wordsOf(row.terms);
    for (let i = 0; i + 1 < words.length; i += 2) pairs[words[i] % buckets].push(words[i + 1], trace);
    for (const { place, records } of unpackCalls(blobOf(row.calls))) {
      const parts = calls.get(place);
      if (parts === undefined) calls.set(place, [records]);
      else parts.push(records);
    }
  }
  const high = Number(rows[rows.length - 1].trace);
  const segment = addSegment(database, 1, high);
  pairs.forEach((words, bucket) => {
    if (words.length > 0)
      addPosting(database, bucket, segment, new Uint8Array(Uint32Array.from(words).buffer));
  });
  for (const [place, parts] of calls) addCalls(database, place, segment, joined(parts));
  database.run("DELETE FROM fresh WHERE trace <= ?", high);
  return true;
}

/** Segments of the first level as one of the second, when there are enough of them. Within a transaction. */
export function mergeSegments(database: Database): boolean {
  const rows = database.all(
    "SELECT no, high FROM segment WHERE level = 1 ORDER BY no LIMIT ?",
    segmentsMerged,
  );
  if (rows.length < segmentsMerged) return false;
  const segment = addSegment(
    database,
    2,
    rows.reduce((high, row) => Math.max(high, Number(row.high)), 0),
  );
  const merged = JSON.stringify(rows.map((row) => Number(row.no)));
  const within = "segment IN (SELECT value FROM json_each(?))";
  each(
    database.all(`SELECT bucket AS k, pairs AS v FROM posting WHERE ${within} ORDER BY bucket`, merged),
    (k, v) => addPosting(database, k, segment, v),
  );
  each(
    database.all(`SELECT place AS k, records AS v FROM calls WHERE ${within} ORDER BY place`, merged),
    (k, v) => addCalls(database, k, segment, v),
  );
  deleteSegments(database, merged);
  return true;
}

/** Deletes segments all of whose traces have numbers below `live`. Within a transaction. Answers whether there were any. */
export function dropSegments(database: Database, live: number): boolean {
  const rows = database.all("SELECT no FROM segment WHERE high < ?", live);
  if (rows.length === 0) return false;
  deleteSegments(database, JSON.stringify(rows.map((row) => Number(row.no))));
  return true;
}

function deleteSegments(database: Database, numbers: string): void {
  for (const table of ["posting", "calls"]) {
    database.run(`DELETE FROM ${table} WHERE segment IN (SELECT value FROM json_each(?))`, numbers);
  }
  database.run("DELETE FROM segment WHERE no IN (SELECT value FROM json_each(?))", numbers);
}

function addSegment(database: Database, level: number, high: number): number {
  return database.insert("INSERT INTO segment(level, high) VALUES (?, ?)", level, high);
}

function addPosting(database: Database, bucket: number, segment: number, pairs: Uint8Array): void {
  database.run("INSERT INTO posting(bucket, segment, pairs) VALUES (?, ?, ?)", bucket, segment, pairs);
}

function addCalls(database: Database, place: number, segment: number, records: Uint8Array): void {
  database.run("INSERT INTO calls(place, segment, records) VALUES (?, ?, ?)", place, segment, records);
}

/** Values of equal keys, which stand together, joined. */
function each(rows: readonly Record<string, unknown>[], add: (key: number, value: Uint8Array) => void): void {
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && rows[to].k === rows[from].k) to++;
    add(Number(rows[from].k), joined(rows.slice(from, to).map((row) => blobOf(row.v))));
    from = to;
  }
}

/** A blob as bytes; none for null. */
export function blobOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

/** Words of a blob; a rest that is no word is left out. */
export function wordsOf(blob: unknown): Uint32Array {
  const bytes = blobOf(blob);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}
