import type { Hotspot, HotspotCall } from "../model/hotspot.ts";
import { isTime, timeQuantile, type WeighedCall, weighedCalls } from "./callTimes.ts";

/** Times of two spans were rounded to this, ms. */
const rounded = 0.001;

interface Placed {
  readonly spot: number;
  readonly call: HotspotCall;
}

/**
 * The hotspots of one line and service, of which spans named it differently, as calls of the line: a span within one of
 * another name, in time and in the same trace, is how that does its work and no call of its own; its own and critical time
 * are that one's. Within each hotspot the same has been told by the parents of its spans (`foldLayers`).
 */
export function lineCalls(hotspots: readonly Hotspot[]): readonly Hotspot[] {
  if (new Set(hotspots.map(({ place }) => place.name)).size < 2) return hotspots;
  const callOf = layersOf(hotspots);
  if (callOf.size === 0) return hotspots;
  const layers = new Map<HotspotCall, HotspotCall[]>();
  for (const [layer, call] of callOf) {
    const known = layers.get(call);
    if (known === undefined) layers.set(call, [layer]);
    else known.push(layer);
  }
  return hotspots
    .map((spot) => {
      const calls = spot.calls.filter((call) => !callOf.has(call));
      if (calls.length === spot.calls.length && !calls.some((call) => layers.has(call))) return spot;
      // What a backend computed of more calls than it names cannot be taken apart.
      if (spot.times !== undefined && spot.calls.length < spot.count && calls.length > 0) return spot;
      return retold(
        spot,
        calls,
        calls.map((call) => withLayers(call, layers.get(call) ?? [])),
      );
    })
    .filter(({ count }) => count > 0);
}

/** The layers among the calls, each with the call it is of. */
function layersOf(hotspots: readonly Hotspot[]): Map<HotspotCall, HotspotCall> {
  const byTrace = new Map<string, Placed[]>();
  hotspots.forEach(({ calls }, spot) => {
    for (const call of calls) {
      if (!isTime(call.duration) || !(call.startMs > 0)) continue;
      const placed = byTrace.get(call.traceId);
      if (placed === undefined) byTrace.set(call.traceId, [{ spot, call }]);
      else placed.push({ spot, call });
    }
  });
  const callOf = new Map<HotspotCall, HotspotCall>();
  for (const placed of byTrace.values()) {
    if (placed.every(({ spot }) => spot === placed[0].spot)) continue;
    placed.sort((a, b) => a.call.startMs - b.call.startMs || b.call.duration - a.call.duration);
    let outermost: Placed | undefined;
    for (const one of placed) {
      if (outermost === undefined || endOf(one.call) > endOf(outermost.call) + rounded) outermost = one;
      else if (hotspots[one.spot].place.name !== hotspots[outermost.spot].place.name)
        callOf.set(one.call, outermost.call);
    }
  }
  return callOf;
}

function endOf({ startMs, duration }: HotspotCall): number {
  return startMs + duration / 1e6;
}

function withLayers(call: HotspotCall, layers: readonly HotspotCall[]): HotspotCall {
  if (layers.length === 0) return call;
  let { self, critical } = call;
  for (const layer of layers) {
    if (isTime(layer.self)) self += layer.self;
    if (isTime(layer.critical)) critical += layer.critical;
  }
  return { ...call, self: Math.min(call.duration, self), critical };
}

/** What is left of a hotspot: exactly where all its calls are at hand, else by what its calls stand for. */
function retold(spot: Hotspot, left: readonly HotspotCall[], calls: readonly HotspotCall[]): Hotspot {
  if (calls.length === 0) return { ...spot, calls, count: 0, errors: 0 };
  const weights = new Map(weighedCalls(spot).map(({ call, weight }) => [call, weight]));
  const weighed = left.map((call, i): WeighedCall => ({ call: calls[i], weight: weights.get(call) ?? 1 }));
  const isWhole = spot.calls.length === spot.count;
  const isLess = left.length < spot.calls.length;
  const sumOf = (some: readonly WeighedCall[]) =>
    Math.round(some.reduce((sum, { weight }) => sum + weight, 0));
  const count = isLess ? sumOf(weighed) : spot.count;
  const timeAt = (q: number) => timeQuantile(weighed, ({ duration }) => duration, q) ?? Number.NaN;
  const own = timeQuantile(weighed, ({ self }) => self, 0.5);
  const times = isLess ? { p50: timeAt(0.5), p95: timeAt(0.95), p99: timeAt(0.99) } : spot.times;
  return {
    ...spot,
    calls,
    count,
    errors: isLess ? sumOf(weighed.filter(({ call }) => call.error)) : spot.errors,
    sampled: spot.sampled || (isLess && !isWhole),
    ...(spot.weight === undefined ? {} : { weight: (spot.weight * count) / spot.count }),
    ...(spot.times === undefined || times === undefined ? {} : { times: { ...times, own } }),
  };
}
