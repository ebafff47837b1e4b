import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeTraces } from "../../../src/model/mergeTraces.ts";
import { drawTrace, textOf } from "../../support/drawnTrace.ts";
import { anyTrace } from "./anyTrace.ts";

test("A trace merged with itself is the same trace", () => {
  fc.assert(
    fc.property(anyTrace, (trace) => {
      const merged = mergeTraces([trace, trace]);
      assert.equal(textOf(merged), textOf(trace));
      assert.equal(merged.traceId, trace.traceId);
      assert.equal(merged.epoch, trace.epoch);
    }),
    { numRuns: 60 },
  );
});

test("Spans that two sources have apart stand in one tree", () => {
  const front = drawTrace(`
    checkout  ========== service=gateway
     call      ======    kind=client
  `);
  const back = drawTrace(`
    checkout  ========== service=gateway
     call      ======    kind=client
      stock     ===      service=inventory code.lineno=7 event=retry
  `);
  assert.equal(textOf(mergeTraces([front, back])), textOf(back));
  assert.equal(textOf(mergeTraces([back, front])), textOf(back));
});

test("The first source that has a span is the one that is heard", () => {
  const ours = drawTrace("a === region=eu");
  const theirs = drawTrace("a === region=us");
  assert.equal(textOf(mergeTraces([ours, theirs])), textOf(ours));
});
