import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { CodeLocation } from "./codeLocation.js";

/** Sends this process's spans to `OTEL_EXPORTER_OTLP_ENDPOINT`, the last ones when it is asked to stop. */
export function startTelemetry(serviceName, serviceVersion) {
  const service = resourceFromAttributes({
    "service.name": serviceName,
    "service.version": serviceVersion,
    "service.namespace": "shop",
  });
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(service),
    spanProcessors: [new CodeLocation(), new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const stop = async () => {
    await provider.shutdown().catch((error) => console.error(`The last spans are lost: ${error.message}`));
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
}
