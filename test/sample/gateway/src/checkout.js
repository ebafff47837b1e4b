import { callJson, query, readJson, serveSpan } from "@shop/telemetry";
import { loadCart } from "./carts.js";
import { publishOrder } from "./orderQueue.js";
import { payForOrder } from "./payment.js";
import { shopDatabase } from "./shopDatabase.js";

const pricingUrl = process.env.PRICING_URL;
const inventoryUrl = process.env.INVENTORY_URL;
let lastOrder = 1000;

export function checkout(request) {
  return serveSpan("POST /checkout", request, async (span) => {
    const order = { id: `order-${++lastOrder}`, ...(await readJson(request)) };
    span.setAttributes({ "shop.order.id": order.id, "shop.cart.id": order.cartId });
    return { status: 201, body: await placeOrder(order) };
  });
}

async function placeOrder(order) {
  const cart = await loadCart(order.cartId);
  try {
    const [quote] = await allOrFailure([requestQuote(order, cart), reserveStock(order, cart)]);
    const payment = await payForOrder(order, quote.total);
    return await saveOrder(order, quote, payment);
  } catch (error) {
    await releaseStock(order);
    throw error;
  }
}

function requestQuote({ country, coupon }, cart) {
  return callJson("POST", `${pricingUrl}/quotes`, { country, coupon, lines: cart.lines });
}

function reserveStock(order, cart) {
  const lines = cart.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  return callJson("POST", `${inventoryUrl}/reservations`, { orderId: order.id, lines });
}

function releaseStock(order) {
  return callJson("POST", `${inventoryUrl}/releases`, { orderId: order.id });
}

async function saveOrder(order, quote, payment) {
  const values = [order.id, order.cartId, quote.total, payment.id];
  await query(shopDatabase, "INSERT INTO orders VALUES (?, ?, ?, ?)", ...values);
  await publishOrder({ id: order.id, email: order.email, total: quote.total });
  return { id: order.id, total: quote.total, payment: payment.id };
}

/** Waits for all of them even when one fails, so that nothing is under way when the failure is handled. */
async function allOrFailure(promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return results.map(({ value }) => value);
}
