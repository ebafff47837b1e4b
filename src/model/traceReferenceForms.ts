import type { Found, TraceReference } from "./traceReference.ts";
import { decimalToHex, digitReferences, normalSpanId, normalTraceId } from "./traceReferenceId.ts";

interface Rule {
  readonly form: string;
  /** Groups `id` (or `high` and `low`) and `span`, hex; `decimal` and `decimalSpan`; `digits` for what may be either. */
  readonly pattern: RegExp;
}

const key = String.raw`["']?\s*[:=]\s*["']?`;
const traceKey = String.raw`\b(?:x-?b3-?)?(?:otel)?[_.-]?trace[ _.-]?id${key}`;

/**
 * In the order in which they are tried. Sources: W3C Trace Context; openzipkin/b3-propagation; the header forms of Jaeger,
 * Datadog, AWS X-Ray, Google Cloud Trace and Sentry; the field names that loggers give trace ids.
 */
const rules: readonly Rule[] = [
  {
    form: "traceparent",
    pattern:
      /\b(?!ff)[0-9a-f]{2}-(?!0{32})(?<id>[0-9a-f]{32})-(?!0{16})(?<span>[0-9a-f]{16})-[0-9a-f]{2}\b/gi,
  },
  {
    form: "sentry-trace",
    pattern: new RegExp(
      String.raw`\bsentry-trace${key}(?<id>[0-9a-f]{32})-(?<span>[0-9a-f]{16})(?:-[01])?`,
      "gi",
    ),
  },
  {
    form: "uber-trace-id",
    pattern: new RegExp(
      String.raw`\buber-trace-id${key}(?<id>[0-9a-f]{1,32})(?::|%3A)(?<span>[0-9a-f]{1,16})(?::|%3A)[0-9a-f]{1,16}(?::|%3A)[0-9a-f]{1,2}\b`,
      "gi",
    ),
  },
  {
    form: "X-Amzn-Trace-Id",
    pattern:
      /\b1-(?<high>[0-9a-f]{8})-(?<low>[0-9a-f]{24})\b(?:[^,\n]{0,60}?\bParent=(?<span>[0-9a-f]{16}))?/gi,
  },
  { form: "Cloud Trace name", pattern: /\bprojects\/[^/\s"]+\/traces\/(?<id>[0-9a-f]{32})\b/gi },
  {
    form: "X-Cloud-Trace-Context",
    pattern: /(?<![0-9a-z])(?<id>[0-9a-f]{32})\/(?<decimalSpan>\d{1,20})(?:;o=[01])?(?![0-9a-z])/gi,
  },
  {
    form: "Datadog trace ID",
    pattern: new RegExp(
      String.raw`\b(?:dd[._]trace_?id|x-datadog-trace-id)${key}(?:(?<id>[0-9a-f]{32})|(?<decimal>\d{1,20}))(?![0-9a-f])`,
      "gi",
    ),
  },
  {
    form: "log field",
    pattern: /\[(?:[^[\],]*,)?\s*(?<id>[0-9a-f]{32})[-,]\s*(?<span>[0-9a-f]{16})\s*\]/gi,
  },
  {
    form: "b3",
    pattern:
      /(?<![0-9a-f])(?<id>(?:[0-9a-f]{16}){1,2})-(?<span>[0-9a-f]{16})(?:-[01d](?:-[0-9a-f]{16})?)?(?![0-9a-f-])/gi,
  },
  {
    form: "log field",
    pattern: new RegExp(`${traceKey}(?<digits>(?:[0-9a-f]{16}){1,2})(?![0-9a-f])`, "gi"),
  },
  { form: "log field", pattern: new RegExp(String.raw`${traceKey}(?<decimal>\d{17,39})(?![0-9a-f])`, "gi") },
];

const spanField = new RegExp(
  String.raw`\b(?:x-?b3-?)?(?:otel)?[_.-]?span[ _.-]?id${key}(?:(?<span>[0-9a-f]{16})|(?<decimalSpan>\d{1,20}))(?![0-9a-f])`,
  "i",
);
const datadogSpanField = new RegExp(
  String.raw`\b(?:dd[._]span_?id|x-datadog-parent-id)${key}(?<decimalSpan>\d{1,20})(?![0-9a-f])`,
  "i",
);
const datadogHigh = new RegExp(String.raw`\b_dd\.p\.tid${key}(?<high>[0-9a-f]{16})(?![0-9a-f])`, "gi");
const nearby = 200;

/** What headers and log fields in a text name; an earlier rule's range is not used again. */
export function headerReferences(text: string): Found[] {
  const found: Found[] = [];
  for (const rule of rules) {
    for (const match of text.matchAll(rule.pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      if (found.some((other) => start < other.end && other.start < end)) continue;
      const references = referencesOf(rule.form, match.groups ?? {}, text, end);
      if (references.length > 0) found.push({ start, end: endOfFields(text, end), references });
    }
  }
  return found;
}

type Groups = Readonly<Record<string, string | undefined>>;

function referencesOf(form: string, groups: Groups, text: string, end: number): TraceReference[] {
  const span =
    normalSpanId(groups.span ?? decimalToHex(groups.decimalSpan ?? "", 64)) ?? spanAfter(form, text, end);
  const withSpan = span === undefined ? {} : { spanId: span };
  if (groups.digits !== undefined) {
    return digitReferences(groups.digits).map((reference) => ({ ...reference, form, ...withSpan }));
  }
  let hex = groups.id ?? (groups.high ?? "") + (groups.low ?? "");
  if (groups.decimal !== undefined) {
    hex = decimalToHex(groups.decimal, 128) ?? "";
    if (form === "Datadog trace ID" && hex.length <= 16) hex = highHalf(text) + hex.padStart(16, "0");
  }
  const traceId = normalTraceId(hex);
  return traceId === undefined ? [] : [{ traceId, form, ...withSpan }];
}

/** The span id that a log line or a set of headers names after the trace id, before it names another trace. */
function spanAfter(form: string, text: string, end: number): string | undefined {
  if (form !== "log field" && form !== "Datadog trace ID") return undefined;
  const after = text.slice(end, end + nearby);
  const match = (form === "log field" ? spanField : datadogSpanField).exec(after);
  if (match === null || /trace[ _.-]?id["']?\s*[:=]/i.test(after.slice(0, match.index))) return undefined;
  return normalSpanId(match.groups?.span ?? decimalToHex(match.groups?.decimalSpan ?? "", 64));
}

/** Datadog sends the high 64 bits beside the id; used when the text names one such half only. */
function highHalf(text: string): string {
  const halves = new Set([...text.matchAll(datadogHigh)].map((match) => match.groups?.high ?? ""));
  return halves.size === 1 ? [...halves][0] : "";
}

/** A header's or field's remainder (flags, span) belongs to it, up to the next white space. */
function endOfFields(text: string, end: number): number {
  const rest = /[\s,]/.exec(text.slice(end, end + nearby));
  return rest === null ? Math.min(text.length, end + nearby) : end + rest.index;
}
