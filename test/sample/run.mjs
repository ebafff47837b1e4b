#!/usr/bin/env node
// node run.mjs [--requests 20] [--serve]
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { sendRequests } from "./tools/requests.mjs";
import { prepareShop, startShop } from "./tools/shop.mjs";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "20" }, serve: { type: "boolean", default: false } },
});
const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? "http://127.0.0.1:4318";

if (!(await listens(endpoint))) console.log(`Nothing listens at ${endpoint} yet: traces sent now are lost.`);
const { gatewayUrl, stop } = await startShop(prepareShop(), { endpoint });
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop().then(() => process.exit()));
console.log(`The shop is open at ${gatewayUrl} and sends its traces to ${endpoint}.`);

try {
  const statuses = await sendRequests(gatewayUrl, Number(values.requests));
  for (const [status, count] of statuses) console.log(`  ${count} answered with ${status}`);
  await pause(1500); // The receipts of the last orders, and the last batch of spans.
} finally {
  if (!values.serve) await stop();
}
if (values.serve)
  console.log(`Try: curl ${gatewayUrl}/carts/housewarming   (stop this program to close the shop)`);

async function listens(url) {
  const { hostname, port, protocol } = new URL(url);
  const socket = connect(Number(port) || (protocol === "https:" ? 443 : 80), hostname);
  const connected = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}
