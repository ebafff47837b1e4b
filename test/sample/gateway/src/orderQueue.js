import { context, propagation, SpanKind } from "@opentelemetry/api";
import { inSpan } from "@shop/telemetry";

const waiting = [];

/** Queues a placed order together with the trace it was placed in. */
export function publishOrder(order) {
  const attributes = messaging("send", { "messaging.message.id": order.id });
  return inSpan("send orders", { kind: SpanKind.PRODUCER, attributes }, async () => {
    const headers = {};
    propagation.inject(context.active(), headers);
    waiting.push({ headers, order });
  });
}

/** Takes every order that waits. */
export function takeOrders() {
  return waiting.splice(0);
}

export function messaging(operation, attributes) {
  return {
    "messaging.system": "in-memory",
    "messaging.destination.name": "orders",
    "messaging.operation.name": operation,
    ...attributes,
  };
}
