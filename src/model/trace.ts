import type { Attributes } from "./attributes.ts";
import type { StringTable } from "./stringTable.ts";

/** Span kinds by number, as OTLP counts them. */
export const kindNames = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
export const Kind = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** Span status by number, as OTLP counts them. */
export const statusNames = ["unset", "ok", "error"] as const;
export const Status = { unset: 0, ok: 1, error: 2 } as const;

/** Bits of `Outline.mark`. */
export const Mark = {
  /** The span has a warning. */
  warning: 1,
  /** The span has events. */
  events: 2,
  /** The span has links. */
  links: 4,
  /** The span has an exception event. */
  exception: 8,
  /** The span names a place in the code (a code.* attribute or a stack trace). */
  place: 16,
  /** A root whose parent is missing. */
  orphan: 32,
} as const;

/**
 * What a waterfall draws of a trace: equally long columns in pre-order, parents before children, siblings by start.
 * So the subtree of row `i` is `i … i + size[i] - 1`, and a derived column is one loop. An outline never changes.
 */
export interface Outline {
  /** 32 lower-case hex digits, or the text the source gave when it is not hex. */
  readonly traceId: string;
  /** Unix time of 0, in ns. */
  readonly epoch: bigint;
  /** The latest end, in ns after the epoch. */
  readonly end: number;
  /** Number of rows. */
  readonly length: number;
  /** ns after the epoch, never NaN and never negative. */
  readonly start: Float64Array;
  /** ns, never NaN and never negative. */
  readonly duration: Float64Array;
  /** Row of the parent; -1 for a root. */
  readonly parent: Int32Array;
  /** Rows in the subtree, the row itself included. */
  readonly size: Int32Array;
  readonly depth: Int32Array;
  /** Span name: index into labels. */
  readonly name: Uint32Array;
  /** Index into services. */
  readonly service: Uint32Array;
  /** The distinct services in the order the rows name them: indexes into labels. */
  readonly services: Uint32Array;
  readonly kind: Uint8Array;
  readonly status: Uint8Array;
  /** Bits of Mark. */
  readonly mark: Uint8Array;
  /** Span ids: high and low word of row i at 2i and 2i + 1. */
  readonly spanId: Uint32Array;
  /** Names: spans, services, scopes, events, attribute keys. */
  readonly labels: StringTable;
  /** What is said of the trace as a whole: duplicates dropped, spans refused, cut short by the source. */
  readonly notes: readonly string[];
}

/** What the details of a span show. */
export interface Details {
  /** Parent ids as sent; 0, 0 for none. */
  readonly parentId: Uint32Array;
  /** Index of the span's resource: an owner in resourceAttributes. */
  readonly resource: Uint32Array;
  /** Index of the span's scope: an owner in scopes.attributes. */
  readonly scope: Uint32Array;
  /** W3C flags and is-remote bits, as OTLP sends them. */
  readonly flags: Uint32Array;
  /** Status message: index into texts plus 1; 0 for none. */
  readonly message: Uint32Array;
  /** ns that were added to start to make up for clock skew; empty when no span was moved. */
  readonly skew: Float64Array;
  readonly attributes: Attributes;
  readonly events: Events;
  readonly links: Links;
  readonly resourceAttributes: Attributes;
  readonly scopes: Scopes;
  readonly warnings: Warnings;
  /** Span ids that are not 16 hex digits: row → index into texts, rows ascending. */
  readonly textIds: { readonly row: Uint32Array; readonly text: Uint32Array };
  /** Values: attributes, messages, link ids. */
  readonly texts: StringTable;
}

/** Events of row i: from offset[i] to offset[i + 1]; times in ns after the epoch; owners in attributes are events. */
export interface Events {
  readonly offset: Uint32Array;
  readonly time: Float64Array;
  readonly name: Uint32Array;
  readonly attributes: Attributes;
}

/** Links of row i: from offset[i] to offset[i + 1]; ids are texts (lower-case hex); owners in attributes are links. */
export interface Links {
  readonly offset: Uint32Array;
  readonly traceId: Uint32Array;
  readonly spanId: Uint32Array;
  readonly attributes: Attributes;
}

/** Scopes by index: name and version are labels. */
export interface Scopes {
  readonly name: Uint32Array;
  readonly version: Uint32Array;
  readonly attributes: Attributes;
}

/** Warnings in row order: code is a Warning; detail an index into texts plus 1, 0 for none. */
export interface Warnings {
  readonly row: Uint32Array;
  readonly code: Uint8Array;
  readonly detail: Uint32Array;
}

/**
 * A whole trace. It never changes: late spans make a new one. All repair of bad input has happened in the builder and has
 * left a warning on its span.
 */
export interface Trace extends Outline, Details {}
