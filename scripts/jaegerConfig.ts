/** Where Jaeger listens, each as `host:port`. */
export interface JaegerEndpoints {
  readonly ui: string;
  readonly uiGrpc: string;
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly health: string;
}

/** The configuration (YAML) of a Jaeger v2 in one process that keeps its traces in memory. */
export function jaegerConfig(endpoints: JaegerEndpoints): string {
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
    storage:
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
exporters:
  jaeger_storage_exporter:
    trace_storage: memory
`;
}
