import type { Decoded, DecodeRequest, SearchResult, TimeRange, TraceQuery } from "./backend.ts";

/** One of the two HTTP forms in which a Jaeger answers. */
export interface JaegerApi {
  /** "API v3" or "internal API". */
  readonly form: string;
  services(signal: AbortSignal): Promise<readonly string[]>;
  /** Of one span kind ("server", "client", …), or "" for all. */
  operations(service: string, kind: string, signal: AbortSignal): Promise<readonly string[]>;
  search(query: TraceQuery, signal: AbortSignal): Promise<SearchResult>;
  /**
   * Undefined when the server answers that it has no such trace. `window`, where it is known, is when the trace was: some
   * stores look only at the last days without it.
   */
  trace(
    id: string,
    window: TimeRange | undefined,
    request: DecodeRequest,
    signal: AbortSignal,
  ): Promise<JaegerTrace | undefined>;
}

/** A trace as it was read, and what Jaeger said of it. */
export interface JaegerTrace {
  readonly decoded: Decoded;
  /** Jaeger says that spans are missing. */
  readonly partial: boolean;
  readonly notes: readonly string[];
}
