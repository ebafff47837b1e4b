/** Where Jaeger listens, each as `host:port`. */
export interface JaegerEndpoints {
  readonly ui: string;
  readonly uiGrpc: string;
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly health: string;
}

/** What may be otherwise than usual. */
export interface JaegerOptions {
  /** Where its pages and its query APIs are: "/tools/jaeger". */
  readonly basePath?: string;
  /** Whoever asks names one of these in the header x-tenant. */
  readonly tenants?: readonly string[];
}

/** The configuration (YAML) of a Jaeger v2 of a version, in one process that keeps its traces in memory. */
export function jaegerConfig(
  version: string,
  endpoints: JaegerEndpoints,
  options: JaegerOptions = {},
): string {
  const { basePath = "", tenants = [] } = options;
  const base = basePath === "" ? "" : `    base_path: ${JSON.stringify(basePath)}\n`;
  // Its names had no tags there, and are taken as they are in the source.
  const [enabled, names] = version === "2.13.0" ? ["Enabled", "Tenants"] : ["enabled", "tenants"];
  const tenancy =
    tenants.length === 0
      ? ""
      : `    multi_tenancy:\n      ${enabled}: true\n      ${names}: ${JSON.stringify(tenants)}\n`;
  return `service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [jaeger_storage_exporter]
  telemetry:
    metrics:
      level: none
    logs:
      level: warn
extensions:
  healthcheckv2:
    use_v2: true
    http:
      endpoint: ${endpoints.health}
  jaeger_query:
${base}${tenancy}    storage:
      traces: memory
    http:
      endpoint: ${endpoints.ui}
    grpc:
      endpoint: ${endpoints.uiGrpc}
  jaeger_storage:
    backends:
      memory:
        memory:
          max_traces: 100000
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: ${endpoints.otlpGrpc}
      http:
        endpoint: ${endpoints.otlpHttp}
        max_request_body_size: 268435456
exporters:
  jaeger_storage_exporter:
    trace_storage: memory
`;
}
