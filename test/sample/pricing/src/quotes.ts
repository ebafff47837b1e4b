import type { IncomingMessage } from "node:http";
import { readJson, serveSpan } from "@shop/telemetry";
import { applyCoupon } from "./coupons.ts";
import { calculateShipping } from "./shipping.ts";
import { calculateTaxes } from "./taxes.ts";

/** One product of a cart; the price of one piece is in cents. */
export interface Line {
  readonly sku: string;
  readonly category: string;
  readonly price: number;
  readonly quantity: number;
}

interface QuoteRequest {
  readonly country: string;
  readonly coupon?: string;
  readonly lines: readonly Line[];
}

export function quotePrice(request: IncomingMessage) {
  return serveSpan("POST /quotes", request, async (span) => {
    const order: QuoteRequest = await readJson(request);
    const quote = await priceOrder(order);
    span.setAttribute("shop.quote.total", quote.total);
    return { status: 200, body: quote };
  });
}

async function priceOrder({ country, coupon, lines }: QuoteRequest) {
  const full = lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  const goods = coupon ? await applyCoupon(coupon, full) : full;
  const [taxes, shipping] = await Promise.all([
    calculateTaxes(lines, country),
    calculateShipping(lines, country),
  ]);
  return { goods, taxes, shipping, total: goods + taxes + shipping };
}
