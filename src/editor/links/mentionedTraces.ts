import type { TraceMention } from "../../model/traceMentions.ts";

/** What links need to know of traces. Ids are 32 lower-case hex digits. */
export interface KnownTraces {
  /** Those of the ids whose traces could be opened: received, recent, or open. Asks no server. */
  known(traceIds: readonly string[]): Promise<ReadonlySet<string>>;
  open(traceId: string, spanId?: string): unknown;
}

/** A range of a text, and the one trace it leads to. */
export interface MentionedTrace {
  readonly start: number;
  readonly end: number;
  readonly traceId: string;
  readonly spanId: string | undefined;
}

/** How long a link may wait to be told whether its trace is known: links appear under the mouse. */
const patienceMs = 500;

/**
 * The mentions that lead somewhere, by the index they are given under: what says that it is a trace ID, and what does not
 * but is that of a known trace. Of digits that may be read in two ways the known one counts, else the first.
 */
export async function mentionedTraces<T>(
  mentions: readonly (TraceMention & { readonly at: T })[],
  traces: KnownTraces,
): Promise<(MentionedTrace & { readonly at: T })[]> {
  const unsure = mentions.filter(({ isSaid, references }) => !isSaid || references.length > 1);
  const asked = new Set(unsure.flatMap(({ references }) => references.map(({ traceId }) => traceId)));
  const known = asked.size === 0 ? new Set<string>() : await knownSoon([...asked], traces);
  return mentions.flatMap(({ at, start, end, references, isSaid }) => {
    const reference =
      references.find(({ traceId }) => known.has(traceId)) ?? (isSaid ? references[0] : undefined);
    if (reference === undefined) return [];
    return [{ at, start, end, traceId: reference.traceId, spanId: reference.spanId }];
  });
}

async function knownSoon(ids: readonly string[], traces: KnownTraces): Promise<ReadonlySet<string>> {
  const none = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ReadonlySet<string>>((resolve) => {
    timer = setTimeout(resolve, patienceMs, none);
  });
  const answer = traces.known(ids).catch(() => none);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
