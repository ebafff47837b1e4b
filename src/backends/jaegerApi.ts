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

/** The strings of a list, sorted, each once. */
export function names(values: readonly unknown[]): readonly string[] {
  const found = values.filter((value): value is string => typeof value === "string" && value !== "");
  return [...new Set(found)].sort((a, b) => (a < b ? -1 : 1));
}
