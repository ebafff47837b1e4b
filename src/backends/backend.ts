import type { Event } from "../base/event.ts";
import type { Hotspot } from "../model/hotspot.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { Trace } from "../model/trace.ts";

/** One kind of tracing backend; the list of kinds is `backends/index.ts`. */
export interface Backend {
  /** As written in settings: "jaeger". */
  readonly kind: string;
  /** As a person reads it: "Jaeger". */
  readonly label: string;
  /** Ports on which one usually listens on the developer's own machine. */
  readonly localPorts: readonly number[];
  connect(to: Connection, io: BackendIo): TraceSource;
}

/** A backend as a person set it up. Secrets are not in it: they come through `BackendIo.secret`. */
export interface Connection {
  readonly name: string;
  readonly kind: string;
  /** Base URL, path included, without user name and password. */
  readonly url: string;
  /** Extra headers, none of them secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Tenant: sent as the backend's tenant header. */
  readonly tenant: string;
  readonly auth: "none" | "bearer" | "basic";
  /** For basic. */
  readonly user: string;
  /** Set by the person for this connection alone: a certificate that this machine does not trust is accepted. */
  readonly allowUntrustedCertificate?: boolean;
}

/** What a backend needs of the world. */
export interface BackendIo {
  /** The token or password kept for exactly this origin (scheme, host, port), or undefined. */
  secret(origin: string): Promise<string | undefined>;
  /** Decodes a body as it comes, in a worker. */
  readonly decode: Decode;
  /** The proxy to reach a URL through, user name and password in it where it needs them; undefined for none. */
  proxy?(url: string): Promise<string | undefined>;
  /** One line for the log: never a secret, never a body. */
  log(line: string): void;
}

/** Bytes to traces, in a worker. Rejects with a UserError when they are not traces. */
export type Decode = (
  body: AsyncIterable<Uint8Array>,
  request: DecodeRequest,
  signal: AbortSignal,
) => Promise<Decoded>;

export interface DecodeRequest {
  /** The trace wanted: an id of 1 to 32 hex digits, matched with leading zeros dropped; "" for the first (largest) one. */
  readonly traceId: string;
  /** "summaries" builds no trace and answers the list alone. */
  readonly want: "trace" | "summaries" | "hotspots";
  /** As the error messages name the input: a file's name, a backend's. */
  readonly label: string;
  /** Hears how many bytes have been decoded, some times a second. */
  readonly onProgress?: (bytes: number) => void;
}

export interface Decoded {
  /** Name of the format that was recognised. */
  readonly format: string;
  readonly summaries: readonly TraceSummary[];
  /** Undefined when not wanted, or when the wanted id is not among them. */
  readonly trace: Trace | undefined;
  /** Of all traces decoded. They come after the trace, which is to be seen first; to be awaited or left alone. */
  readonly hotspots: Promise<readonly Hotspot[]>;
  /** What is to be said of the whole. */
  readonly notes: readonly string[];
}

/** What a source can do, so that a form shows exactly that. */
export interface Capabilities {
  readonly services: boolean;
  readonly operations: boolean;
  readonly searchWithoutService: boolean;
  readonly tags: boolean;
  readonly duration: boolean;
  readonly timeRange: boolean;
  readonly limit: boolean;
}

/** Where traces come from. All calls reject with a UserError a person can act on, or with the signal's reason. */
export interface TraceSource {
  readonly connection: Connection;
  readonly can: Capabilities;
  /** Says what answered: "Jaeger 2.20 at …, API v3". Rejects when it is not the backend it is said to be. */
  test(signal: AbortSignal): Promise<string>;
  services(signal: AbortSignal): Promise<readonly string[]>;
  operations(service: string, signal: AbortSignal): Promise<readonly string[]>;
  search(query: TraceQuery, signal: AbortSignal): Promise<SearchResult>;
  /** Rejects with a UserError of code "notFound" when the source does not have it. */
  trace(id: string, signal: AbortSignal, onProgress?: (bytes: number) => void): Promise<SourcedTrace>;
  /** A web page that shows the trace, or undefined. */
  link(id: string): string | undefined;
  readonly received?: Event<TraceSummary>;
  dispose(): void;
}

export interface TraceQuery {
  readonly service: string;
  readonly operation: string;
  /** Tag filters, exact: key to value. */
  readonly tags: ReadonlyMap<string, string>;
  /** ns; 0 for none. */
  readonly minDurationNs: number;
  readonly maxDurationNs: number;
  /** Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

export interface SearchResult {
  /** Newest first. */
  readonly summaries: readonly TraceSummary[];
  /** The answer was cut at the limit: there may be more. */
  readonly limited: boolean;
  readonly notes: readonly string[];
  /** By place, of the traces found, where the answer held whole traces; feeds the latency hints. */
  readonly hotspots: readonly Hotspot[];
}

/** A trace and what came with it. */
export interface SourcedTrace {
  readonly trace: Trace;
  readonly summary: TraceSummary;
  /** They come after the trace. */
  readonly hotspots: Promise<readonly Hotspot[]>;
  /** What the source said beside the trace, such as that it is cut short. */
  readonly notes?: readonly string[];
  /** Others in the same file, the shown one included. */
  readonly siblings: readonly TraceSummary[];
}
