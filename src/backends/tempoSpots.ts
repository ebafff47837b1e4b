import type { Hotspot, HotspotTimes, SpanPlace } from "../model/hotspot.ts";
import type { TempoMetrics, TempoSeries } from "./tempoSeries.ts";
import { type CodeNames, placeKeyOf, serviceName } from "./traceqlMetrics.ts";

/** What Tempo answered of one file, by the queries of `metricsQueries`. */
export interface FileMetrics {
  readonly counts: TempoMetrics;
  readonly errors: TempoMetrics;
  readonly durations: TempoMetrics;
}

/** A hotspot, and what it takes to find calls of it. */
export interface TempoSpot {
  readonly labels: ReadonlyMap<string, string>;
  readonly hotspot: Hotspot;
  /** ns that its slow calls took at least. */
  readonly leastNs: number;
}

/** The metrics of one file's spans as hotspots without calls: series of the same span attributes are one. */
export function tempoSpots(names: CodeNames, { counts, errors, durations }: FileMetrics): TempoSpot[] {
  const keyOf = ({ labels }: TempoSeries) => placeKeyOf(names, labels);
  const errorsOf = grouped(errors.series, keyOf);
  const durationsOf = grouped(durations.series, keyOf);
  const sampled = counts.partial || errors.partial || durations.partial;
  return [...grouped(counts.series, keyOf)].flatMap(([key, series]) => {
    const count = total(series);
    if (count === 0) return [];
    const { labels } = series.reduce((a, b) => (b.total > a.total ? b : a));
    const { times, leastNs } = timesOf(durationsOf.get(key) ?? []);
    const failed = Math.min(count, total(errorsOf.get(key) ?? []));
    const place = placeOf(names, labels);
    return [{ labels, leastNs, hotspot: { place, calls: [], count, errors: failed, sampled, times } }];
  });
}

function grouped(
  series: readonly TempoSeries[],
  keyOf: (series: TempoSeries) => string,
): ReadonlyMap<string, readonly TempoSeries[]> {
  const groups = new Map<string, TempoSeries[]>();
  for (const one of series) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

function total(series: readonly TempoSeries[]): number {
  return series.reduce((sum, one) => sum + one.total, 0);
}

/**
 * Quantiles of durations that are counted in buckets, each up to a power of two of ns (which Tempo names in seconds). Inside a
 * bucket they are taken to be spread evenly on a log scale, one alone in its middle; a quantile is off by less than the double.
 * Spans of less than 2 ns are in no bucket: where there are no others the quantiles are 0.
 */
function timesOf(series: readonly TempoSeries[]): { times: HotspotTimes; leastNs: number } {
  const buckets = series
    .map((one) => ({ most: Number(one.labels.get("__bucket")) * 1e9, count: one.total }))
    .filter(({ most, count }) => most > 0 && Number.isFinite(most) && count > 0)
    .sort((a, b) => a.most - b.most);
  const all = buckets.reduce((sum, { count }) => sum + count, 0);
  const quantile = (q: number) => {
    const rank = Math.max(1, Math.ceil(q * all));
    let passed = 0;
    for (const { most, count } of buckets) {
      if (passed + count >= rank) return (most / 2) * 2 ** ((rank - passed - 0.5) / count);
      passed += count;
    }
    return 0;
  };
  const times = { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
  const slow = buckets.find(({ most }) => times.p95 <= most);
  return { times, leastNs: slow === undefined ? 0 : slow.most / 2 };
}

function placeOf(names: CodeNames, labels: ReadonlyMap<string, string>): SpanPlace {
  const said = (name: string) => labels.get(name) ?? "";
  const line = said(names.line).trim();
  const namespace = names.namespace === "" ? "" : said(names.namespace);
  const method = said(names.function);
  const isWhole = namespace === "" || method === "" || method.startsWith(`${namespace}.`);
  return {
    service: said(serviceName),
    language: "",
    name: said("name"),
    file: said(names.file),
    line: /^\d{1,9}$/.test(line) ? Number(line) : 0,
    column: 0,
    function: isWhole ? method : `${namespace}.${method}`,
    route: "",
  };
}
