import type { Event } from "../base/event.ts";
import type { Dependency } from "../model/dependency.ts";
import type { Hotspot } from "../model/hotspot.ts";
import type { LogRecord } from "../model/logRecord.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { Trace } from "../model/trace.ts";
import type { HttpLimits } from "./httpLimits.ts";

/** One kind of tracing backend; the list of kinds is `backends/index.ts`. */
export interface Backend {
  /** As written in settings: "jaeger". */
  readonly kind: string;
  /** As a person reads it: "Jaeger". */
  readonly label: string;
  /** Ports on which one usually listens on the developer's own machine. */
  readonly localPorts: readonly number[];
  /** Secret headers that each of its connections needs. */
  readonly secretHeaders?: readonly string[];
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
  /** "command" takes the token that a program prints: `BackendIo.token`. */
  readonly auth: "none" | "bearer" | "basic" | "command";
  /** For basic. */
  readonly user: string;
  /** Names of headers whose values are secrets: `BackendIo.secret(origin, name)`. */
  readonly secretHeaders?: readonly string[];
  readonly tls?: TlsOptions;
  /** Set by the person for this connection alone: a certificate that this machine does not trust is accepted. */
  readonly allowUntrustedCertificate?: boolean;
}

/** Paths are absolute paths of files on the machine where the extension runs; "" or undefined for none. */
export interface TlsOptions {
  /** PEM with more authorities to trust, beside those of the system. */
  readonly caFile?: string;
  /** PEM of the client's certificate, and of its key. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Name the server's certificate must be for, and that is asked for by SNI, when it is not the URL's host. */
  readonly serverName?: string;
}

/** What a backend needs of the world. */
export interface BackendIo {
  /**
   * The token or password kept for exactly this origin (scheme, host, port), or undefined; with `header`, the value kept for
   * that secret header of that origin.
   */
  secret(origin: string, header?: string): Promise<string | undefined>;
  /** The token that the person's program prints for this origin, for auth "command"; `again` when the last was refused. */
  token?(origin: string, again: boolean, signal: AbortSignal): Promise<string>;
  /** Decodes a body as it comes, in a worker. */
  readonly decode: Decode;
  /** The proxy to reach a URL through, user name and password in it where it needs them; undefined for none. */
  proxy?(url: string): Promise<string | undefined>;
  /** Unix ms. With it, a backend whose clock is off is still searched in the right window. */
  now?(): number;
  /** In place of the usual limits of an exchange. */
  readonly limits?: Partial<HttpLimits>;
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
  /** Operations can be narrowed, and searched, by span kind. */
  readonly spanKinds?: boolean;
  /** Traces can be searched by the service that was called. */
  readonly remoteServices?: boolean;
  /** A query language of its own: `TraceQuery.text`. */
  readonly language?: "traceql";
  /** Calls between services: `dependencies`. */
  readonly dependencies?: boolean;
  /** Latency by line over all traces kept: `hotspots`. */
  readonly latencyByLine?: boolean;
  /** And of functions and routes of which no span names the file: `hotspots` of the tail "". */
  readonly latencyByName?: boolean;
  /** Log records come with a trace. */
  readonly logs?: boolean;
  /** Tells of traces as they arrive: `received`. */
  readonly live?: boolean;
  /** It allows few questions: nobody asks it in the background more often than this. */
  readonly restSeconds?: number;
}

/** Where traces come from. All calls reject with a UserError a person can act on, or with the signal's reason. */
export interface TraceSource {
  readonly connection: Connection;
  readonly can: Capabilities;
  /** Says what answered: "Jaeger 2.20 at …, API v3". Rejects when it is not the backend it is said to be. */
  test(signal: AbortSignal): Promise<string>;
  services(signal: AbortSignal): Promise<readonly string[]>;
  /** Names of spans of a service; of one kind ("server", "client", …) where `can.spanKinds`. */
  operations(service: string, signal: AbortSignal, kind?: string): Promise<readonly string[]>;
  remoteServices?(service: string, signal: AbortSignal): Promise<readonly string[]>;
  search(query: TraceQuery, signal: AbortSignal): Promise<SearchResult>;
  /** Rejects with a UserError of code "notFound" when the source does not have it. */
  trace(id: string, signal: AbortSignal, onProgress?: (bytes: number) => void): Promise<SourcedTrace>;
  /** Several traces in one request, those it has, in any order. */
  traces?(ids: readonly string[], signal: AbortSignal): Promise<readonly SourcedTrace[]>;
  /** Which services called which, from `fromMs` to `toMs` (unix ms). */
  dependencies?(range: TimeRange, signal: AbortSignal): Promise<readonly Dependency[]>;
  /** Latency by place, computed by the backend over all it keeps. */
  hotspots?(query: HotspotQuery, signal: AbortSignal): Promise<readonly Hotspot[]>;
  /** Names of attributes as the backend's language writes them ("span.http.route"), and values of one, as it writes them. */
  attributeNames?(signal: AbortSignal): Promise<readonly string[]>;
  attributeValues?(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** A web page that shows the trace, or undefined. */
  link(id: string): string | undefined;
  readonly received?: Event<TraceSummary>;
  dispose(): void;
}

/** Unix ms. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Spans whose code is in a file whose path ends in `fileTail`: its last segment or more, with "/" ("cart.ts", "src/cart.ts"). */
export interface HotspotQuery extends TimeRange {
  readonly fileTail: string;
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
  /** "server", "client", "producer", "consumer", "internal"; "" or undefined for any. */
  readonly spanKind?: string;
  readonly remoteService?: string;
  /** Only traces with an error. */
  readonly errorsOnly?: boolean;
  /** A query in the source's own language: then only the time range and the limit of the others count. */
  readonly text?: string;
}

export interface SearchResult {
  /** Newest first. */
  readonly summaries: readonly TraceSummary[];
  /** The answer was cut at the limit: there may be more. */
  readonly limited: boolean;
  readonly notes: readonly string[];
  /** By place, of the traces found, where the answer held whole traces; feeds the latency hints. They may come after the list. */
  readonly hotspots: readonly Hotspot[] | Promise<readonly Hotspot[]>;
}

/** A trace and what came with it. */
export interface SourcedTrace {
  readonly trace: Trace;
  readonly summary: TraceSummary;
  /** They come after the trace. */
  readonly hotspots: Promise<readonly Hotspot[]>;
  /** What the source said beside the trace, such as that it is cut short. */
  readonly notes?: readonly string[];
  /** The source says that spans are missing: shown as "Partial". */
  readonly partial?: boolean;
  /** Log records of the trace, by time. */
  readonly logs?: readonly LogRecord[];
  /** Others in the same file, the shown one included. */
  readonly siblings: readonly TraceSummary[];
}
