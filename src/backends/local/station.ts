import type { OtlpLogs } from "../../formats/otlpLogs.ts";
import type { Hotspot } from "../../model/hotspot.ts";
import type { TraceSummary } from "../../model/summary.ts";
import type { HotspotQuery, TraceQuery } from "../backend.ts";
import type { StoreLimits, StoreSize } from "./traceStore.ts";

/** Receives and keeps traces, in a thread of its own: what the editor asks of it. Every answer is plain data. */
export interface Station extends StationReading {
  /**
   * Begins to receive, or to read beside the window that already does. Resolves with what came of it; a port that is taken is
   * a state, not an error. Started again with other options, it stops first.
   */
  start(options: StationOptions): Promise<StationState>;
  /** Ends receiving; what is kept can still be read. */
  stop(): Promise<StationState>;
  /** Keeps a trace however old it gets, or no longer. While this window does not receive, it asks the one that does, or will. */
  pin(traceId: string, pinned: boolean): Promise<void>;
  deleteAll(): Promise<void>;
  /** Writes traces as OTLP JSON Lines to a new file, oldest first; undefined for all. Answers how many. */
  exportTo(path: string, traceIds: readonly string[] | undefined): Promise<number>;
  /** Ends an export that is under way; what was written is removed. */
  cancelExport(): Promise<void>;
  /** Finishes what was acknowledged, and ends. */
  close(): Promise<void>;
}

/** What is kept, for the source of received traces. */
export interface StationReading {
  services(): Promise<readonly string[]>;
  operations(service: string): Promise<readonly string[]>;
  attributeKeys(): Promise<readonly string[]>;
  search(
    query: TraceQuery,
  ): Promise<{ readonly summaries: readonly TraceSummary[]; readonly limited: boolean }>;
  summary(traceId: string): Promise<TraceSummary | undefined>;
  known(traceIds: readonly string[]): Promise<readonly string[]>;
  /** OTLP protobuf of the whole trace. */
  spans(traceId: string): Promise<Uint8Array | undefined>;
  /** The earliest by time; `epoch` is the trace's, in unix ns. */
  logs(traceId: string, epoch: bigint): Promise<OtlpLogs>;
  hotspots(query: HotspotQuery): Promise<readonly Hotspot[]>;
  size(): Promise<StoreSize>;
}

/** What the station tells the editor, on its own. */
export interface StationListener {
  stateChanged(state: StationState): void;
  /** Traces that are new or have grown, at most ten times a second. */
  tracesChanged(summaries: readonly TraceSummary[]): void;
  /** Something a person should know, said once: a damaged store was set aside, metrics are dropped. */
  notice(text: string): void;
  /** A line for the log. */
  log(text: string): void;
  /** How many traces an export has written. */
  exported(count: number): void;
}

export interface StationOptions {
  /** 0 takes any free one. */
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Addresses to listen on. */
  readonly hosts: readonly string[];
  /** Names by which senders may call it, beside those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Web pages that may send, such as http://localhost:3000. */
  readonly allowedOrigins: readonly string[];
  /** Required of senders in x-otlp-api-key; "" for none. */
  readonly apiKey: string;
  /** Of one request, inflated; over gRPC at most 64 MB. */
  readonly maxBodyBytes: number;
  readonly limits: StoreLimits;
}

/** How receiving stands. */
export type StationState =
  | { readonly role: "off" }
  /** This window receives. */
  | { readonly role: "receiving"; readonly at: StationAddresses }
  /** Another window receives; its traces are read here, and this window takes over when it is gone. */
  | { readonly role: "reading"; readonly at: StationAddresses; readonly process: number }
  /** It wants to receive and cannot, for a reason a person can act on; `port` is the one that is taken. */
  | { readonly role: "failed"; readonly reason: string; readonly port: number | undefined };

/** Base addresses to send to: "http://127.0.0.1:4318"; "" for what is not offered. */
export interface StationAddresses {
  readonly http: string;
  readonly grpc: string;
}
