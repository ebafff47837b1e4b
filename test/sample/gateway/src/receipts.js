import { setTimeout as pause } from "node:timers/promises";
import { propagation, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { inSpan } from "@shop/telemetry";
import { messaging, takeOrders } from "./orderQueue.js";

const pollMs = 900;
const mailServerMs = 22;

/** Sends a receipt for every queued order, for as long as the process lives. */
export async function sendReceipts() {
  for (;;) {
    await pause(pollMs);
    const messages = takeOrders();
    if (messages.length > 0) await processOrders(messages);
  }
}

/** One trace of its own for a batch, linked to each of the checkouts it comes from. */
function processOrders(messages) {
  const options = {
    kind: SpanKind.CONSUMER,
    root: true,
    links: messages.map(({ headers }) => ({ context: senderOf(headers) })),
    attributes: messaging("process", { "messaging.batch.message_count": messages.length }),
  };
  return inSpan("process orders", options, async () => {
    for (const { order } of messages) await sendReceipt(order);
  });
}

function senderOf(headers) {
  return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers));
}

function sendReceipt(order) {
  const attributes = { "shop.order.id": order.id };
  return inSpan("send receipt", { kind: SpanKind.CLIENT, attributes }, () => pause(mailServerMs));
}
