import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ticks } from "../../../src/model/ticks.ts";

const s = 1e9;
const rulers: [title: string, from: number, to: number, most: number, labels: string][] = [
  ["a millisecond", 0, 1e6, 5, "0 ms, 0.2 ms, 0.4 ms, 0.6 ms, 0.8 ms, 1.0 ms"],
  ["the whole of a trace", 0, 340e6, 8, "0 ms, 50 ms, 100 ms, 150 ms, 200 ms, 250 ms, 300 ms"],
  ["a window inside", 1.21 * s, 1.29 * s, 4, "1.22 s, 1.24 s, 1.26 s, 1.28 s"],
  ["a few ns", 0, 7, 8, "0 ns, 1 ns, 2 ns, 3 ns, 4 ns, 5 ns, 6 ns, 7 ns"],
  ["minutes", 0, 600 * s, 6, "0 min, 2 min, 4 min, 6 min, 8 min, 10 min"],
  ["an hour and a half", 0, 5400 * s, 8, "0 min, 15 min, 30 min, 45 min, 60 min, 75 min, 90 min"],
  ["days", 0, 10 * 86_400 * s, 5, "0 d, 2 d, 4 d, 6 d, 8 d, 10 d"],
];
for (const [title, from, to, most, labels] of rulers) {
  test(`ruler: ${title}`, () =>
    assert.equal(
      ticks(from, to, most)
        .map(({ label }) => label)
        .join(", "),
      labels,
    ));
}

test("no ruler for a window without length", () => {
  assert.deepEqual(ticks(5, 5), []);
  assert.deepEqual(ticks(0, Number.NaN), []);
});

test("marks ascend evenly inside the window, and no two read alike", () => {
  const window = fc.tuple(fc.nat(2 ** 31), fc.integer({ min: 1, max: 53 }), fc.integer({ min: 1, max: 20 }));
  fc.assert(
    fc.property(window, ([from, size, most]) => {
      const to = from + 2 ** size;
      const marks = ticks(from, to, most);
      assert.ok(marks.length <= most + 1);
      assert.equal(new Set(marks.map(({ label }) => label)).size, marks.length);
      for (const [i, { at }] of marks.entries()) {
        assert.ok(at >= from && at <= to);
        if (i > 0) assert.ok(at > marks[i - 1].at);
      }
    }),
  );
});
