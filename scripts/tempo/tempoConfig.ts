/** Where Tempo listens on the loopback interface, and the folder it writes to. */
export interface TempoPlaces {
  readonly http: number;
  readonly grpc: number;
  readonly otlpHttp: number;
  readonly otlpGrpc: number;
  readonly folder: string;
}

/** What a test can ask of a Tempo; each is Tempo's own default unless given. */
export interface TempoSettings {
  /** Every request must name a tenant in `X-Scope-OrgID`. */
  readonly multitenancy?: boolean;
  /** A path before `/api`, such as `/tempo`, as behind a reverse proxy. */
  readonly apiPrefix?: string;
}

/** Longer than any test's traces are old: all of them count as fresh. */
const ALWAYS = "87600h";

/** A trace of 100,000 spans comes in at once. */
const INGESTION = "ingestion: { rate_limit_bytes: 1000000000, burst_size_bytes: 1000000000 }";

/**
 * The configuration (YAML) of a Tempo in one process on the local disk. Spans can be searched and measured half a second
 * after they came, however old they say they are: the ingester and the generator, which hold what is fresh, keep it for
 * good and are asked at any time range, and spans of all kinds, not of servers only, go into the metrics. A new block
 * begins each second, so that a trace sent in parts lies in several.
 */
export function tempoConfig(places: TempoPlaces, settings: TempoSettings = {}): string {
  const folder = (name: string) => JSON.stringify(`${places.folder}/${name}`);
  return `target: all
multitenancy_enabled: ${settings.multitenancy === true}
http_api_prefix: ${JSON.stringify(settings.apiPrefix ?? "")}
usage_report:
  reporting_enabled: false
server:
  http_listen_address: 127.0.0.1
  http_listen_port: ${places.http}
  grpc_listen_address: 127.0.0.1
  grpc_listen_port: ${places.grpc}
  log_level: warn
distributor:
  ring:
    instance_addr: 127.0.0.1
  receivers:
    otlp:
      protocols:
        grpc:
          endpoint: 127.0.0.1:${places.otlpGrpc}
        http:
          endpoint: 127.0.0.1:${places.otlpHttp}
ingester:
  lifecycler:
    address: 127.0.0.1
    min_ready_duration: 0s
    final_sleep: 0s
  trace_idle_period: 200ms
  flush_check_period: 200ms
  max_block_duration: 1s
  complete_block_timeout: ${ALWAYS}
querier:
  frontend_worker:
    frontend_address: 127.0.0.1:${places.grpc}
query_frontend:
  search:
    query_backend_after: ${ALWAYS}
    query_ingesters_until: ${ALWAYS}
  metrics:
    query_backend_after: ${ALWAYS}
metrics_generator:
  ring:
    instance_addr: 127.0.0.1
  metrics_ingestion_time_range_slack: ${ALWAYS}
  processor:
    local_blocks:
      trace_idle_period: 200ms
      flush_check_period: 200ms
      complete_block_timeout: ${ALWAYS}
      filter_server_spans: false
  storage:
    path: ${folder("generator")}
  traces_storage:
    path: ${folder("generatorTraces")}
    ingestion_time_range_slack: ${ALWAYS}
storage:
  trace:
    backend: local
    wal:
      path: ${folder("wal")}
      ingestion_time_range_slack: ${ALWAYS}
    local:
      path: ${folder("blocks")}
overrides:
  defaults:
    ${INGESTION}
    global: { max_bytes_per_trace: 0 }
    metrics_generator: { processors: [local-blocks] }
  per_tenant_override_config: ${folder("overrides.yaml")}
  per_tenant_override_period: 300ms
`;
}

/** Limits that Tempo reads again while it runs; given a number, they stand in for those of the configuration. */
export function tempoLimits(maxBytesPerTrace?: number): string {
  if (maxBytesPerTrace === undefined) return "overrides: {}\n";
  return `overrides:
  "*":
    ${INGESTION}
    global: { max_bytes_per_trace: ${maxBytesPerTrace} }
    metrics_generator: { processors: [local-blocks] }
`;
}
