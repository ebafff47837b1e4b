import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ageText, durationText, offsetText, shareText, timeText } from "../../../src/model/durationText.ts";

const s = 1e9;
const durations: [ns: number, text: string][] = [
  [0, "0 ns"],
  [850, "850 ns"],
  [999.6, "1.00 µs"],
  [12_400, "12.4 µs"],
  [999_499, "999 µs"],
  [999_500, "1.00 ms"],
  [12_000_000, "12 ms"],
  [12_003_000, "12.0 ms"],
  [6_383_396, "6.38 ms"],
  [6_398_348, "6.40 ms"],
  [6_400_000, "6.4 ms"],
  [465_013_000, "465 ms"],
  [1_250_000_000, "1.25 s"],
  [59.94 * s, "59.9 s"],
  [59.96 * s, "1 min"],
  [123 * s, "2 min 3 s"],
  [3599.7 * s, "1 h"],
  [3600 * s + 29 * s, "1 h"],
  [3900 * s, "1 h 5 min"],
  [3 * 3600 * s + 59.6 * 60 * s, "4 h"],
  [86_400 * s - 1, "1 d"],
  [100_000 * s, "1 d 4 h"],
  [-12_000_000, "-12 ms"],
  [Number.NaN, "–"],
  [Number.POSITIVE_INFINITY, "–"],
];
for (const [ns, text] of durations) {
  test(`${ns} ns reads ${text}`, () => assert.equal(durationText(ns), text));
}

const offsets: [ns: number, text: string][] = [
  [0, "at start"],
  [-0, "at start"],
  [0.4, "at start"],
  [1, "+1 ns"],
  [6_398_348, "+6.40 ms"],
  [-2_000_000, "-2 ms"],
];
for (const [ns, text] of offsets) {
  test(`${ns} ns after a start reads ${text}`, () => assert.equal(offsetText(ns), text));
}

test("a longer duration never reads shorter, and none reads NaN", () => {
  const scale = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9, min: 6e10, h: 3.6e12, d: 8.64e13 } as const;
  const read = (text: string) => {
    return [...text.matchAll(/([\d.]+) (\S+)/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * scale[unit as "s"],
      0,
    );
  };
  const ns = fc.double({ min: 0, max: 1e16, noNaN: true });
  fc.assert(
    fc.property(ns, fc.double({ min: 1, max: 1.1, noNaN: true }), (shorter, factor) => {
      assert.ok(read(durationText(shorter)) <= read(durationText(shorter * factor)));
      assert.match(durationText(shorter), /^\d/);
    }),
  );
});

const ages: [ms: number, text: string][] = [
  [-3000, "just now"],
  [4999, "just now"],
  [12_000, "12 s ago"],
  [59_999, "59 s ago"],
  [300_000, "5 min ago"],
  [3 * 3_600_000, "3 h ago"],
  [50 * 3_600_000, "2 d ago"],
  [Number.NaN, "–"],
];
for (const [ms, text] of ages)
  test(`an age of ${ms} ms reads ${text}`, () => assert.equal(ageText(ms), text));

const shares: [part: number, whole: number, text: string][] = [
  [0, 100, "0%"],
  [0.01, 100, "<0.1%"],
  [4.24, 100, "4.2%"],
  [9.96, 100, "10%"],
  [42.4, 100, "42%"],
  [99.9, 100, "99%"],
  [100, 100, "100%"],
  [250, 100, "250%"],
  [1, 0, "0%"],
  [Number.NaN, 1, "0%"],
];
for (const [part, whole, text] of shares) {
  test(`${part} of ${whole} reads ${text}`, () => assert.equal(shareText(part, whole), text));
}

test("a moment has all the digits it has", () => {
  const epoch = 1_700_000_000_000_000_000n;
  assert.equal(timeText(epoch, 0, true), "2023-11-14 22:13:20.000Z");
  assert.equal(timeText(epoch, 1_500, true), "2023-11-14 22:13:20.000001500Z");
  assert.equal(timeText(epoch, 12_345_000, true), "2023-11-14 22:13:20.012345Z");
  assert.match(timeText(epoch), /^2023-11-1[45] \d\d:\d\d:20\.000$/);
});
