import { criticalOwn, criticalPath } from "./criticalPath.ts";
import type { Hotspot, HotspotCall, SpanPlace } from "./hotspot.ts";
import { callsKept, keptCalls } from "./keptCalls.ts";
import { foldLayers } from "./layers.ts";
import { samplingWeight } from "./samplingWeight.ts";
import { selfTimes } from "./selfTime.ts";
import { hexId } from "./spanId.ts";
import { placeReader } from "./spanPlace.ts";
import { textHash } from "./spanSink.ts";
import { Status, type Trace } from "./trace.ts";

/**
 * How much of one trace is handed on. Calls are objects that cross threads: 200,000 of them stop the thread that receives
 * them for half a second, 8,000 for some 20 ms.
 */
const placesOfTrace = 2000;
const callsOfTrace = 8000;

/**
 * What the spans of each place of one trace took. A place is the most exact thing its spans say, within a service: file and
 * line, else function (and file), else route and name, else name alone. Layers of a call (`foldLayers`) are part of it and
 * count nowhere else. Most time first. Of a trace of many places only the 2,000 that took most are there, and 8,000 calls in
 * all, evenly over them; counts and errors stay those of all calls.
 */
export function hotspots(trace: Trace): Hotspot[] {
  const self = selfTimes(trace);
  const critical = criticalOwn(criticalPath(trace), trace.length);
  const idOf = spanIds(trace);
  const traceWords = textHash(trace.traceId);
  const epochMs = Number(trace.epoch / 1_000_000n);
  const call = (row: number): HotspotCall => ({
    traceId: trace.traceId,
    spanId: idOf(row),
    duration: trace.duration[row],
    self: self[row],
    critical: critical[row],
    traceDuration: trace.end,
    error: trace.status[row] === Status.error,
    startMs: epochMs + trace.start[row] / 1e6,
  });
  const duration = (row: number) => trace.duration[row];
  const rank = (row: number) => callRank(traceWords, trace.spanId[2 * row], trace.spanId[2 * row + 1]);

  const groups = groupsOf(trace, self, critical).sort((a, b) => b.total - a.total);
  groups.length = Math.min(groups.length, placesOfTrace);
  const most = callsOfEach(groups.map(({ rows }) => rows.length));
  const weightOf = rowWeights(trace);
  return groups.map(({ place, rows, errors }) => {
    const calls = keptCalls(rows, duration, rank, most).map(call);
    const weight = weightOf === undefined ? undefined : sumOf(rows, weightOf);
    return {
      place,
      calls,
      count: rows.length,
      errors,
      sampled: false,
      ...(weight === undefined ? {} : { weight }),
    };
  });
}

/** What each row stands for by its trace state; undefined where no row of the trace has one. */
function rowWeights(trace: Trace): ((row: number) => number | undefined) | undefined {
  const label = trace.labels.find("w3c.tracestate");
  if (label < 0) return undefined;
  const { offset, key, value } = trace.attributes;
  const weights = new Map<number, number | undefined>();
  return (row) => {
    for (let i = offset[row]; i < offset[row + 1]; i++) {
      if (key[i] !== label) continue;
      if (!weights.has(value[i])) weights.set(value[i], samplingWeight(trace.texts.at(value[i])));
      return weights.get(value[i]);
    }
    return undefined;
  };
}

/** Undefined as soon as one of the rows does not tell: the others say nothing of it. */
function sumOf(rows: readonly number[], weightOf: (row: number) => number | undefined): number | undefined {
  let sum = 0;
  for (const row of rows) {
    const weight = weightOf(row);
    if (weight === undefined) return undefined;
    sum += weight;
  }
  return sum;
}

/** How many calls each place may keep, 4 to 512, for all to be within their limit. */
function callsOfEach(counts: readonly number[]): number {
  const kept = (most: number) => counts.reduce((sum, count) => sum + Math.min(count, most), 0);
  let most = callsKept;
  while (most > 4 && kept(most) > callsOfTrace) most >>= 1;
  return most;
}

interface Group {
  readonly place: SpanPlace;
  /** Of the line it leads to; -1 where it names no code. */
  readonly line: number;
  readonly rows: number[];
  errors: number;
  total: number;
}

/** Adds the times of layers to those of their calls. */
function groupsOf(trace: Trace, self: Float64Array, critical: Float64Array): Group[] {
  const reader = placeReader(trace);
  const byKey = new Map<string, Group>();
  const byPlace = new Map<string, Group>();
  const lines = new Map<string, number>();
  const groups = new Array<Group>(trace.length);
  const line = new Int32Array(trace.length);
  for (let row = 0; row < trace.length; row++) {
    reader.read(row);
    const key = reader.key();
    let group = byKey.get(key);
    if (group === undefined) {
      const place = reader.place();
      const full = placeKey(place);
      group = byPlace.get(full) ?? { place, line: lineOf(place, lines), rows: [], errors: 0, total: 0 };
      byPlace.set(full, group);
      byKey.set(key, group);
    }
    groups[row] = group;
    line[row] = group.line;
  }
  const { length, duration } = trace;
  const isLayer = foldLayers({ ...outlineOf(trace), line, lines: lines.size, self, critical });
  for (let row = 0; row < length; row++) {
    if (isLayer[row] === 1) continue;
    const group = groups[row];
    group.rows.push(row);
    group.total += duration[row];
    if (trace.status[row] === Status.error) group.errors++;
  }
  return [...byPlace.values()].filter(({ rows }) => rows.length > 0);
}

function outlineOf({ length, start, duration, parent, size, kind, name }: Trace) {
  return { length, start, duration, parent, size, kind, name };
}

/** The number of the line that a place leads to: each gets the next; -1 for a place that names no code. */
function lineOf(place: SpanPlace, lines: Map<string, number>): number {
  const key = lineKey(place);
  if (key === "") return -1;
  const line = lines.get(key) ?? lines.size;
  lines.set(key, line);
  return line;
}

/**
 * The hotspots of two sets of different traces as one. What is kept is decided by ids alone, so the sample stays uniform and
 * the same in whatever order sets are merged.
 */
export function mergeHotspots(a: readonly Hotspot[], b: readonly Hotspot[]): Hotspot[] {
  const merged = new Map<string, Hotspot>();
  for (const spot of [...a, ...b]) {
    const key = placeKey(spot.place);
    const other = merged.get(key);
    merged.set(key, other === undefined ? spot : joined(other, spot));
  }
  return [...merged.values()];
}

function joined(a: Hotspot, b: Hotspot): Hotspot {
  const duration = (call: HotspotCall) => call.duration;
  const isKnown = a.weight !== undefined && b.weight !== undefined;
  return {
    place: a.place,
    calls: keptCalls([...a.calls, ...b.calls], duration, rankOfCall),
    count: a.count + b.count,
    errors: a.errors + b.errors,
    sampled: a.sampled || b.sampled,
    ...(isKnown ? { weight: a.weight + b.weight } : {}),
  };
}

/** Text that is the same for spans of one place: what hotspots are grouped and merged by. */
export function placeKey(place: SpanPlace): string {
  const { service, file, line, route, name } = place;
  if (file !== "" && line > 0) return JSON.stringify([service, "line", file, line]);
  if (place.function !== "") return JSON.stringify([service, "function", place.function, file]);
  if (route !== "") return JSON.stringify([service, "route", route, name]);
  return JSON.stringify([service, "name", name, file]);
}

/** Text that is the same for places that lead to one line, of one service; "" for one that names no code. */
export function lineKey(place: SpanPlace): string {
  const { service, file, line, route } = place;
  if ((file !== "" && line > 0) || place.function !== "") return placeKey(place);
  return route === "" ? "" : JSON.stringify([service, "route", route]);
}

function spanIds(trace: Trace): (row: number) => string {
  const { row: rows, text } = trace.textIds;
  const texts = new Map<number, string>();
  for (let i = 0; i < rows.length; i++) texts.set(rows[i], trace.texts.at(text[i]));
  return (row) => texts.get(row) ?? hexId(trace.spanId[2 * row], trace.spanId[2 * row + 1]);
}

function rankOfCall(call: HotspotCall): number {
  const [high, low] = /^[0-9a-f]{16}$/.test(call.spanId)
    ? [Number.parseInt(call.spanId.slice(0, 8), 16), Number.parseInt(call.spanId.slice(8), 16)]
    : textHash(call.spanId);
  return callRank(textHash(call.traceId), high, low);
}

/** A number as good as random that a span always has: those of lowest rank are the sample. MurmurHash3's mixing. */
function callRank(trace: readonly [number, number], high: number, low: number): number {
  let hash = Math.imul(trace[0] ^ high, 0xcc9e2d51) ^ Math.imul(trace[1] ^ low, 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
