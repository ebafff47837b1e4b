import type { Backend } from "./backend.ts";
import { datadog } from "./datadog.ts";
import { jaeger } from "./jaeger.ts";
import { tempo } from "./tempo.ts";
import { zipkin } from "./zipkin.ts";

/** Every kind of backend a connection can have. */
export const backends: readonly Backend[] = [jaeger, tempo, zipkin, datadog];

/** The backend of a kind as settings name it, or undefined. */
export function backendOf(kind: string): Backend | undefined {
  return backends.find((backend) => backend.kind === kind);
}
