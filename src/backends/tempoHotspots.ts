import { UserError } from "../base/userError.ts";
import type { Hotspot, HotspotCall } from "../model/hotspot.ts";
import { placeKey } from "../model/hotspots.ts";
import { hasCode } from "./absence.ts";
import type { HotspotQuery } from "./backend.ts";
import type { Http } from "./http.ts";
import { HttpError } from "./httpError.ts";
import { longestRange, rangeText } from "./tempoErrors.ts";
import { type TempoMetrics, tempoMetrics } from "./tempoSeries.ts";
import { tempoSlowCalls } from "./tempoSlowCalls.ts";
import { type TempoSpot, tempoSpots } from "./tempoSpots.ts";
import { type CodeNames, codeGenerations, metricsQueries, slowCallsQuery } from "./traceqlMetrics.ts";

/** Of how many places of a file slow calls are searched, one by one, and in how many traces. */
const placesSearched = 4;
const tracesSearched = "5";
const spansOfTrace = "5";
/** A range is cut into so many at most, and lacks as much at its beginning as one of them. */
const steps = 60;

/** In seconds. */
interface MetricsRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/**
 * Latency by line of one file, computed by Tempo over all spans it keeps in the time range. Rejects with the code
 * "unsupported" when this Tempo computes no metrics. A range longer than the server allows is cut at its beginning.
 * `/api/metrics/query_range` alone is asked: Tempo 2.8 answers `/api/metrics/query` with the first of the two or three whole
 * steps that cover the range, whatever is in the others.
 */
export function tempoHotspots(http: Http, log: (line: string) => void) {
  let longestMs = Number.POSITIVE_INFINITY;

  /**
   * Whole steps, at least one, and no longer than the server is known to allow. Tempo would itself begin with the step before:
   * spans from before a save are of other lines. 2.5 would end with the step before, too.
   */
  function rangeOf({ fromMs, toMs }: HotspotQuery): MetricsRange {
    const step = Math.max(1, Math.ceil(Math.min(toMs - fromMs, longestMs) / 1000 / steps));
    const whole = (ms: number) => Math.ceil(ms / 1000 / step) * step;
    const end = whole(toMs);
    const start = whole(Math.max(fromMs, end * 1000 - longestMs));
    // Right after a save none is whole yet; what a server does not compute at all is found out by asking.
    return { start, end: Math.max(end, start + step), step };
  }

  async function metricsIn(
    { start, end, step }: MetricsRange,
    q: string,
    signal: AbortSignal,
  ): Promise<TempoMetrics> {
    const parameters: [string, string][] = [
      ["q", q],
      ["start", String(start)],
      ["end", String(end)],
      ["step", `${step}s`],
    ];
    const found = tempoMetrics(await http.json("/api/metrics/query_range", parameters, signal));
    if (found === undefined) throw unsupported("it answered with JSON of another kind");
    return found;
  }

  /** Within the longest range, which is found out by asking. */
  async function metrics(q: string, query: HotspotQuery, signal: AbortSignal): Promise<TempoMetrics> {
    const range = rangeOf(query);
    try {
      return await metricsIn(range, q, signal);
    } catch (error) {
      const longest = longestRange(error);
      if (longest === undefined || longest >= (range.end - range.start) * 1000) throw error;
      if (longest < longestMs) {
        longestMs = longest;
        const text = rangeText(longest);
        log(
          `${http.peer.label} computes metrics over ${text} at most: latency by line is of the last ${text}.`,
        );
      }
      return metricsIn(rangeOf(query), q, signal);
    }
  }

  async function ofGeneration(
    names: CodeNames,
    query: HotspotQuery,
    signal: AbortSignal,
  ): Promise<readonly Hotspot[]> {
    const queries = metricsQueries(names, query.fileTail);
    const counts = await metrics(queries.count, query, signal);
    if (counts.series.length === 0) return [];
    const [errors, durations] = await Promise.all([
      metrics(queries.errors, query, signal),
      metrics(queries.durations, query, signal),
    ]);
    const spots = tempoSpots(names, { counts, errors, durations });
    const mostTime = spots
      .filter(({ labels }) => labels.has(names.file) || labels.has(names.function))
      .sort((a, b) => timeOf(b) - timeOf(a))
      .slice(0, placesSearched);
    return Promise.all(
      spots.map(async (spot) => {
        const calls = mostTime.includes(spot) ? await slowCalls(names, spot, query, signal) : [];
        return { ...spot.hotspot, calls };
      }),
    );
  }

  /** Some of a place's slow calls. Exemplars of metrics would be any calls, and name no span. */
  async function slowCalls(
    names: CodeNames,
    spot: TempoSpot,
    query: HotspotQuery,
    signal: AbortSignal,
  ): Promise<readonly HotspotCall[]> {
    const range = rangeOf(query);
    const parameters: [string, string][] = [
      ["q", slowCallsQuery(names, spot)],
      ["start", String(range.start)],
      ["end", String(range.end)],
      ["limit", tracesSearched],
      ["spss", spansOfTrace],
    ];
    try {
      const calls = tempoSlowCalls(await http.json("/api/search", parameters, signal));
      return calls.filter(({ startMs }) => startMs >= query.fromMs);
    } catch (error) {
      if (signal.aborted || !(error instanceof UserError)) throw error;
      log(`Slow calls were not found: ${error.message}`);
      return [];
    }
  }

  function unsupported(why: string, cause?: unknown): UserError {
    const who = `${http.peer.label} at ${http.peer.address}`;
    return new UserError(`${who} does not compute latency by line: ${why}.`, { code: "unsupported", cause });
  }

  return async (query: HotspotQuery, signal: AbortSignal): Promise<readonly Hotspot[]> => {
    try {
      return eachOnce(await Promise.all(codeGenerations.map((names) => ofGeneration(names, query, signal))));
    } catch (error) {
      if (signal.aborted || !isTurnedOff(error)) throw error;
      throw unsupported(
        `TraceQL metrics are not there or turned off. ${error.message}`.replace(/\.$/, ""),
        error,
      );
    }
  };
}

/** Spans that have both generations of names are counted by both: of each place the generation counts that has more calls. */
function eachOnce(generations: readonly (readonly Hotspot[])[]): readonly Hotspot[] {
  const most = new Map<string, { readonly calls: number; readonly of: readonly Hotspot[] }>();
  for (const of of generations) {
    const calls = new Map<string, number>();
    for (const { place, count } of of) calls.set(placeKey(place), (calls.get(placeKey(place)) ?? 0) + count);
    for (const [key, count] of calls)
      if (count > (most.get(key)?.calls ?? 0)) most.set(key, { calls: count, of });
  }
  return generations.flatMap((of) => of.filter(({ place }) => most.get(placeKey(place))?.of === of));
}

function timeOf({ hotspot }: TempoSpot): number {
  return hotspot.count * (hotspot.times?.p95 ?? 0);
}

/** Absent, not allowed, or without the part that keeps what metrics are made of. */
function isTurnedOff(error: unknown): error is UserError {
  if (hasCode(error, "notFound") || hasCode(error, "notJson") || hasCode(error, "query")) return true;
  if (!(error instanceof HttpError)) return false;
  const { status, message } = error;
  return status === 400 || status === 422 || status === 501 || /local-?\s?blocks/i.test(message);
}
