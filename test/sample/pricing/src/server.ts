import { serve, startTelemetry } from "@shop/telemetry";
import { quotePrice } from "./quotes.ts";

startTelemetry("pricing", "1.8.2");
serve([
  ["GET", /^\/health$/, async () => ({ status: 200, body: {} })],
  ["POST", /^\/quotes$/, quotePrice],
]);
