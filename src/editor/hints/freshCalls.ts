import type { Hotspot, HotspotCall } from "../../model/hotspot.ts";

/** Calls remembered as counted, for one place: older ones are not likely to come again. 150 bytes each. */
const mostCounted = 5_000;

/**
 * The part of a hotspot that has not been counted yet, or undefined when there is none; what it has is then counted. A hotspot
 * that came with a sample of its calls tells nothing of the others, so as much of its count is taken as of its sample.
 */
export function freshCalls(hotspot: Hotspot, counted: Set<string>): Hotspot | undefined {
  const calls = hotspot.calls.filter((call) => !counted.has(callKey(call)));
  if (calls.length === 0) return undefined;
  for (const call of calls) counted.add(callKey(call));
  for (const oldest of counted) {
    if (counted.size <= mostCounted) break;
    counted.delete(oldest);
  }
  if (calls.length === hotspot.calls.length) return hotspot;
  const share = calls.length / hotspot.calls.length;
  const isWhole = hotspot.count === hotspot.calls.length;
  const count = isWhole ? calls.length : Math.max(calls.length, Math.round(hotspot.count * share));
  return {
    place: hotspot.place,
    calls,
    count,
    errors: isWhole ? errorsIn(calls) : Math.max(errorsIn(calls), Math.round(hotspot.errors * share)),
    sampled: hotspot.sampled || !isWhole,
    ...(hotspot.weight === undefined ? {} : { weight: (hotspot.weight * count) / hotspot.count }),
  };
}

function callKey(call: HotspotCall): string {
  return `${call.traceId}${call.spanId}`;
}

function errorsIn(calls: readonly HotspotCall[]): number {
  return calls.reduce((sum, call) => sum + Number(call.error), 0);
}
