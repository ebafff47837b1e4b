// An ES module that starts one span.
import { createRequire } from "node:module";

const load = createRequire(`${process.env.SDK}/`);
const { trace } = await import(load.resolve("@opentelemetry/api"));
const { NodeTracerProvider } = await import(load.resolve("@opentelemetry/sdk-trace-node"));
(trace.default ?? trace).setGlobalTracerProvider(new NodeTracerProvider());

export function pay() {
  return trace.getTracer("shop").startSpan("pay");
}

const { attributes } = pay();
console.log(
  JSON.stringify({ ...attributes, "code.file.path": attributes["code.file.path"] === import.meta.filename }),
);
