import type { TraceSource } from "../backends/backend.ts";
import { shared } from "../backends/shared.ts";

/** How long names and values are offered without asking again, ms. */
const holds = 60_000;
/** How long a backend that did not answer is not asked again, ms: completion asks with each word that is typed. */
const failureHolds = 10_000;
const mostKept = 200;

/** Names of attributes and their values, as backends tell them: each asked once a minute, whoever waits for it; an error is told once. */
export class TraceqlNames {
  readonly #share = shared<readonly string[]>();
  readonly #kept = new Map<string, { readonly until: number; readonly list: readonly string[] }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** "span.http.route", "resource.service.name", …; none where the backend does not tell. */
  names(source: TraceSource, signal: AbortSignal): Promise<readonly string[]> {
    return this.#ask(source, "", (inner) => source.attributeNames?.(inner) ?? Promise.resolve([]), signal);
  }

  /** Values as the language writes them. */
  values(source: TraceSource, name: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#ask(
      source,
      name,
      (inner) => source.attributeValues?.(name, inner) ?? Promise.resolve([]),
      signal,
    );
  }

  async #ask(
    source: TraceSource,
    name: string,
    ask: (signal: AbortSignal) => Promise<readonly string[]>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const key = JSON.stringify([source.connection, name]);
    const known = this.#kept.get(key);
    if (known !== undefined && known.until > this.#now()) return known.list;
    try {
      const list = await this.#share(key, ask, signal);
      this.#keep(key, list, holds);
      return list;
    } catch (error) {
      if (!signal.aborted) this.#keep(key, [], failureHolds);
      throw error;
    }
  }

  #keep(key: string, list: readonly string[], ms: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { until: this.#now() + ms, list });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
  }
}
