import type { TraceSummary } from "../../../model/summary.ts";
import type { TraceQuery } from "../../backend.ts";
import type { Database, Row } from "./database.ts";
import { wordsOf } from "./segments.ts";
import { termsOf } from "./terms.ts";

export const summaryColumns =
  "no, id, changed, spans, errors, start, duration, root_service, root_name, services";

/** More candidates than this are found by walking all traces, newest first, instead of looking up each. */
const lookedUp = 20_000;
/** Traces read at once in such a walk. */
const walked = 2000;

/** The newest traces that answer a query; each condition is met by the trace as a whole or by some span of it. */
export function search(
  database: Database,
  query: TraceQuery,
): { readonly summaries: readonly TraceSummary[]; readonly limited: boolean } {
  const limit = Math.max(1, Math.floor(query.limit) || 1);
  const candidates = candidatesOf(database, termsOf(query));
  const rows =
    candidates === undefined
      ? select(database, query, "", [], limit + 1)
      : candidates.size <= lookedUp
        ? select(
            database,
            query,
            "no IN (SELECT value FROM json_each(?))",
            [JSON.stringify([...candidates])],
            limit + 1,
          )
        : walk(database, query, candidates, limit + 1);
  return { summaries: rows.slice(0, limit).map(summaryOf), limited: rows.length > limit };
}

/** Numbers of the traces that have all terms; undefined for no terms. */
function candidatesOf(database: Database, terms: readonly number[]): Set<number> | undefined {
  let found: Set<number> | undefined;
  for (const term of terms) {
    const having = tracesWith(database, term);
    const before: Set<number> | undefined = found;
    found = before === undefined ? having : new Set([...having].filter((trace) => before.has(trace)));
    if (found.size === 0) return found;
  }
  return found;
}

function tracesWith(database: Database, term: number): Set<number> {
  const bucket = Math.floor(term / 4294967296);
  const wanted = term % 4294967296;
  const traces = new Set<number>();
  for (const { pairs } of database.all("SELECT pairs FROM posting WHERE bucket = ?", bucket)) {
    const words = wordsOf(pairs);
    for (let i = 0; i + 1 < words.length; i += 2) if (words[i] === wanted) traces.add(words[i + 1]);
  }
  for (const { trace, terms } of database.all("SELECT trace, terms FROM fresh")) {
    const words = wordsOf(terms);
    for (let i = 0; i + 1 < words.length; i += 2) {
      if (words[i + 1] !== wanted || words[i] !== bucket) continue;
      traces.add(Number(trace));
      break;
    }
  }
  return traces;
}

function walk(database: Database, query: TraceQuery, candidates: ReadonlySet<number>, most: number): Row[] {
  const found: Row[] = [];
  let after: Row | undefined;
  for (;;) {
    const rows: Row[] = select(
      database,
      query,
      "(start, no) < (?, ?)",
      [Number(after?.start ?? Number.MAX_VALUE), Number(after?.no ?? 0)],
      walked,
    );
    for (const row of rows) if (candidates.has(Number(row.no)) && found.push(row) === most) return found;
    if (rows.length < walked) return found;
    after = rows[rows.length - 1];
  }
}

function select(
  database: Database,
  query: TraceQuery,
  condition: string,
  values: readonly (string | number)[],
  limit: number,
): Row[] {
  return database.all(
    `SELECT ${summaryColumns} FROM trace
     WHERE spans > 0 AND start >= ? AND start <= ? AND duration >= ? AND duration <= ? AND errors >= ?
     ${condition === "" ? "" : `AND ${condition}`}
     ORDER BY start DESC, no DESC LIMIT ?`,
    finite(query.fromMs, -Number.MAX_VALUE),
    query.toMs > 0 ? finite(query.toMs, Number.MAX_VALUE) : Number.MAX_VALUE,
    query.minDurationNs,
    query.maxDurationNs > 0 ? query.maxDurationNs : Number.MAX_VALUE,
    query.errorsOnly === true ? 1 : 0,
    ...values,
    limit,
  );
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

/** The summary in a row of `summaryColumns`. */
export function summaryOf(row: Row): TraceSummary {
  return {
    traceId: String(row.id),
    rootService: String(row.root_service),
    rootName: String(row.root_name),
    startMs: Number(row.start),
    durationNs: Number(row.duration),
    spans: Number(row.spans),
    errors: Number(row.errors),
    services: servicesOf(String(row.services)),
  };
}

function servicesOf(text: string): TraceSummary["services"] {
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return [];
    return list.map((entry) => ({ name: String(entry?.[0] ?? ""), spans: Number(entry?.[1]) || 0 }));
  } catch {
    return [];
  }
}
