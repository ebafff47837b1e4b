import assert from "node:assert/strict";
import { test } from "node:test";
import type { ShownTrace } from "../../../src/editor/shownTrace.ts";
import type { TraceTools } from "../../../src/editor/traceTools.ts";
import type { Place } from "../../../src/source/place.ts";
import "../../support/fakeVscode.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const { TraceCode } = await import("../../../src/editor/traceCode.ts");

const stack = "TimeoutError: late\n    at query (src/db.js:9:1)\n    at pay (src/pay.js:3:5)";
const trace = drawTrace(`
  checkout ====
   pay      ==  !error service=payments retries=2 note=${JSON.stringify(stack)} event=retry event=exception
`);

/** A workspace in which nothing is found, and the frames it was asked for. */
function codeOf() {
  const asked: [frame: Place, service: string][] = [];
  const finder = {
    findFrame: async (frame: Place, service: string) => {
      asked.push([frame, service]);
      return { choices: [] };
    },
    choose: async () => undefined,
    answer: () => ({ label: "", reason: "no such file" }),
  };
  const shown = { signal: new AbortController().signal } as ShownTrace;
  const tools = { finder, files: {} } as unknown as TraceTools;
  return { code: new TraceCode(shown, tools), asked };
}

test("A frame of an exception is looked for as the stack trace names it", async () => {
  const { code, asked } = codeOf();
  assert.equal(code.stackFrames(trace, 1, 1, 2).length, 1);
  const answer = await code.openFrame(trace, 1, 1, 2, 0);
  assert.equal(answer.reason, "no such file");
  assert.deepEqual(asked, [[{ path: "src/pay.js", line: 3, column: 5, function: "pay" }, "payments"]]);
});

test("A frame of a stack trace that is an attribute of the span is looked for as it is named there", async () => {
  const { code, asked } = codeOf();
  assert.equal(code.stackFrames(trace, 1, -1, 1).length, 2);
  await code.openFrame(trace, 1, -1, 1, 0);
  assert.deepEqual(asked, [[{ path: "src/db.js", line: 9, column: 1, function: "query" }, "payments"]]);
});

test("An attribute that is no stack trace has no frames", () => {
  const { code } = codeOf();
  assert.deepEqual(code.stackFrames(trace, 1, 1, 1), []);
  assert.deepEqual(code.stackFrames(trace, 1, -1, 0), []);
});

for (const attribute of [-1, 2, 0.5, "1", undefined]) {
  test(`An attribute that is not there has no frames: ${JSON.stringify(attribute) ?? "undefined"}`, () => {
    assert.deepEqual(codeOf().code.stackFrames(trace, 1, -1, attribute), []);
    assert.deepEqual(codeOf().code.stackFrames(trace, 1, 0, attribute), []);
  });
}

for (const event of [-2, 2, 0.5, Number.NaN, "1", undefined]) {
  test(`An event that is not there has no frames: ${JSON.stringify(event) ?? "undefined"}`, async () => {
    const { code, asked } = codeOf();
    assert.deepEqual(code.stackFrames(trace, 1, event, 2), []);
    await assert.rejects(code.openFrame(trace, 1, event, 2, 0), /trace has changed/);
    assert.deepEqual(asked, []);
  });
}

for (const frame of [-1, 1, 0.5, "0", undefined, "__proto__"]) {
  test(`A frame that is not there is not looked for: ${JSON.stringify(frame) ?? "undefined"}`, async () => {
    const { code, asked } = codeOf();
    await assert.rejects(code.openFrame(trace, 1, 1, 2, frame), /trace has changed/);
    assert.deepEqual(asked, []);
  });
}
