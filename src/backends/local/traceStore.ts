import type { Hotspot } from "../../model/hotspot.ts";
import type { TraceSummary } from "../../model/summary.ts";
import type { HotspotQuery, TraceQuery } from "../backend.ts";
import type { Intake } from "./parts.ts";

/** What received traces are asked. Every answer is of one moment; none waits for a writer. */
export interface TraceReading {
  services(): readonly string[];
  operations(service: string): readonly string[];
  /** Attribute keys of spans and resources, the most used first. */
  attributeKeys(): readonly string[];
  /** Newest first. */
  search(query: TraceQuery): { readonly summaries: readonly TraceSummary[]; readonly limited: boolean };
  summary(traceId: string): TraceSummary | undefined;
  /** Those of the ids (any form of hex) that are kept. */
  known(traceIds: readonly string[]): readonly string[];
  /** TracesData of the whole trace, or undefined. */
  spans(traceId: string): Uint8Array | undefined;
  /** LogsData of the trace; empty for none. */
  logs(traceId: string): Uint8Array;
  hotspots(query: HotspotQuery): readonly Hotspot[];
  /**
   * Traces written or grown since `after` (0 for all), oldest change first, at most 200; and the number to ask with next time.
   */
  changes(after: number): { readonly next: number; readonly summaries: readonly TraceSummary[] };
  /** Ids of all traces, oldest first. */
  traceIds(): Iterable<string>;
  size(): StoreSize;
  close(): void;
}

export interface StoreSize {
  readonly traces: number;
  readonly spans: number;
  readonly logs: number;
  /** On disk. */
  readonly bytes: number;
}

/** The one writer of a store. */
export interface TraceWriting extends Intake {
  pin(traceId: string, pinned: boolean): void;
  deleteAll(): Promise<void>;
  /** Ends after what was taken is on disk. */
  close(): Promise<void>;
}

/** Retention: oldest whole traces go first, pinned ones stay. */
export interface StoreLimits {
  readonly maxSpans: number;
  readonly maxBytes: number;
  readonly maxAgeHours: number;
}
