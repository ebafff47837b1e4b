import type { Hotspot, HotspotCall } from "../model/hotspot.ts";
import { weighedCalls } from "./callTimes.ts";
import { generationOf } from "./textGenerations.ts";

/**
 * A hotspot's calls by the generation of the text in which its line counts, newest first. A part of a hotspot that did not
 * keep all its calls is an estimate; one that keeps none of them, or has one generation alone, stays as it is.
 */
export function callGenerations(hotspot: Hotspot, starts: readonly number[]): ReadonlyMap<number, Hotspot> {
  if (starts.length === 0) return new Map([[0, hotspot]]);
  const byGeneration = new Map<number, HotspotCall[]>();
  for (const call of hotspot.calls) {
    const generation = generationOf(call.startMs, starts);
    const calls = byGeneration.get(generation);
    if (calls === undefined) byGeneration.set(generation, [call]);
    else calls.push(call);
  }
  if (byGeneration.size === 0) return new Map([[0, hotspot]]);
  const isWhole = hotspot.count === hotspot.calls.length;
  if (byGeneration.size === 1 && isWhole)
    return new Map([...byGeneration.keys()].map((generation) => [generation, hotspot]));
  const weights = new Map(weighedCalls(hotspot).map(({ call, weight }) => [call, weight]));
  const sumOf = (calls: readonly HotspotCall[]) =>
    Math.round(calls.reduce((sum, call) => sum + (weights.get(call) ?? 1), 0));
  return new Map(
    [...byGeneration]
      .sort((a, b) => b[0] - a[0])
      .map(([generation, calls]) => {
        const count = isWhole ? calls.length : sumOf(calls);
        const part: Hotspot = {
          place: hotspot.place,
          calls,
          count,
          errors: isWhole ? errorsIn(calls) : sumOf(calls.filter(({ error }) => error)),
          sampled: hotspot.sampled || !isWhole,
          ...(hotspot.weight === undefined ? {} : { weight: (hotspot.weight * count) / hotspot.count }),
        };
        return [generation, part];
      }),
  );
}

function errorsIn(calls: readonly HotspotCall[]): number {
  return calls.reduce((sum, call) => sum + Number(call.error), 0);
}
