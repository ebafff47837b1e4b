import type { HotspotCall } from "../model/hotspot.ts";
import { list, member, nanosecondsOf } from "./json.ts";
import { textOf } from "./tempoSeries.ts";

/**
 * The spans in the answer of a search as calls, slowest first. Their own time and their part of the critical path are not known
 * (NaN): for those the whole trace is needed.
 */
export function tempoSlowCalls(answer: unknown): readonly HotspotCall[] {
  const calls: HotspotCall[] = [];
  for (const trace of list(member(answer, "traces")) ?? []) {
    const traceId = String(member(trace, "traceID") ?? "").toLowerCase();
    if (!/^[0-9a-f]{1,32}$/.test(traceId)) continue;
    const sets = list(member(trace, "spanSets")) ?? [];
    for (const span of sets.flatMap((set) => list(member(set, "spans")) ?? [])) {
      const duration = Number(member(span, "durationNanos") ?? 0);
      if (!(duration >= 0)) continue;
      calls.push({
        traceId: traceId.padStart(32, "0"),
        spanId: String(member(span, "spanID") ?? "").toLowerCase(),
        duration,
        self: Number.NaN,
        critical: Number.NaN,
        traceDuration: Number(member(trace, "durationMs") ?? 0) * 1e6,
        error: isFailed(span),
        startMs: Number(nanosecondsOf(member(span, "startTimeUnixNano")) / 1000n) / 1000,
      });
    }
  }
  return calls.sort((a, b) => b.duration - a.duration);
}

function isFailed(span: unknown): boolean {
  const attributes = list(member(span, "attributes")) ?? [];
  const status = attributes.find((attribute) => member(attribute, "key") === "status");
  return textOf(member(status, "value")) === "error";
}
