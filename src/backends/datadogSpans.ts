import { flattened, type OtlpAttribute } from "./datadogAttributes.ts";
import { list, member, stringOf } from "./json.ts";

/** A span as OTLP JSON writes it, and its resource. */
interface OtlpSpan {
  readonly service: string;
  readonly env: string;
  readonly host: string;
  readonly span: Readonly<Record<string, unknown>> & { readonly traceId: string };
}

/** The spans of an answer of Datadog's span search as OTLP JSON, and the ids of their traces, each once. */
export interface DatadogSpans {
  readonly otlp: string;
  readonly traceIds: readonly string[];
}

/**
 * Makes OTLP JSON of the spans found. Ids are decimal there; where a trace is known by its last 64 bits alone, `wanted` (32
 * hex digits, "" for none) completes them. A span's resource_name is its name, its service, env and host are its resource;
 * the error in `custom` becomes an exception.
 * Source: Datadog API, `SpansAttributes`.
 */
export function datadogSpans(data: readonly unknown[], wanted: string): DatadogSpans {
  const resources = new Map<string, OtlpSpan[]>();
  const traceIds = new Set<string>();
  for (const entry of data) {
    const found = otlpSpan(member(entry, "attributes"), wanted);
    if (found === undefined) continue;
    traceIds.add(found.span.traceId);
    const key = JSON.stringify([found.service, found.env, found.host]);
    const known = resources.get(key);
    if (known === undefined) resources.set(key, [found]);
    else known.push(found);
  }
  const resourceSpans = [...resources.values()].map((spans) => ({
    resource: { attributes: resourceAttributes(spans[0]) },
    scopeSpans: [{ spans: spans.map(({ span }) => span) }],
  }));
  return { otlp: JSON.stringify({ resourceSpans }), traceIds: [...traceIds] };
}

function resourceAttributes({ service, env, host }: OtlpSpan): OtlpAttribute[] {
  const named = [
    ["service.name", service],
    ["deployment.environment.name", env],
    ["host.name", host],
  ] as const;
  return named
    .filter(([, text]) => text !== "")
    .map(([key, text]) => ({ key, value: { stringValue: text } }));
}

function otlpSpan(given: unknown, wanted: string): OtlpSpan | undefined {
  const of = (name: string) => stringOf(member(given, name));
  const traceId = traceIdOf(of("trace_id"), wanted);
  const spanId = spanIdOf(of("span_id"));
  const start = nanosOf(of("start_timestamp"));
  if (traceId === undefined || spanId === undefined || start === undefined) return undefined;
  const custom = member(given, "custom");
  const attributes = [
    ...flattened(member(given, "attributes")),
    ...flattened(custom),
    ...leaves([
      ["span.type", of("type")],
      ["datadog.retained_by", of("retained_by")],
      ["datadog.ingestion_reason", of("ingestion_reason")],
    ]),
  ];
  const tags = (list(member(given, "tags")) ?? []).filter((tag) => typeof tag === "string");
  if (tags.length > 0) attributes.push(...flattened({ "datadog.tags": tags }));
  const end = endOf(start, nanosOf(of("end_timestamp")), member(custom, "duration"));
  const isError = of("status") === "error" || textAt(attributes, "status") === "error";
  const exception = exceptionOf(attributes);
  const failed = isError || exception !== undefined;
  return {
    service: of("service"),
    env: of("env"),
    host: of("host"),
    span: {
      traceId,
      spanId,
      parentSpanId: spanIdOf(of("parent_id")) ?? "",
      name: of("resource_name") || of("type"),
      kind: kinds.get(textAt(attributes, "span.kind")) ?? 0,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(end),
      attributes,
      events:
        exception === undefined
          ? []
          : [{ timeUnixNano: String(end), name: "exception", attributes: exception }],
      status: failed ? { code: 2, message: textAt(attributes, "error.message") } : {},
    },
  };
}

const kinds = new Map([
  ["internal", 1],
  ["server", 2],
  ["client", 3],
  ["producer", 4],
  ["consumer", 5],
]);

function exceptionOf(attributes: readonly OtlpAttribute[]): OtlpAttribute[] | undefined {
  const found = leaves([
    ["exception.type", textAt(attributes, "error.type")],
    ["exception.message", textAt(attributes, "error.message")],
    ["exception.stacktrace", textAt(attributes, "error.stack")],
  ]);
  return found.length === 0 ? undefined : found;
}

function leaves(named: readonly (readonly [string, string])[]): OtlpAttribute[] {
  return named
    .filter(([, text]) => text !== "")
    .map(([key, text]) => ({ key, value: { stringValue: text } }));
}

function textAt(attributes: readonly OtlpAttribute[], key: string): string {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return value !== undefined && "stringValue" in value ? value.stringValue : "";
}

/** 32 hex digits; decimal ones are the last 64 bits, or all 128. */
function traceIdOf(text: string, wanted: string): string | undefined {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  if (!/^\d{1,39}$/.test(text)) return undefined;
  const hex = BigInt(text).toString(16).padStart(32, "0");
  if (hex.length > 32 || /^0+$/.test(hex)) return undefined;
  return wanted.endsWith(hex.slice(16)) && /^0{16}/.test(hex) ? wanted : hex;
}

function spanIdOf(text: string): string | undefined {
  if (/^\d{1,20}$/.test(text)) {
    const hex = BigInt(text).toString(16).padStart(16, "0");
    return hex.length > 16 || /^0+$/.test(hex) ? undefined : hex;
  }
  return /^[0-9a-f]{16}$/i.test(text) ? text.toLowerCase() : undefined;
}

/** Unix ns of an RFC 3339 time. */
function nanosOf(text: string): bigint | undefined {
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? "";
  const ms = Date.parse(text.replace(/\.\d+/, ""));
  return Number.isNaN(ms) || ms < 0 ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** The duration in ns is exact where the end is cut to ms; it is believed where it agrees. */
function endOf(start: bigint, end: bigint | undefined, duration: unknown): bigint {
  const exact = typeof duration === "number" && Number.isSafeInteger(duration) && duration >= 0;
  if (!exact) return end ?? start;
  const by = start + BigInt(duration);
  if (end === undefined) return by;
  const off = by > end ? by - end : end - by;
  return off <= 2_000_000n ? by : end;
}
