import type { Hotspot, HotspotCall } from "../model/hotspot.ts";
import { quantile } from "../model/quantile.ts";

/** A call as it counts: one that stands for others, which were not kept, has their weight. */
export interface WeighedCall {
  readonly call: HotspotCall;
  readonly weight: number;
}

/** As many of a hotspot's calls as are kept for being the slowest; the rest is a uniform sample. */
const slowestKept = 64;

/** The calls of a hotspot whose times are numbers, with their weights, which add up to its count. */
export function weighedCalls(hotspot: Hotspot): WeighedCall[] {
  const kept = hotspot.calls.filter((call) => isTime(call.duration));
  const dropped = hotspot.calls.length - kept.length;
  const others = kept.length - slowestKept;
  const weight = others > 0 ? Math.max(1, (hotspot.count - dropped - slowestKept) / others) : 1;
  return kept.map((call, i) => ({ call, weight: i < slowestKept ? 1 : weight }));
}

/** The `q` quantile of a time of the calls; undefined when there is none. */
export function timeQuantile(
  calls: readonly WeighedCall[],
  timeOf: (call: HotspotCall) => number,
  q: number,
): number | undefined {
  const times = calls
    .map(({ call, weight }) => ({ time: timeOf(call), weight }))
    .filter(({ time }) => isTime(time))
    .sort((a, b) => a.time - b.time);
  if (times.length === 0) return undefined;
  if (times.every(({ weight }) => weight === 1)) {
    return quantile(
      times.map(({ time }) => time),
      q,
    );
  }
  return weighedQuantile(times, q);
}

/** The least of these times that `q` of all weight does not exceed; undefined when none is a time. */
export function weighedQuantile(
  given: readonly { readonly time: number; readonly weight: number }[],
  q: number,
): number | undefined {
  const times = given.filter(({ time }) => isTime(time)).sort((a, b) => a.time - b.time);
  if (times.length === 0) return undefined;
  const whole = times.reduce((sum, { weight }) => sum + weight, 0);
  // Sums of fractions miss their mark by a hair.
  const target = q * whole * (1 - 1e-9);
  let passed = 0;
  for (const { time, weight } of times) {
    passed += weight;
    if (passed >= target) return time;
  }
  return times[times.length - 1].time;
}

/** One bar of a distribution: calls that took from `from` to `to`, both ns. */
export interface TimeBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How the calls' durations are spread: at most `most` buckets of equal width on a log scale, from fastest to slowest. */
export function timeBuckets(calls: readonly WeighedCall[], most: number): TimeBucket[] {
  if (calls.length === 0) return [];
  let fastest = Number.POSITIVE_INFINITY;
  let slowest = 0;
  for (const { call } of calls) {
    fastest = Math.min(fastest, call.duration);
    slowest = Math.max(slowest, call.duration);
  }
  const low = Math.log(Math.max(1, fastest));
  const span = Math.log(Math.max(1, slowest)) - low;
  const length = span === 0 ? 1 : Math.max(1, Math.min(most, calls.length));
  const counts = new Array<number>(length).fill(0);
  for (const { call, weight } of calls) {
    const at = span === 0 ? 0 : ((Math.log(Math.max(1, call.duration)) - low) / span) * length;
    counts[Math.min(length - 1, Math.floor(at))] += weight;
  }
  const edge = (i: number) => Math.exp(low + (span * i) / length);
  return counts.map((count, i) => ({
    from: i === 0 ? fastest : edge(i),
    to: i === length - 1 ? slowest : edge(i + 1),
    count: Math.round(count),
  }));
}

/** Whether it is a time at all: not negative, not NaN, not endless. */
export function isTime(ns: number): boolean {
  return Number.isFinite(ns) && ns >= 0;
}
