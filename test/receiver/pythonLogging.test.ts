import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { runToEnd } from "../../scripts/runningProcess.ts";
import { readLogs } from "../../src/formats/otlpLogs.ts";
import { tracedEnvironment, variablesOf } from "../../src/model/tracedProgram.ts";
import { pythonSdk } from "../preload/tracingSdks.ts";
import { withReceiver } from "../unit/backends/local/receiver/memoryIntake.ts";
import { joined } from "../unit/formats/otlpMessages.ts";

const program = `
import logging
from opentelemetry import trace

with trace.get_tracer("shop").start_as_current_span("order"):
    logging.getLogger("cart").warning("stock is low")
`;

test("A Python program that is started by opentelemetry-instrument in a traced terminal sends its logging", async (t) => {
  const python = await pythonSdk().catch((error: unknown) => {
    skipOrFail(`Python's SDK cannot be installed here: ${String(error).split("\n")[0]}`, t);
  });
  if (python === undefined) return;
  await withReceiver({}, async ({ http, intake }) => {
    const given = new Map<string, string>();
    const endpoint = { http, grpc: undefined };
    const serviceName = "shop";
    const told = tracedEnvironment({ endpoint, given, serviceName, preload: undefined, delimiter: ":" });
    const env = { ...process.env, ...Object.fromEntries(variablesOf(told, given)) };
    await runToEnd(join(dirname(python), "opentelemetry-instrument"), [python, "-c", program], { env });
    const [span] = intake.traces();
    const { records } = readLogs(joined(intake.logs().map(({ bytes }) => bytes)), 0n, 10, span.traceId);
    assert.deepEqual(
      records.map(({ body, service, scope }) => ({ body, service, scope })),
      [{ body: "stock is low", service: "shop", scope: "cart" }],
    );
  });
});
