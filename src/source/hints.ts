import { countText } from "../model/countText.ts";
import { durationText } from "../model/durationText.ts";
import type { Hotspot, HotspotCall } from "../model/hotspot.ts";
import { type TimeBucket, timeBuckets, timeQuantile, type WeighedCall, weighedCalls } from "./callTimes.ts";
import { type Confidence, lessSure } from "./candidate.ts";
import type { Location } from "./files.ts";
import { shownText } from "./shownText.ts";

/** A hotspot whose place was found in a file. */
export interface ResolvedHotspot {
  readonly hotspot: Hotspot;
  readonly location: Location;
  readonly confidence: Confidence;
}

/** What is too little to be shown: a setting each. */
export interface HintThresholds {
  readonly minCalls: number;
  /** By the 95th percentile, or the slowest of fewer than five calls. */
  readonly minLatencyMs: number;
}

/** What the calls of one line took, in one service. All times in ns. */
export interface LineHint {
  readonly file: string;
  readonly line: number;
  readonly service: string;
  /** The service when another has a hint on the same line, else "". */
  readonly label: string;
  /** Distinct span names, the most called first. */
  readonly names: readonly string[];
  /** How many calls there were; when `sampled`, how many of them were seen. */
  readonly calls: number;
  readonly errors: number;
  readonly sampled: boolean;
  readonly p50: number;
  /** Undefined for fewer than five calls. */
  readonly p95: number | undefined;
  /** Median of the time not spent in children. */
  readonly ownP50: number;
  /** 0 … 1: how much of the traces' whole time was this line's own on the critical path. */
  readonly criticalShare: number;
  /** The five slowest calls, slowest first. */
  readonly slowest: readonly HotspotCall[];
  readonly distribution: readonly TimeBucket[];
  readonly confidence: Confidence;
}

/** Fewer calls have no 95th percentile worth the name. */
const callsForP95 = 5;
const slowestShown = 5;
const mostBuckets = 12;

/** The hints of one file, by line, then slowest first; hotspots of one line and service are one hint, whatever named them. */
export function hintsForFile(
  file: string,
  resolved: readonly ResolvedHotspot[],
  thresholds: HintThresholds,
): LineHint[] {
  const groups = new Map<string, ResolvedHotspot[]>();
  for (const one of resolved) {
    if (one.location.file !== file) continue;
    const key = `${one.location.line}\n${one.hotspot.place.service}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const hints = [...groups.values()].map(hintOf).filter((hint) => hint !== undefined);
  const shown = hints.filter((hint) => {
    const typical = hint.p95 ?? hint.slowest[0].duration;
    return hint.calls >= thresholds.minCalls && typical >= thresholds.minLatencyMs * 1e6;
  });
  const servicesOn = new Map<number, number>();
  for (const { line } of shown) servicesOn.set(line, (servicesOn.get(line) ?? 0) + 1);
  return shown
    .map((hint) => ({ ...hint, label: (servicesOn.get(hint.line) ?? 0) > 1 ? hint.service : "" }))
    .sort((a, b) => a.line - b.line || b.p50 - a.p50 || (a.service < b.service ? -1 : 1));
}

/** `p50 12 ms · p95 340 ms · 38 calls · 2 errors`; `12 ms · 1 call` for one. A sample's count begins with `~`. */
export function hintText(hint: LineHint): string {
  const parts: string[] = [];
  parts.push(hint.calls === 1 ? durationText(hint.p50) : `p50 ${durationText(hint.p50)}`);
  if (hint.p95 !== undefined) parts.push(`p95 ${durationText(hint.p95)}`);
  parts.push(`${hint.sampled ? "~" : ""}${countText(hint.calls, "call")}`);
  if (hint.errors > 0) parts.push(countText(hint.errors, "error"));
  const text = parts.join(" · ");
  return hint.label === "" ? text : `${shownText(hint.label)}: ${text}`;
}

function hintOf(group: readonly ResolvedHotspot[]): LineHint | undefined {
  const calls = group
    .flatMap(({ hotspot }) => weighedCalls(hotspot))
    .sort((a, b) => b.call.duration - a.call.duration);
  const p50 = timeQuantile(calls, (call) => call.duration, 0.5);
  if (p50 === undefined) return undefined;
  const count = group.reduce((sum, { hotspot }) => sum + hotspot.count, 0);
  const { location, hotspot } = group[0];
  return {
    file: location.file,
    line: location.line,
    service: hotspot.place.service,
    label: "",
    names: namesOf(group),
    calls: count,
    errors: group.reduce((sum, one) => sum + one.hotspot.errors, 0),
    sampled: group.some((one) => one.hotspot.sampled),
    p50,
    p95: count < callsForP95 ? undefined : timeQuantile(calls, (call) => call.duration, 0.95),
    ownP50: timeQuantile(calls, (call) => call.self, 0.5) ?? 0,
    criticalShare: criticalShare(calls),
    slowest: calls.slice(0, slowestShown).map(({ call }) => call),
    distribution: timeBuckets(calls, mostBuckets),
    confidence: group.map((one) => one.confidence).reduce(lessSure),
  };
}

function namesOf(group: readonly ResolvedHotspot[]): string[] {
  const counts = new Map<string, number>();
  for (const { hotspot } of group) {
    const { name } = hotspot.place;
    counts.set(name, (counts.get(name) ?? 0) + hotspot.count);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** Each trace's whole time counts once, however often it came by. */
function criticalShare(calls: readonly WeighedCall[]): number {
  const traces = new Map<string, number>();
  let own = 0;
  for (const { call, weight } of calls) {
    if (!(call.critical >= 0) || !(call.traceDuration > 0)) continue;
    own += call.critical * weight;
    traces.set(call.traceId, Math.max(traces.get(call.traceId) ?? 0, call.traceDuration * weight));
  }
  let whole = 0;
  for (const duration of traces.values()) whole += duration;
  return whole === 0 ? 0 : Math.min(1, own / whole);
}
