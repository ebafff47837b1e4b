import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { asDeployed } from "./appRoot.js";

const tracer = trace.getTracer("shop");
const recorded = new WeakSet();

/** Runs the work inside a new span, which ends with it and is marked as failed when it throws. */
export function inSpan(name, options, work) {
  const span = tracer.startSpan(name, options);
  return context.with(trace.setSpan(context.active(), span), async () => {
    try {
      return await work(span);
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks the span as failed. The stack is kept once, on the innermost span that saw the error. */
export function recordFailure(span, error) {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.setAttribute("error.type", error.status ? String(error.status) : error.name);
  if (recorded.has(error)) return;
  recorded.add(error);
  span.recordException({ name: error.name, message: error.message, stack: asDeployed(error.stack) });
}
