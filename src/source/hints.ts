import { countText } from "../model/countText.ts";
import { durationText } from "../model/durationText.ts";
import type { Hotspot, HotspotCall } from "../model/hotspot.ts";
import { type CallFigures, callFigures } from "./callFigures.ts";
import { callGenerations } from "./callGenerations.ts";
import { type TimeBucket, timeBuckets, type WeighedCall, weighedCalls } from "./callTimes.ts";
import { type Confidence, lessSure } from "./candidate.ts";
import type { Location } from "./files.ts";
import { lineCalls } from "./lineCalls.ts";
import { shownText } from "./shownText.ts";
import { generationOf } from "./textGenerations.ts";

/** A hotspot whose place was found in a file. */
export interface ResolvedHotspot {
  readonly hotspot: Hotspot;
  readonly location: Location;
  readonly confidence: Confidence;
  /** Computed by the backend over all it keeps: what traces seen here say of the same line then only names traces. */
  readonly isWhole?: boolean;
  /** Unix ms: when the backend was asked, for what it computed. */
  readonly askedMs?: number;
  /** Unix ms: when the line was found in the file's text. Undefined where it is the one that spans named. */
  readonly foundMs?: number;
  /** Unix ms: when the source map was written that names the line, of what was saved by then. */
  readonly mappedMs?: number;
}

/** What is too little to be shown: a setting each. */
export interface HintThresholds {
  readonly minCalls: number;
  /** By the 95th percentile, or the slowest of fewer than five calls. */
  readonly minLatencyMs: number;
}

/** What the calls of one line took, in one service; what a library does within a call is part of it. All times in ns. */
export interface LineHint extends CallFigures {
  readonly file: string;
  /** In the text of its generation; for one with `foundMs` in the text of that time, unsaved edits included. */
  readonly line: number;
  /** The generation of the file's text that its calls are of: its start in Unix ms, 0 for the first. */
  readonly generation: number;
  /** Unix ms: of its newest call, or when the backend was asked. */
  readonly newestMs: number;
  readonly foundMs: number | undefined;
  readonly service: string;
  /** The service when another has a hint on the same line, else "". */
  readonly label: string;
  /** What a span of the line says of its code: to search for more of them. */
  readonly place: Hotspot["place"];
  /** Distinct span names, the most called first. */
  readonly names: readonly string[];
  /** How many calls there were; when `sampled`, how many of them were seen. */
  readonly calls: number;
  /** How many calls those stand for, where all of them say how they were sampled. */
  readonly estimated: number | undefined;
  readonly errors: number;
  readonly sampled: boolean;
  /** Computed by the backend over all it keeps. */
  readonly isWhole: boolean;
  /** Traces seen with calls of the line, as far as calls are kept. */
  readonly traces: number;
  /** 0 … 1: how much of the traces' whole time was this line's own on the critical path. */
  readonly criticalShare: number;
  /** The five slowest calls, slowest first; none where the backend names no traces and none were seen. */
  readonly slowest: readonly HotspotCall[];
  readonly distribution: readonly TimeBucket[];
  readonly confidence: Confidence;
}

const slowestShown = 5;
const mostBuckets = 12;

/**
 * The hints of one file, by line, then slowest first; hotspots of one line and service are one hint, whatever named them.
 * Calls before and after one of `starts` (Unix ms, ascending), when the file was saved with other lines, are hints of
 * their own: a line is not the same one in both texts.
 */
export function hintsForFile(
  file: string,
  resolved: readonly ResolvedHotspot[],
  thresholds: HintThresholds,
  starts: readonly number[] = [],
): LineHint[] {
  const groups = new Map<string, { readonly generation: number; readonly parts: ResolvedHotspot[] }>();
  for (const one of resolved) {
    if (one.location.file !== file) continue;
    for (const [generation, hotspot] of generationsOf(one, starts)) {
      const key = `${one.location.line}\n${generation}\n${one.hotspot.place.service}`;
      const group = groups.get(key) ?? { generation, parts: [] };
      groups.set(key, group);
      group.parts.push({ ...one, hotspot });
    }
  }
  const hints = [...groups.values()]
    .map(({ generation, parts }) => hintOf(parts, generation))
    .filter((hint) => hint !== undefined);
  const shown = hints.filter((hint) => {
    const typical = hint.p95 ?? hint.slowest[0]?.duration ?? hint.p50;
    return hint.calls >= thresholds.minCalls && typical >= thresholds.minLatencyMs * 1e6;
  });
  const lineOf = ({ line, generation }: LineHint) => `${line}\n${generation}`;
  const servicesOn = new Map<string, number>();
  for (const hint of shown) servicesOn.set(lineOf(hint), (servicesOn.get(lineOf(hint)) ?? 0) + 1);
  return shown
    .map((hint) => ({ ...hint, label: (servicesOn.get(lineOf(hint)) ?? 0) > 1 ? hint.service : "" }))
    .sort((a, b) => a.line - b.line || b.p50 - a.p50 || (a.service < b.service ? -1 : 1));
}

/** `p50 12 ms · p95 340 ms · 38 calls · 2 errors`; `12 ms · 1 call` for one. An estimate's count begins with `~`. */
export function hintText(hint: LineHint): string {
  const parts: string[] = [];
  parts.push(hint.calls === 1 ? durationText(hint.p50) : `p50 ${durationText(hint.p50)}`);
  if (hint.p95 !== undefined) parts.push(`p95 ${durationText(hint.p95)}`);
  parts.push(callsText(hint));
  if (hint.errors > 0) parts.push(countText(hint.errors, "error"));
  const text = parts.join(" · ");
  return hint.label === "" ? text : `${shownText(hint.label)}: ${text}`;
}

/** `38 calls`; `~1,200 calls` for what sampled calls stand for, `~38 calls` for those of a sample that does not say. */
export function callsText(hint: LineHint): string {
  if (hint.estimated !== undefined && Math.round(hint.estimated) !== hint.calls)
    return `~${countText(Math.round(hint.estimated), "call")}`;
  return `${hint.sampled ? "~" : ""}${countText(hint.calls, "call")}`;
}

/** A quick build may have written its map before a save is heard of, ms. */
const heardWithin = 300;

/**
 * What was found by its name is the same function in all texts, what a source map names is of the text that was built, and
 * what a backend computed is of the text when it was asked.
 */
function generationsOf(one: ResolvedHotspot, starts: readonly number[]): ReadonlyMap<number, Hotspot> {
  const builtMs = one.mappedMs === undefined ? undefined : one.mappedMs + heardWithin;
  const ms = one.foundMs ?? builtMs ?? one.askedMs;
  if (ms === undefined) return callGenerations(one.hotspot, starts);
  return new Map([[generationOf(ms, starts), one.hotspot]]);
}

function hintOf(group: readonly ResolvedHotspot[], generation: number): LineHint | undefined {
  const whole = group.filter((one) => one.isWhole === true);
  const seen = lineCalls(group.filter((one) => one.isWhole !== true).map(({ hotspot }) => hotspot));
  const counted = whole.length > 0 ? lineCalls(whole.map(({ hotspot }) => hotspot)) : seen;
  const calls = slowestFirst(counted);
  const figures = callFigures(counted, calls);
  if (figures === undefined) return undefined;
  const shown = calls.length > 0 ? calls : slowestFirst(seen);
  // Calls that the backend picked as examples are neither a distribution nor a share of anything.
  const isTold = counted.some((one) => one.times !== undefined);
  const { location, hotspot } = group[0];
  return {
    ...figures,
    file: location.file,
    line: location.line,
    generation,
    newestMs: newestOf(group),
    // The line that spans name says more than the one a text was searched for.
    foundMs: group.some(({ foundMs }) => foundMs === undefined) ? undefined : group[0].foundMs,
    service: hotspot.place.service,
    label: "",
    place: counted[0].place,
    names: namesOf(whole.length > 0 ? [...counted, ...seen] : seen),
    calls: counted.reduce((sum, one) => sum + one.count, 0),
    estimated: estimateOf(counted),
    errors: counted.reduce((sum, one) => sum + one.errors, 0),
    sampled: counted.some((one) => one.sampled),
    isWhole: whole.length > 0,
    traces: new Set(shown.map(({ call }) => call.traceId)).size,
    criticalShare: isTold ? 0 : criticalShare(calls),
    slowest: shown.slice(0, slowestShown).map(({ call }) => call),
    distribution: isTold ? [] : timeBuckets(calls, mostBuckets),
    confidence: group.map((one) => one.confidence).reduce(lessSure),
  };
}

function slowestFirst(hotspots: readonly Hotspot[]): WeighedCall[] {
  return hotspots.flatMap(weighedCalls).sort((a, b) => b.call.duration - a.call.duration);
}

function newestOf(group: readonly ResolvedHotspot[]): number {
  let newest = 0;
  for (const { hotspot, askedMs } of group) {
    newest = Math.max(newest, askedMs ?? 0);
    for (const { startMs } of hotspot.calls) newest = Math.max(newest, startMs);
  }
  return newest;
}

/** Undefined as soon as one of them does not tell what it stands for. */
function estimateOf(hotspots: readonly Hotspot[]): number | undefined {
  let sum = 0;
  for (const { weight } of hotspots) {
    if (weight === undefined) return undefined;
    sum += weight;
  }
  return sum;
}

function namesOf(hotspots: readonly Hotspot[]): string[] {
  const counts = new Map<string, number>();
  for (const { place, count } of hotspots) {
    const { name } = place;
    if (name !== "") counts.set(name, (counts.get(name) ?? 0) + count);
  }
  if (counts.size > 0) return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const [{ place }] = hotspots;
  return [place.function || place.route].filter((name) => name !== "");
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
