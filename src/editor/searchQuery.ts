import type { TraceQuery } from "../backends/backend.ts";
import { plainLabel } from "./plainLabel.ts";
import { isSpanOfTime, spanOfTime } from "./spanOfTime.ts";
import { oneLine, withoutComments } from "./traceqlScan.ts";

/** A search as the person fills it in: texts, so that it can be kept and shown again. */
export interface SearchForm {
  /** A connection's name, or `allConnections`. */
  readonly connection: string;
  readonly service: string;
  readonly operation: string;
  /** "server", "client", …; "" for any. */
  readonly kind: string;
  /** The service that was called; "" for any. */
  readonly remoteService: string;
  readonly errorsOnly: boolean;
  /** key=value pairs in logfmt form */
  readonly tags: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly lookback: string;
  readonly limit: number;
  /** A query in the backend's own language; then only the time range and the limit of the others count. */
  readonly text: string;
}

/** All connections at once: no connection has an empty name. */
export const allConnections = "";

/** What is kept when a form is emptied of all but where, how far back and how much. */
export const anyTrace = {
  service: "",
  operation: "",
  kind: "",
  remoteService: "",
  errorsOnly: false,
  tags: "",
  minDuration: "",
  maxDuration: "",
  text: "",
} as const;

/** The form as one line: how a past search is listed. */
export function searchTitle(form: SearchForm): string {
  const filters =
    form.text === ""
      ? [
          form.service === "" ? "all services" : form.service,
          form.operation,
          form.kind,
          form.remoteService === "" ? "" : `calling ${form.remoteService}`,
          form.errorsOnly ? "with errors" : "",
          form.tags,
          form.minDuration === "" ? "" : `≥ ${form.minDuration}`,
          form.maxDuration === "" ? "" : `≤ ${form.maxDuration}`,
        ]
      : [oneLine(form.text)];
  return plainLabel([...filters, `last ${form.lookback}`].filter((part) => part !== "").join(" · "));
}

const longestText = 10_000;
const mostTraces = 1000;

/**
 * Reads back what memory holds, of this version or an older one that knew fewer fields, or what another extension hands over;
 * undefined when it is no form.
 */
export function asForm(value: unknown): SearchForm | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const form = value as Record<string, unknown>;
  const always = ["connection", "service", "operation", "tags", "minDuration", "maxDuration", "lookback"];
  if (!always.every((key) => typeof form[key] === "string")) return undefined;
  if (typeof form.limit !== "number" || !Number.isFinite(form.limit)) return undefined;
  const text = (key: string) => (typeof form[key] === "string" ? form[key].slice(0, longestText) : "");
  return {
    connection: text("connection"),
    service: text("service"),
    operation: text("operation"),
    kind: text("kind"),
    remoteService: text("remoteService"),
    errorsOnly: form.errorsOnly === true,
    tags: text("tags"),
    minDuration: text("minDuration"),
    maxDuration: text("maxDuration"),
    lookback: isSpanOfTime(text("lookback")) ? text("lookback") : "1h",
    limit: Math.min(mostTraces, Math.max(1, Math.round(form.limit))),
    text: text("text"),
  };
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
  const given = text.trim();
  const pair = /([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?:\s+|$)/y;
  while (pair.lastIndex < given.length) {
    const found = pair.exec(given);
    if (found === null) return undefined;
    const [, key, quoted, bare] = found;
    tags.set(key, quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1"));
  }
  return tags;
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
    spanKind: form.kind,
    remoteService: form.remoteService,
    errorsOnly: form.errorsOnly,
    // Not every server knows comments; blanks keep the places that a refusal names.
    ...(form.text === "" ? {} : { text: withoutComments(form.text).trim() }),
  };
}
