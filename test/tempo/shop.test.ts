import assert from "node:assert/strict";
import { inProject } from "../../scripts/projectRoot.ts";
import { runToEnd } from "../../scripts/runningProcess.ts";
import type { TraceQuery } from "../../src/backends/backend.ts";
import { spanIdOf } from "../../src/model/spanId.ts";
import { placeOf } from "../../src/model/spanPlace.ts";
import { tempoTest } from "./server.ts";
import { signal, sourceOf, until } from "./withTempo.ts";

tempoTest(
  "The shop's slow checkout is found with TraceQL, and its slow line over all its traces",
  async (tempo) => {
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: tempo.otlpHttp, SHOP_ROOT: "/srv/shop" };
    await runToEnd(process.execPath, ["run.mjs", "--requests", "7"], {
      cwd: inProject("test", "sample"),
      env,
    });
    const source = sourceOf(tempo);
    const now = Date.now();
    const query: TraceQuery = {
      service: "",
      operation: "",
      tags: new Map(),
      minDurationNs: 0,
      maxDurationNs: 0,
      fromMs: now - 600_000,
      toMs: now + 60_000,
      limit: 20,
      text: '{ resource.service.name = "gateway" && name = "POST /checkout" && span.shop.cart.id = "housewarming" }',
    };
    await until("the checkout", async () => (await source.search(query, signal)).summaries.length > 0);
    const { summaries } = await source.search(query, signal);
    assert.equal(summaries.length, 1);
    const services = ["gateway", "inventory", "payments", "pricing"];
    assert.deepEqual(await source.services(signal), services);

    const { trace, summary, partial } = await source.trace(summaries[0].traceId, signal);
    assert.equal(partial, undefined);
    assert.deepEqual(summary.services.map(({ name }) => name).sort(), services);
    const rows = Array.from(trace.name, (_, row) => row);
    const row = rows.find((one) => trace.labels.at(trace.name[one]) === "calculate taxes");
    assert.ok(row !== undefined);
    const sent = placeOf(trace, row);

    const found = (await source.hotspots?.({ ...query, fileTail: "pricing/src/taxes.ts" }, signal)) ?? [];
    const taxes = found.find(({ place }) => place.line === sent.line);
    assert.ok(taxes);
    assert.deepEqual(
      [taxes.place.service, taxes.place.name, taxes.place.file, taxes.place.function],
      [sent.service, sent.name, sent.file, sent.function],
    );
    assert.ok(taxes.count > 1);
    const call = taxes.calls.find(({ traceId }) => traceId === trace.traceId);
    assert.equal(call?.spanId, spanIdOf(trace, row));
    assert.equal(call?.duration, trace.duration[row]);
  },
);
