import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationState } from "../../../src/backends/local/station.ts";
import { createLocalThread } from "../../../src/workers/localThread.ts";

/** A thread that ends when it is asked for the size, and says that it is off to anything else. */
const worker = `
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", ({ call, method }) => {
    if (method === "size") process.exit(3);
    parentPort.postMessage({ answer: call, value: { role: "off" } });
  });
`;

test("A thread that ends is told once and refused as that, and the next question starts another", async () => {
  const states: StationState[] = [];
  const defects: string[] = [];
  const station = createLocalThread(new URL(`data:text/javascript,${encodeURIComponent(worker)}`), "", {
    stateChanged: (state) => states.push(state),
    tracesChanged() {},
    notice() {},
    log() {},
    exported() {},
    defect: (stack) => defects.push(stack),
  });
  await assert.rejects(station.size(), { name: "UserError", message: /^Receiving ended unexpectedly/ });
  assert.deepEqual(
    states.map(({ role }) => role),
    ["failed"],
  );
  assert.match(defects.join(), /ended with 3/);
  assert.equal(station.running, false);
  assert.deepEqual(await station.pin("a", true), { role: "off" });
  assert.equal(station.running, true);
  await station.close();
  assert.deepEqual([states.length, defects.length, station.running], [1, 1, false]);
});
