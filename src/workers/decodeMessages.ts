import type { DecodeRequest } from "../backends/backend.ts";
import type { Hotspot } from "../model/hotspot.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { WireError } from "../wire/rpc.ts";

/** To the decode thread. One job at a time: `begin`, then `chunk`s and `end` unless a path was given. */
export type ToDecode =
  | {
      readonly kind: "begin";
      readonly job: number;
      readonly request: Pick<DecodeRequest, "traceId" | "want" | "label">;
      /** Bytes that compressed input may become. */
      readonly maxInflated: number;
      /** A regular file that the thread reads itself. */
      readonly path: string | undefined;
    }
  | { readonly kind: "chunk"; readonly job: number; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: "end"; readonly job: number }
  /** A job of its own: packed traces that become one. */
  | { readonly kind: "merge"; readonly job: number; readonly traces: readonly ArrayBuffer[] };

/** From the decode thread. */
export type FromDecode =
  /** So many more bytes have been read: more may be sent. */
  | { readonly kind: "taken"; readonly job: number; readonly bytes: number }
  | { readonly kind: "done"; readonly job: number; readonly result: DecodeResult }
  /** Follows `done`: a trace is not kept waiting for them. */
  | { readonly kind: "hotspots"; readonly job: number; readonly hotspots: readonly Hotspot[] }
  | { readonly kind: "failed"; readonly job: number; readonly error: WireError; readonly defect: string };

/** `Decoded` as it crosses: the trace packed, the hotspots later. */
export interface DecodeResult {
  readonly format: string;
  readonly summaries: readonly TraceSummary[];
  readonly trace: ArrayBuffer | undefined;
  readonly notes: readonly string[];
}
