import { setTimeout as pause } from "node:timers/promises";
import { inSpan } from "@shop/telemetry";
import type { Line } from "./quotes.ts";

/** The tax office's service answers in this time, and takes any number of questions at once. */
const taxOfficeMs = 38;

const reducedRates = new Map([
  ["food", 0.07],
  ["books", 0.07],
]);

const standardRates = new Map([
  ["DE", 0.19],
  ["FR", 0.2],
  ["SE", 0.25],
]);

/** The taxes of all lines together, in cents. Slow: it waits for each line's rate before it asks for the next. */
export function calculateTaxes(lines: readonly Line[], country: string): Promise<number> {
  const attributes = { "shop.country": country, "shop.lines": lines.length };
  return inSpan("calculate taxes", { attributes }, async (span) => {
    let taxes = 0;
    for (const line of lines) {
      const rate = await lookUpTaxRate(line.category, country);
      span.addEvent("tax rate found", { "shop.product.sku": line.sku, "shop.tax.rate": rate });
      taxes += Math.round(line.price * line.quantity * rate);
    }
    return taxes;
  });
}

async function lookUpTaxRate(category: string, country: string): Promise<number> {
  await pause(taxOfficeMs);
  return reducedRates.get(category) ?? standardRates.get(country) ?? 0;
}
