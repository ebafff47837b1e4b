import { headerReferences } from "./traceReferenceForms.ts";
import { looseReferences } from "./traceReferenceId.ts";
import { linkReferences } from "./traceReferenceLink.ts";

/** A trace that a piece of text names. */
export interface TraceReference {
  /** 32 lower-case hex digits, never all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId?: string;
  /** Of a link: scheme, host, port and base path, without a trailing slash and without user name and password. */
  readonly origin?: string;
  /** Of a link: the kind of server it leads to, where its shape shows that. */
  readonly kind?: "jaeger" | "tempo" | "grafana" | "zipkin";
  /** What the text was taken for: "traceparent", "Jaeger link", "decimal trace ID". */
  readonly form: string;
  /** The same text is in the list twice, taken for two ids: digits that are decimal or hex. */
  readonly ambiguous?: true;
}

/** A reference and the range of the text it was read from; a rule that comes later leaves that range alone. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly references: readonly TraceReference[];
}

const longest = 50_000;

/**
 * All traces that a text names, in its order, each once: links, propagation headers, log fields, and ids of any form when
 * the text is nothing but ids. Text that names none gives an empty list.
 */
export function parseTraceReferences(text: string): TraceReference[] {
  const input = text.slice(0, longest);
  const claimed: Found[] = [];
  for (const rule of [linkReferences, headerReferences]) {
    for (const found of rule(input)) {
      if (!claimed.some((other) => found.start < other.end && other.start < found.end)) claimed.push(found);
    }
  }
  for (const found of looseReferences(input, claimed)) claimed.push(found);
  claimed.sort((a, b) => a.start - b.start);

  const references = new Map<string, TraceReference>();
  for (const reference of claimed.flatMap((found) => found.references)) {
    const known = references.get(reference.traceId);
    if (known === undefined) references.set(reference.traceId, reference);
    else references.set(reference.traceId, { ...reference, ...known });
  }
  return [...references.values()];
}

/** The forms in which to ask servers for an id: 32 digits, and 16 when the high half is zero. */
export function traceIdForms(id: string): string[] {
  const normal = id.toLowerCase().padStart(32, "0");
  return normal.startsWith("0".repeat(16)) ? [normal, normal.slice(16)] : [normal];
}
