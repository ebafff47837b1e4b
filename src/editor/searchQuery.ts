import type { TraceQuery } from "../backends/backend.ts";
import { plainLabel } from "./plainLabel.ts";
import { spanOfTime } from "./spanOfTime.ts";

/** A search as the person fills it in: texts, so that it can be kept and shown again. */
export interface SearchForm {
  readonly connection: string;
  readonly service: string;
  readonly operation: string;
  /** key=value pairs in logfmt form */
  readonly tags: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly lookback: string;
  readonly limit: number;
}

/** The form as one line: how a past search is listed. */
export function searchTitle(form: SearchForm): string {
  const parts = [
    form.service === "" ? "all services" : form.service,
    form.operation,
    form.tags,
    form.minDuration === "" ? "" : `≥ ${form.minDuration}`,
    form.maxDuration === "" ? "" : `≤ ${form.maxDuration}`,
    `last ${form.lookback}`,
  ];
  return plainLabel(parts.filter((part) => part !== "").join(" · "));
}

/** Reads "250ms", "1.5s", "2m" as ns; undefined when it is not a duration; 0 for "". */
export function durationOf(text: string): number | undefined {
  if (text.trim() === "") return 0;
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|μs|ms|s|m|h)$/.exec(text.trim());
  if (match === null) return undefined;
  const units: Record<string, number> = {
    ns: 1,
    us: 1e3,
    µs: 1e3,
    μs: 1e3,
    ms: 1e6,
    s: 1e9,
    m: 60e9,
    h: 3600e9,
  };
  return Math.round(Number(match[1]) * units[match[2]]);
}

/** Reads `http.status_code=500 error=true name="two words"`; undefined when a part is not key=value. */
export function tagsOf(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  const rest = text
    .trim()
    .replace(/([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?:\s+|$)/g, (_, key, quoted, bare) => {
      tags.set(key, quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1"));
      return "";
    });
  return rest === "" ? tags : undefined;
}

/** The query a form stands for. Every field has been checked when it was typed. */
export function queryOf(form: SearchForm, nowMs: number): TraceQuery {
  return {
    service: form.service,
    operation: form.operation,
    tags: tagsOf(form.tags) ?? new Map(),
    minDurationNs: durationOf(form.minDuration) ?? 0,
    maxDurationNs: durationOf(form.maxDuration) ?? 0,
    fromMs: nowMs - spanOfTime(form.lookback),
    // A backend whose clock is ahead must not hide what just happened.
    toMs: nowMs + 5 * 60_000,
    limit: form.limit,
  };
}
