/** A trace in one line of a list. Plain data: it crosses threads and is kept in settings memory. */
export interface TraceSummary {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  /** Unix ms of the earliest start. */
  readonly startMs: number;
  /** From the earliest start to the latest end, in ns. */
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  readonly services: readonly { readonly name: string; readonly spans: number }[];
}
