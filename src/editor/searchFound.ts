import type { SearchResult } from "../backends/backend.ts";
import type { TraceSummary } from "../model/summary.ts";

/** A trace that a search has found, and the connections that have it: first the one to ask for it. */
export interface FoundTrace {
  readonly summary: TraceSummary;
  readonly connections: readonly string[];
}

interface Answers {
  readonly summaries: Map<string, TraceSummary>;
  limited: boolean;
}

/**
 * What connections have answered to one search, as it comes. A trace that several of them have is one, shown as the one that
 * holds most of it tells it; the limit counts for each connection.
 */
export class SearchFound {
  readonly #limit: number;
  readonly #answers = new Map<string, Answers>();
  readonly #notes = new Set<string>();

  /** `connections` in the order in which their names are shown. */
  constructor(connections: readonly string[], limit: number) {
    this.#limit = limit;
    for (const name of connections) this.#answers.set(name, { summaries: new Map(), limited: false });
  }

  add(connection: string, result: SearchResult): void {
    const answers = this.#answers.get(connection);
    if (answers === undefined) return;
    for (const summary of result.summaries) {
      const key = sameId(summary.traceId);
      if (!answers.summaries.has(key)) answers.summaries.set(key, summary);
    }
    answers.limited ||= result.limited || answers.summaries.size > this.#limit;
    for (const note of result.notes)
      this.#notes.add(this.#answers.size > 1 ? `${connection}: ${note}` : note);
    if (answers.summaries.size <= this.#limit) return;
    const newest = [...answers.summaries].sort(([, a], [, b]) => b.startMs - a.startMs).slice(0, this.#limit);
    answers.summaries.clear();
    for (const [key, summary] of newest) answers.summaries.set(key, summary);
  }

  /** Newest first. */
  traces(): readonly FoundTrace[] {
    const found = new Map<string, { summary: TraceSummary; connections: string[] }>();
    for (const [name, { summaries }] of this.#answers) {
      for (const [key, summary] of summaries) {
        const known = found.get(key);
        if (known === undefined) found.set(key, { summary, connections: [name] });
        else if (summary.spans > known.summary.spans) {
          known.summary = summary;
          known.connections.unshift(name);
        } else known.connections.push(name);
      }
    }
    return [...found.values()].sort((a, b) => b.summary.startMs - a.summary.startMs);
  }

  /** The connections whose answer was cut at the limit. */
  limited(): readonly string[] {
    return [...this.#answers].filter(([, answers]) => answers.limited).map(([name]) => name);
  }

  notes(): readonly string[] {
    return [...this.#notes];
  }
}

/** Some backends drop the leading zeros of an id, or write it in capitals. */
function sameId(traceId: string): string {
  return traceId.toLowerCase().replace(/^0+/, "");
}
