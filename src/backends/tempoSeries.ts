import { list, member } from "./json.ts";

/** One series of a TraceQL metrics answer. */
export interface TempoSeries {
  /** What it is grouped by, as the query names it; attributes that a span lacks are left out. */
  readonly labels: ReadonlyMap<string, string>;
  /** Of its samples, all steps together. */
  readonly total: number;
}

export interface TempoMetrics {
  readonly series: readonly TempoSeries[];
  /** Some of what was asked for is not in it. */
  readonly partial: boolean;
}

/**
 * The answer of `/api/metrics/query_range`; undefined when it is none. A value of 0 is left out by Tempo; samples that are no
 * numbers, which it writes "NaN", do not count.
 */
export function tempoMetrics(answer: unknown): TempoMetrics | undefined {
  const series = list(member(answer, "series"));
  if (series === undefined || typeof answer !== "object" || answer === null || Array.isArray(answer))
    return undefined;
  const keys = Object.keys(answer);
  if (keys.length > 0 && !keys.some((key) => key === "series" || key === "metrics")) return undefined;
  return { series: series.map(seriesOf), partial: member(answer, "status") === "PARTIAL" };
}

function seriesOf(series: unknown): TempoSeries {
  let total = 0;
  for (const sample of list(member(series, "samples")) ?? []) {
    const value = Number(member(sample, "value") ?? 0);
    if (Number.isFinite(value)) total += value;
  }
  return { labels: labelsOf(member(series, "labels")), total: Math.round(total) };
}

function labelsOf(labels: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const label of list(labels) ?? []) {
    const key = member(label, "key");
    const value = textOf(member(label, "value"));
    // The one label of a series whose spans lack all attributes asked for.
    if (typeof key === "string" && value !== "" && value !== "nil") found.set(key, value);
  }
  return found;
}

/** The text of an OTLP value; "" when it has none. */
export function textOf(value: unknown): string {
  for (const name of ["stringValue", "intValue", "doubleValue", "boolValue"]) {
    const one = member(value, name);
    if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") return String(one);
  }
  return "";
}
