// TRACELINE_FLOOD_SECONDS=60 is the whole of it; then the caller's delay is held to its goal as well.
import assert from "node:assert/strict";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { makeTempFolder } from "../../scripts/tempFolder.ts";
import { createLocalThread } from "../../src/workers/localThread.ts";
import { loopbackStation } from "../support/loopbackStation.ts";
import { type FloodFigures, type FloodLoad, waitingSpans } from "./floodSender.ts";

const asked = process.env.TRACELINE_FLOOD_SECONDS;
const seconds = Number(asked ?? 5);
const spansPerSecond = 20_000;
/** A trace is indexed when it is quiet for a second, or after three. */
const mostWaiting = 8 * spansPerSecond;

test(`${spansPerSecond} spans a second for ${seconds} s lose nothing, are indexed, and leave the caller its time`, async (t) => {
  const folder = await makeTempFolder("flood");
  const alive = setInterval(() => {}, 1000);
  const told: number[] = [];
  const notices: string[] = [];
  const station = createLocalThread(new URL("../../src/workers/local.ts", import.meta.url), folder.path, {
    stateChanged() {},
    tracesChanged: () => told.push(performance.now()),
    notice: (text) => notices.push(text),
    log() {},
    exported() {},
    defect: (text) => notices.push(text),
  });
  t.after(async () => {
    await station.close();
    clearInterval(alive);
    await folder.remove();
  });
  const state = await station.start({
    ...loopbackStation,
    limits: { maxSpans: 5_000_000, maxBytes: 8 * 2 ** 30, maxAgeHours: 24 },
  });
  assert.equal(state.role, "receiving");
  const { at } = state as Extract<typeof state, { role: "receiving" }>;
  const load: FloodLoad = {
    port: Number(new URL(at.http).port),
    folder: folder.path,
    spansPerSecond,
    seconds,
  };
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const sender = new Worker(new URL("./floodSender.ts", import.meta.url), { workerData: load });
  const [figures] = (await once(sender, "message")) as [FloodFigures];
  delay.disable();
  const p99 = delay.percentile(99) / 1e6 - 10;
  t.diagnostic(
    `acknowledged ${figures.acknowledged}, waiting at most ${figures.mostWaiting}, told ${told.length} times, ` +
      `the caller's loop late by ${p99.toFixed(1)} ms (p99)`,
  );
  assert.deepEqual(notices, []);
  assert.equal(figures.refused, 0);
  assert.ok(figures.acknowledged >= spansPerSecond * (seconds - 1));
  assert.ok(figures.mostWaiting < mostWaiting, `${figures.mostWaiting} spans waited`);
  assert.ok(mostIn(told, 1000) <= 11, "it tells more than ten times a second");
  if (asked !== undefined) assert.ok(p99 < 50, `the caller was late by ${p99} ms`);

  assert.equal((await station.size()).spans, figures.acknowledged);
  for (let i = 0; i < 200 && waitingSpans(folder.path) > 0; i++) await pause(50);
  assert.equal(waitingSpans(folder.path), 0);
});

/** The most of these times within so many ms. */
function mostIn(times: readonly number[], ms: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    while (times[to] - times[from] >= ms) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
