import type { Hotspot, HotspotTimes } from "../model/hotspot.ts";
import { isTime, timeQuantile, type WeighedCall, weighedQuantile } from "./callTimes.ts";

/** What calls took, in ns. */
export interface CallFigures {
  readonly p50: number;
  /** Undefined for fewer than five calls. */
  readonly p95: number | undefined;
  /** Undefined for fewer than a hundred calls. */
  readonly p99: number | undefined;
  /** Median of the time not spent in children; undefined where nobody can tell. */
  readonly ownP50: number | undefined;
}

/** Fewer calls have no such percentile worth the name. */
const callsForP95 = 5;
const callsForP99 = 100;

/** The figures of hotspots that are one hint: the backend's own where it has computed them, else of the calls seen. */
export function callFigures(
  hotspots: readonly Hotspot[],
  calls: readonly WeighedCall[],
): CallFigures | undefined {
  const count = hotspots.reduce((sum, one) => sum + one.count, 0);
  const told = hotspots.filter((one) => one.times !== undefined && isTime(one.times.p50));
  const ownP50 = told.length > 0 ? ownOf(told) : timeQuantile(calls, (call) => call.self, 0.5);
  const at = (q: number) =>
    told.length > 0 ? toldQuantile(told, q) : timeQuantile(calls, (call) => call.duration, q);
  const p50 = at(0.5);
  if (p50 === undefined) return undefined;
  return {
    p50,
    p95: count < callsForP95 ? undefined : at(0.95),
    p99: count < callsForP99 ? undefined : at(0.99),
    ownP50,
  };
}

/**
 * The quantile of several distributions of which only p50, p95 and p99 are known, as if half of the calls took the p50, the
 * next 45 % the p95 and the others the p99: exact for one alone, and never too low for more.
 */
function toldQuantile(told: readonly Hotspot[], q: number): number | undefined {
  const parts = told.flatMap(({ times, count }) => {
    const { p50, p95, p99 } = times as HotspotTimes;
    return [
      { time: p50, weight: count * 0.5 },
      { time: p95, weight: count * 0.45 },
      { time: p99, weight: count * 0.05 },
    ];
  });
  return weighedQuantile(parts, q);
}

/** Own time of the most called of those that have one. */
function ownOf(told: readonly Hotspot[]): number | undefined {
  const known = told.filter(({ times }) => times?.own !== undefined).sort((a, b) => b.count - a.count);
  return known[0]?.times?.own;
}
