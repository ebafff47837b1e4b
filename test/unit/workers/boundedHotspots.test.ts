import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hotspot } from "../../../src/model/hotspot.ts";
import { boundedHotspots } from "../../../src/workers/boundedHotspots.ts";

function spot(name: string, calls: number): Hotspot {
  return {
    place: { service: "shop", language: "", name, file: "", line: 0, column: 0, function: "", route: "" },
    calls: Array.from({ length: calls }, (_, i) => ({
      traceId: "1",
      spanId: String(i),
      duration: calls - i,
      self: 0,
      critical: 0,
      traceDuration: 0,
      error: false,
      startMs: 0,
    })),
    count: 10 * calls,
    errors: 1,
    sampled: false,
  };
}

describe("hotspots on their way to another thread", () => {
  it("are left alone while they are few", () => {
    const list = [spot("a", 512), spot("b", 3)];
    assert.deepEqual(boundedHotspots(list), list);
  });

  it("keep their counts, their slowest calls and their quantiles when they are many", () => {
    const list = boundedHotspots(Array.from({ length: 200 }, (_, i) => spot(`place ${i}`, 512)));
    const total = list.reduce((sum, { calls }) => sum + calls.length, 0);
    assert.ok(total <= 10_000, String(total));
    for (const { calls, count } of list) {
      assert.equal(count, 5120);
      assert.deepEqual(
        calls.slice(0, 8).map(({ duration }) => duration),
        [512, 511, 510, 509, 508, 507, 506, 505],
      );
      assert.ok(Math.abs(calls[calls.length >> 1].duration - 256) < 40);
      assert.ok(calls.every(({ duration }, i) => i === 0 || duration < calls[i - 1].duration));
    }
  });

  it("are not more than 500 places", () => {
    assert.equal(boundedHotspots(Array.from({ length: 3000 }, (_, i) => spot(`place ${i}`, 1))).length, 500);
  });
});
