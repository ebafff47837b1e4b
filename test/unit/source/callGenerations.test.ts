import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Hotspot, HotspotCall } from "../../../src/model/hotspot.ts";
import { callGenerations } from "../../../src/source/callGenerations.ts";

function call(startMs: number, more: Partial<HotspotCall> = {}): HotspotCall {
  const times = { duration: 5, self: 5, critical: 5, traceDuration: 5 };
  return { traceId: `t${startMs}`, spanId: "s", ...times, error: false, startMs, ...more };
}

function hotspot(calls: readonly HotspotCall[], more: Partial<Hotspot> = {}): Hotspot {
  const place = {
    service: "",
    language: "",
    name: "",
    file: "a.js",
    line: 4,
    column: 0,
    function: "",
    route: "",
  };
  return { place, calls, count: calls.length, errors: 0, sampled: false, ...more };
}

/** `100: 2 calls, 1 error`, and `~2 calls` for an estimate. */
function texts(given: Hotspot, starts: readonly number[]): string[] {
  return [...callGenerations(given, starts)].map(
    ([generation, { count, errors, sampled }]) =>
      `${generation}: ${sampled ? "~" : ""}${count} calls, ${errors} errors`,
  );
}

suite("The calls of a hotspot", () => {
  test("stay together while the file's lines have not moved", () => {
    const given = hotspot([call(50), call(150)], { count: 900 });
    assert.equal(callGenerations(given, []).get(0), given);
  });

  test("are counted by the text that they ran in, newest first", () => {
    const given = hotspot([call(50), call(100, { error: true }), call(150), call(90)], { errors: 1 });
    assert.deepEqual(texts(given, [100]), ["100: 2 calls, 1 errors", "0: 2 calls, 0 errors"]);
    assert.deepEqual(texts(given, [60, 95, 120]), [
      "120: 1 calls, 0 errors",
      "95: 1 calls, 1 errors",
      "60: 1 calls, 0 errors",
      "0: 1 calls, 0 errors",
    ]);
  });

  test("of one text alone are as they were", () => {
    const given = hotspot([call(50)]);
    assert.equal(callGenerations(given, [100]).get(0), given);
  });

  test("that were not all kept are an estimate", () => {
    const slowest = Array.from({ length: 64 }, () => call(50));
    const sample = Array.from({ length: 100 }, (_, i) => call(i < 25 ? 50 : 150));
    const given = hotspot([...slowest, ...sample], { count: 1064 });
    assert.deepEqual(texts(given, [100]), ["100: ~750 calls, 0 errors", "0: ~314 calls, 0 errors"]);
  });

  test("stand for their share of what all of them do", () => {
    const given = hotspot([call(50), call(150), call(151), call(152)], { weight: 400 });
    assert.deepEqual(
      [...callGenerations(given, [100]).values()].map(({ weight }) => weight),
      [300, 100],
    );
  });

  test("of which none is kept are those of the first text", () => {
    assert.deepEqual(texts(hotspot([], { count: 7 }), [100]), ["0: 7 calls, 0 errors"]);
  });
});
