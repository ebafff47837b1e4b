import { serve, startTelemetry } from "@shop/telemetry";
import { showCart } from "./carts.js";
import { checkout } from "./checkout.js";
import { listProducts, showProduct } from "./products.js";
import { sendReceipts } from "./receipts.js";

startTelemetry("gateway", "2.11.0");
sendReceipts();
serve([
  ["GET", /^\/health$/, async () => ({ status: 200, body: {} })],
  ["GET", /^\/products$/, listProducts],
  ["GET", /^\/products\/([\w-]+)$/, showProduct],
  ["GET", /^\/carts\/(\w+)$/, showCart],
  ["POST", /^\/checkout$/, checkout],
]);
