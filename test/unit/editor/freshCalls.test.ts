import assert from "node:assert/strict";
import { test } from "node:test";
import { freshCalls } from "../../../src/editor/hints/freshCalls.ts";
import type { Hotspot } from "../../../src/model/hotspot.ts";

const place = {
  service: "shop",
  language: "",
  name: "load",
  file: "",
  line: 0,
  column: 0,
  function: "load",
  route: "",
};

function hotspot(from: number, to: number, count = to - from): Hotspot {
  const calls = Array.from({ length: to - from }, (_, i) => ({
    traceId: `t${from + i}`,
    spanId: "1",
    duration: 1,
    self: 1,
    critical: 0,
    traceDuration: 1,
    error: i === 0,
    startMs: 0,
  }));
  return { place, calls, count, errors: 1, sampled: false };
}

test("what comes again is not counted again", () => {
  const counted = new Set<string>();
  assert.equal(freshCalls(hotspot(0, 10), counted)?.count, 10);
  assert.equal(freshCalls(hotspot(0, 10), counted), undefined);
});

test("of an overlapping answer the new calls alone are counted, with their errors", () => {
  const counted = new Set<string>();
  freshCalls(hotspot(0, 10), counted);
  const fresh = freshCalls(hotspot(5, 12), counted);
  assert.equal(fresh?.count, 2);
  assert.equal(fresh?.errors, 0);
  assert.equal(fresh?.sampled, false);
});

test("of an answer that holds a sample, as much of the count is new as of the sample, and it is marked", () => {
  const counted = new Set<string>();
  assert.equal(freshCalls(hotspot(0, 100, 1000), counted)?.count, 1000);
  const fresh = freshCalls(hotspot(1, 101, 1000), counted);
  assert.equal(fresh?.count, 10);
  assert.equal(fresh?.sampled, true);
});
