import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { samplingWeight } from "../../../src/model/samplingWeight.ts";

suite("The weight of a sampled span", () => {
  const known: [string, number][] = [
    ["ot=th:0", 1],
    ["ot=th:8", 2],
    ["ot=th:c", 4],
    ["ot=th:e", 8],
    ["ot=th:f", 16],
    ["ot=th:c;rv:d29d6a7215ced0", 4],
    ["rojo=00f067aa0ba902b7, ot=rv:d29d6a7215ced0;th:c ,congo=t61", 4],
    ["ot=p:8;r:62", 256],
    ["ot=p:0", 1],
    ["ot=p:63", 0],
  ];
  for (const [state, weight] of known)
    test(`of "${state}" is ${weight}`, () => assert.equal(samplingWeight(state), weight));

  test('of "ot=th:fd70a" is that of one in a hundred', () => {
    assert.equal(samplingWeight("ot=th:fd70a")?.toFixed(4), "99.9977");
  });

  test("of the highest threshold is a number", () => {
    assert.equal(samplingWeight("ot=th:ffffffffffffff"), 2 ** 56);
  });

  const unknown = [
    "",
    "congo=t61rcWkgMzE",
    "ot=rv:d29d6a7215ced0",
    "ot=",
    "ot=th:",
    "ot=th:xyz",
    "ot=th:C",
    "ot=th:123456789012345",
    "ot=p:64",
    "ot=p:-1",
    "ot=th:8,ot=th:c",
    "x-ot=th:8",
    `ot=th:8;xx:${"a".repeat(300)}`,
  ];
  for (const state of unknown)
    test(`of "${state.slice(0, 40)}" is unknown, not 1`, () =>
      assert.equal(samplingWeight(state), undefined));
});
