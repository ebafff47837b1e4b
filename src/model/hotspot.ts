/**
 * What the spans of one place in the code took, over the traces that were looked at: the raw material of a latency hint.
 * A place is what spans say of it; finding the file it means is `source`'s work. Plain data: it crosses threads.
 */
export interface Hotspot {
  readonly place: SpanPlace;
  /** One entry a span, at most 512 kept (the slowest 64 and a uniform sample of the rest), slowest first. */
  readonly calls: readonly HotspotCall[];
  /** How many spans there were, kept or not. */
  readonly count: number;
  readonly errors: number;
  /** Whether the traces are a sample of all there are, so that counts are not totals. */
  readonly sampled: boolean;
  /** Where the backend computed them over all `count` calls; `calls` are then some of them, or none. */
  readonly times?: HotspotTimes;
  /** How many calls those `count` stand for, by the probability with which their traces were sampled; undefined where unknown. */
  readonly weight?: number;
}

/** Quantiles in ns. */
export interface HotspotTimes {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Median of the own time; undefined where the backend cannot tell. */
  readonly own?: number;
}

export interface HotspotCall {
  readonly traceId: string;
  readonly spanId: string;
  /** ns */
  readonly duration: number;
  /** ns of the span not covered by its children. */
  readonly self: number;
  /** ns of the trace's critical path that are this span's own. */
  readonly critical: number;
  /** ns of the whole trace. */
  readonly traceDuration: number;
  readonly error: boolean;
  /** Unix ms */
  readonly startMs: number;
}

/** What a span says of its code; every part may be missing ("" or 0), none is trusted. */
export interface SpanPlace {
  readonly service: string;
  /** Resource attribute telemetry.sdk.language. */
  readonly language: string;
  readonly name: string;
  /** code.file.path or code.filepath */
  readonly file: string;
  /** From 1; 0 for unknown. */
  readonly line: number;
  readonly column: number;
  /** code.function.name, or code.namespace and code.function joined. */
  readonly function: string;
  /** http.route, and what else names code: rpc.service/method, controller attributes. */
  readonly route: string;
}
