import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { selfTimes } from "../../../src/model/selfTime.ts";
import type { Trace } from "../../../src/model/trace.ts";
import { drawTrace } from "../../support/drawnTrace.ts";
import { anyTrace, childrenOf } from "./anyTrace.ts";

function selfByName(trace: Trace): Record<string, number> {
  const self = selfTimes(trace);
  return Object.fromEntries(Array.from(self, (ns, row) => [trace.labels.at(trace.name[row]), ns / 1e6]));
}

const drawings: [title: string, drawing: string, self: Record<string, number>][] = [
  [
    "children one after the other are taken off",
    `
      A     ==========
       B     ===
       C         ====`,
    { A: 3, B: 3, C: 4 },
  ],
  [
    "where children overlap, their time is taken off once",
    `
      A     ==========
       B     =====
       C      ======
        D      ==`,
    { A: 3, B: 5, C: 4, D: 2 },
  ],
  [
    "what a child does outside its parent is not the parent's",
    `
      A       ==========
       E    =====
       B            =======
        C         =====
       D                  ==`,
    { A: 3, B: 4, C: 5, D: 2, E: 5 },
  ],
  [
    "a child inside another child takes nothing more off",
    `
      A     ==========
       B     ======
       C      ==`,
    { A: 4, B: 6, C: 2 },
  ],
  ["a span of no duration has none", "A |", { A: 0 }],
];

for (const [title, drawing, self] of drawings) {
  test(`self time: ${title}`, () => assert.deepEqual(selfByName(drawTrace(drawing)), self));
}

test("self time is the number of ns in which a span runs and none of its children does", () => {
  fc.assert(
    fc.property(anyTrace, (trace) => {
      const self = selfTimes(trace);
      for (let row = 0; row < trace.length; row++) {
        const children = childrenOf(trace, row);
        let alone = 0;
        for (let ns = trace.start[row]; ns < trace.start[row] + trace.duration[row]; ns++) {
          if (!children.some((c) => trace.start[c] <= ns && ns < trace.start[c] + trace.duration[c])) alone++;
        }
        assert.equal(self[row], alone);
      }
    }),
  );
});
