import { HttpError, query, serveSpan } from "@shop/telemetry";
import { shopDatabase } from "./shopDatabase.js";

export function showCart(request, cartId) {
  return serveSpan("GET /carts/:id", request, async (span) => {
    span.setAttribute("shop.cart.id", cartId);
    return { status: 200, body: await loadCart(cartId) };
  });
}

/** The cart with its products: one query for the lines, and then one more for each of them. */
export async function loadCart(cartId) {
  const cartLines = await query(
    shopDatabase,
    "SELECT sku, quantity FROM cart_lines WHERE cart_id = ?",
    cartId,
  );
  if (cartLines.length === 0) throw new HttpError(404, `There is no cart ${cartId}`);

  const lines = [];
  for (const { sku, quantity } of cartLines) {
    const [product] = await query(shopDatabase, "SELECT * FROM products WHERE sku = ?", sku);
    lines.push({ ...product, quantity });
  }
  return { id: cartId, lines };
}
