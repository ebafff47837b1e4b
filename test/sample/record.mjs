#!/usr/bin/env node
// Runs the shop and writes what its services export to traces/, in the file format of the OpenTelemetry Collector.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sendRequests } from "./tools/requests.mjs";
import { prepareShop, shopRoot, startShop } from "./tools/shop.mjs";
import { openSink } from "./tools/sink.mjs";
import { duration, onlyTrace, spansOf } from "./tools/traces.mjs";

const prepared = prepareShop();
if (prepared.length < 4) throw new Error("A recording needs all four services.");

const sink = await openSink();
const shop = await startShop(prepared, { endpoint: sink.endpoint, environment: { SHOP_ROOT: "/srv/shop" } });
try {
  await sendRequests(shop.gatewayUrl, 18);
  await pause(1500); // The receipts of the last orders.
} finally {
  await shop.stop();
}
const documents = sink.close();

const spans = spansOf(documents);
const checkouts = spans.filter(({ name, parentSpanId }) => name === "POST /checkout" && !parentSpanId);
const slowest = checkouts.sort((a, b) => duration(b) - duration(a))[0];

mkdirSync(join(shopRoot, "traces"), { recursive: true });
const lines = documents.map((document) => `${JSON.stringify(document)}\n`);
writeFileSync(join(shopRoot, "traces/shop.otlp.jsonl"), lines.join(""));
const oneTrace = JSON.stringify(onlyTrace(documents, slowest.traceId), null, 2);
writeFileSync(join(shopRoot, "traces/checkout-slow.otlp.json"), `${oneTrace}\n`);

const traces = new Set(spans.map(({ traceId }) => traceId));
console.log(
  `${traces.size} traces, ${spans.length} spans; the slowest checkout took ${duration(slowest)} ms.`,
);
