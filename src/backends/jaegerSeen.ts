import type { TraceSummary } from "../model/summary.ts";
import type { TimeRange } from "./backend.ts";

/** Of so many traces, the last, the time is kept. */
const most = 5_000;
const beforeMs = 3_600_000;
const afterMs = 24 * 3_600_000;

/** When the traces were that a connection's searches found. */
export interface TracesSeen {
  add(summaries: readonly TraceSummary[]): void;
  /** Generous: some spans of a trace come late. */
  window(id: string): TimeRange | undefined;
}

export function tracesSeen(): TracesSeen {
  const windows = new Map<string, TimeRange>();
  return {
    add(summaries) {
      for (const { traceId, startMs, durationNs } of summaries) {
        windows.delete(traceId);
        windows.set(traceId, { fromMs: startMs - beforeMs, toMs: startMs + durationNs / 1e6 + afterMs });
      }
      for (const id of windows.keys()) {
        if (windows.size <= most) break;
        windows.delete(id);
      }
    },
    window: (id) => windows.get(id.padStart(32, "0")),
  };
}
