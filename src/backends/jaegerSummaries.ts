import type { TraceSummary } from "../model/summary.ts";
import { list, member, nanosecondsOf, stringOf } from "./json.ts";

/** The answer of `/api/v3/trace-summaries`; members that are zero or empty are left out of it. */
export function jaegerSummaries(answer: unknown): readonly TraceSummary[] {
  const summaries: TraceSummary[] = [];
  for (const summary of list(member(answer, "summaries")) ?? []) {
    const traceId = stringOf(member(summary, "traceId"));
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) continue;
    const start = nanosecondsOf(member(summary, "minStartTimeUnixNano"));
    const end = nanosecondsOf(member(summary, "maxEndTimeUnixNano"));
    summaries.push({
      traceId: traceId.toLowerCase().padStart(32, "0"),
      rootService: stringOf(member(summary, "rootServiceName")),
      rootName: stringOf(member(summary, "rootOperationName")),
      startMs: Number(start / 1000n) / 1000,
      durationNs: end > start ? Number(end - start) : 0,
      spans: count(member(summary, "spanCount")),
      errors: count(member(summary, "errorSpanCount")),
      services: (list(member(summary, "services")) ?? []).map((service) => ({
        name: stringOf(member(service, "name")),
        spans: count(member(service, "spanCount")),
      })),
    });
  }
  return summaries;
}

function count(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}
