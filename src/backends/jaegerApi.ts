import type { Decoded, DecodeRequest, SearchResult, TraceQuery } from "./backend.ts";

/** One of the two HTTP forms in which a Jaeger answers. */
export interface JaegerApi {
  /** "API v3" or "internal API". */
  readonly form: string;
  services(signal: AbortSignal): Promise<readonly string[]>;
  operations(service: string, signal: AbortSignal): Promise<readonly string[]>;
  search(query: TraceQuery, signal: AbortSignal): Promise<SearchResult>;
  /** Undefined when the server answers that it has no such trace. */
  trace(id: string, request: DecodeRequest, signal: AbortSignal): Promise<Decoded | undefined>;
}
