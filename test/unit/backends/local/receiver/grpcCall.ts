import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";

export const exportPaths = {
  traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
  metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
} as const;

export interface GrpcCall {
  readonly path?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string | number>>;
  readonly deadlineMs?: number;
  readonly address?: string;
}

/** Calls Export with raw bytes, and answers the response's bytes or the error. */
export async function callExport(
  port: number,
  bytes: Uint8Array,
  {
    path = exportPaths.traces,
    metadata = {},
    options = {},
    deadlineMs = 10_000,
    address = "127.0.0.1",
  }: GrpcCall = {},
): Promise<Buffer | ServiceError> {
  const client = new Client(`${address}:${port}`, credentials.createInsecure(), options);
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  const raw = (buffer: Buffer): Buffer => buffer;
  try {
    return await new Promise((resolve) => {
      const until = { deadline: Date.now() + deadlineMs };
      client.makeUnaryRequest(path, raw, raw, Buffer.from(bytes), sent, until, (error, answer) =>
        resolve(error ?? answer!),
      );
    });
  } finally {
    client.close();
  }
}
