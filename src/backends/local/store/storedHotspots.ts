import type { Hotspot, HotspotCall, SpanPlace } from "../../../model/hotspot.ts";
import { callsKept, keptCalls } from "../../../model/keptCalls.ts";
import { quantile } from "../../../model/quantile.ts";
import { hexId } from "../../../model/spanId.ts";
import type { HotspotQuery } from "../../backend.ts";
import { CallRecords, type PlaceCalls, unpackCalls } from "./callRecords.ts";
import type { Database } from "./database.ts";
import { plainPath } from "./entryTable.ts";
import { blobOf } from "./segments.ts";

/** Calls that are handed on, over all places. */
const callsInAll = 8000;

/** Places without a file that are looked at: each has to be searched for in the workspace. */
const placesNamed = 200;
/** Calls of those are read from the newest on until there are so many, which take some 60 ms. */
const callsNamed = 25_000;

/** One call: where its record is. */
interface Call {
  readonly of: CallRecords;
  readonly at: number;
}

interface TraceFacts {
  readonly id: string;
  readonly version: number;
  readonly duration: number;
}

/**
 * What the spans of each place in a file took, over everything kept: counts and times of all calls, the calls themselves in
 * part. For the tail "" those of the functions and routes of which no span names the file: the 200 that were met last, the
 * most called first, and of so many calls that not all were read a sample.
 */
export function storedHotspots(database: Database, query: HotspotQuery): Hotspot[] {
  const isNamed = query.fileTail === "";
  const places = isNamed ? placesNamedOnly(database) : placesIn(database, query.fileTail);
  if (places.size === 0) return [];
  const { records, isAll } = recordsOf(database, places, isNamed ? callsNamed : Number.POSITIVE_INFINITY);
  const facts = factsOf(database, records);
  const spots: { place: SpanPlace; calls: Call[] }[] = [];
  for (const [no, place] of places) {
    const calls: Call[] = [];
    for (const of of records.get(no) ?? []) {
      for (let at = 0; at < of.length; at++) {
        const start = of.startMs(at);
        if (start < query.fromMs || start > query.toMs) continue;
        if (facts.get(of.trace(at))?.version === of.version(at)) calls.push({ of, at });
      }
    }
    if (calls.length > 0) spots.push({ place, calls });
  }
  if (isNamed) spots.sort((a, b) => b.calls.length - a.calls.length);
  const most = callsOfEach(spots.map(({ calls }) => calls.length));
  return spots.map(({ place, calls }) => ({
    ...hotspotOf(place, calls, most, facts),
    sampled: !isAll,
  }));
}

function placesIn(database: Database, fileTail: string): Map<number, SpanPlace> {
  const tail = plainPath(fileTail).replace(/^\/+/, "");
  const places = new Map<number, SpanPlace>();
  if (tail === "") return places;
  const base = tail.slice(tail.lastIndexOf("/") + 1);
  for (const { no, path, said } of database.all("SELECT no, path, said FROM place WHERE base = ?", base)) {
    if (path !== tail && !String(path).endsWith(`/${tail}`)) continue;
    const place = placeOf(String(said));
    if (place !== undefined) places.set(Number(no), place);
  }
  return places;
}

function placesNamedOnly(database: Database): Map<number, SpanPlace> {
  const places = new Map<number, SpanPlace>();
  for (const { no, said } of database.all(
    "SELECT no, said FROM place WHERE base = '' AND path = '' ORDER BY seen DESC, no DESC LIMIT ?",
    placesNamed,
  )) {
    const place = placeOf(String(said));
    if (place !== undefined) places.set(Number(no), place);
  }
  return places;
}

function placeOf(said: string): SpanPlace | undefined {
  try {
    const { service, language, name, file, line, column, function: method, route } = JSON.parse(said);
    const texts = [service, language, name, file, method, route].map((text) => String(text ?? ""));
    return {
      service: texts[0],
      language: texts[1],
      name: texts[2],
      file: texts[3],
      line: Number(line) || 0,
      column: Number(column) || 0,
      function: texts[4],
      route: texts[5],
    };
  } catch {
    return undefined;
  }
}

interface PlaceRecords {
  readonly records: ReadonlyMap<number, readonly CallRecords[]>;
  /** Whether none were left out. */
  readonly isAll: boolean;
}

/** Those of the newest traces first, as long as there are fewer than `enough`. */
function recordsOf(database: Database, places: ReadonlyMap<number, SpanPlace>, enough: number): PlaceRecords {
  const records = new Map<number, CallRecords[]>();
  let length = 0;
  const add = ({ place, records: bytes }: PlaceCalls) => {
    if (!places.has(place)) return;
    const calls = new CallRecords(bytes);
    length += calls.length;
    const known = records.get(place);
    if (known === undefined) records.set(place, [calls]);
    else known.push(calls);
  };
  for (const { calls } of database.all("SELECT calls FROM fresh")) {
    unpackCalls(blobOf(calls)).forEach(add);
  }
  const wanted = JSON.stringify([...places.keys()]);
  const byAge = database.all(
    `SELECT DISTINCT segment, high FROM calls JOIN segment ON segment.no = segment
     WHERE place IN (SELECT value FROM json_each(?)) ORDER BY high DESC`,
    wanted,
  );
  for (const { segment } of byAge) {
    if (length >= enough) return { records, isAll: false };
    for (const row of database.all(
      "SELECT place, records FROM calls WHERE place IN (SELECT value FROM json_each(?)) AND segment = ?",
      wanted,
      Number(segment),
    )) {
      add({ place: Number(row.place), records: blobOf(row.records) });
    }
  }
  return { records, isAll: true };
}

function factsOf(database: Database, records: PlaceRecords["records"]): Map<number, TraceFacts> {
  const traces = new Set<number>();
  for (const list of records.values()) {
    for (const of of list) for (let at = 0; at < of.length; at++) traces.add(of.trace(at));
  }
  const facts = new Map<number, TraceFacts>();
  for (const { no, id, version, duration } of database.all(
    "SELECT no, id, version, duration FROM trace WHERE no IN (SELECT value FROM json_each(?))",
    JSON.stringify([...traces]),
  )) {
    facts.set(Number(no), { id: String(id), version: Number(version), duration: Number(duration) });
  }
  return facts;
}

/** How many calls each place may keep for all to be within their limit. */
function callsOfEach(counts: readonly number[]): number {
  const kept = (most: number) => counts.reduce((sum, count) => sum + Math.min(count, most), 0);
  let most = callsKept;
  while (most > 4 && kept(most) > callsInAll) most >>= 1;
  return most;
}

function hotspotOf(
  place: SpanPlace,
  calls: readonly Call[],
  most: number,
  facts: ReadonlyMap<number, TraceFacts>,
): Omit<Hotspot, "sampled"> {
  const durations = Float64Array.from(calls, ({ of, at }) => of.duration(at)).sort();
  const selves = Float64Array.from(calls, ({ of, at }) => of.self(at)).sort();
  const kept = keptCalls(calls, ({ of, at }) => of.duration(at), rankOf, most);
  return {
    place,
    calls: kept.map((call) => callOf(call, facts)),
    count: calls.length,
    errors: calls.reduce((sum, { of, at }) => sum + (of.error(at) ? 1 : 0), 0),
    times: {
      p50: quantile(durations, 0.5),
      p95: quantile(durations, 0.95),
      p99: quantile(durations, 0.99),
      own: quantile(selves, 0.5),
    },
  };
}

function callOf({ of, at }: Call, facts: ReadonlyMap<number, TraceFacts>): HotspotCall {
  const trace = facts.get(of.trace(at));
  return {
    traceId: trace?.id ?? "",
    spanId: hexId(of.idHigh(at), of.idLow(at)),
    duration: of.duration(at),
    self: of.self(at),
    critical: of.critical(at),
    traceDuration: trace?.duration ?? 0,
    error: of.error(at),
    startMs: of.startMs(at),
  };
}

/** A number as good as random that a call always has. */
function rankOf({ of, at }: Call): number {
  let hash = Math.imul(of.idHigh(at), 0xcc9e2d51) ^ Math.imul(of.idLow(at) ^ of.trace(at), 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
