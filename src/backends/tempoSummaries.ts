import type { TraceSummary } from "../model/summary.ts";
import { list, member, nanosecondsOf, stringOf } from "./json.ts";

/** Written in place of a root that has not come. */
const noRoot = "<root span not yet received>";

/**
 * The traces of an answer of `/api/search`. Ids come with leading zeros dropped; a Tempo before 2.4 does not say how many
 * spans a trace has: then those that matched are counted.
 */
export function tempoSummaries(answer: unknown): readonly TraceSummary[] {
  const summaries: TraceSummary[] = [];
  for (const trace of list(member(answer, "traces")) ?? []) {
    const traceId = stringOf(member(trace, "traceID"));
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) continue;
    const services = servicesOf(member(trace, "serviceStats"));
    const total = services.reduce((sum, service) => sum + service.spans, 0);
    summaries.push({
      traceId: traceId.toLowerCase().padStart(32, "0"),
      rootService: known(stringOf(member(trace, "rootServiceName"))),
      rootName: known(stringOf(member(trace, "rootTraceName"))),
      startMs: Number(nanosecondsOf(member(trace, "startTimeUnixNano")) / 1000n) / 1000,
      durationNs: number(member(trace, "durationMs")) * 1e6,
      spans: total > 0 ? total : matched(trace),
      errors: services.reduce((sum, service) => sum + service.errors, 0),
      services: services.map(({ name, spans }) => ({ name, spans })),
    });
  }
  return summaries;
}

function servicesOf(stats: unknown): { name: string; spans: number; errors: number }[] {
  if (typeof stats !== "object" || stats === null) return [];
  return Object.entries(stats)
    .map(([name, one]) => ({
      name,
      spans: number(member(one, "spanCount")),
      errors: number(member(one, "errorCount")),
    }))
    .sort((a, b) => b.spans - a.spans || (a.name < b.name ? -1 : 1));
}

function matched(trace: unknown): number {
  const sets = list(member(trace, "spanSets")) ?? [];
  const all = sets.length > 0 ? sets : [member(trace, "spanSet")];
  return all.reduce((sum: number, set) => sum + number(member(set, "matched")), 0);
}

function known(name: string): string {
  return name === noRoot ? "" : name;
}

function number(value: unknown): number {
  const found = Number(value ?? 0);
  return Number.isFinite(found) && found > 0 ? found : 0;
}
