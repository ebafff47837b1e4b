import assert from "node:assert/strict";
import { test } from "node:test";
import { slowSpans } from "../../../src/source/slowSpans.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const namesOf = (drawing: string): string[] => {
  const trace = drawTrace(drawing);
  return [...slowSpans(trace)].map((row) => trace.labels.at(trace.name[row]));
};

test("Slow spans are those of the critical path by their own time, those that name code before those that do not", () => {
  const drawing = `
A    ====================
 B    ======               code.file.path=b.js
 C           ==========
  D             =====      http.route=/d
  E          ==            code.function.name=e
 F    ==                   code.file.path=f.js
`;
  assert.deepEqual(namesOf(drawing), ["B", "D", "E", "A", "C"]);
});

test("A span with an exception names code by its stack", () => {
  assert.deepEqual(namesOf("A  ====\n B  =  event=exception"), ["B", "A"]);
});

test("A span that took no time is not slow", () => assert.deepEqual(namesOf("A  |"), []));
