import { setTimeout as pause } from "node:timers/promises";
import { callJson, inSpan } from "@shop/telemetry";

const paymentsUrl = process.env.PAYMENTS_URL;
const maxAttempts = 3;
const firstDelayMs = 50;

export function payForOrder(order, total) {
  const attributes = { "shop.order.id": order.id, "shop.order.total": total };
  return inSpan("pay for order", { attributes }, (span) => chargeWithRetry(order, total, span));
}

async function chargeWithRetry(order, total, span) {
  const charge = { key: order.id, card: order.card, amount: total };
  for (let attempt = 1; ; attempt++) {
    try {
      return await callJson("POST", `${paymentsUrl}/charges`, charge);
    } catch (error) {
      if (error.status !== 503 || attempt === maxAttempts) throw error;
      const delayMs = firstDelayMs * 2 ** (attempt - 1);
      span.addEvent("retry", { attempt, delayMs, reason: error.message });
      await pause(delayMs);
    }
  }
}
