import assert from "node:assert/strict";
import { test } from "node:test";
import { samplingNote } from "../../../src/model/samplingNote.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const cases: [title: string, words: string, note: RegExp | undefined][] = [
  ["one of sixteen", 'w3c.tracestate="ot=th:f"', /stands for about 16 like it/],
  ["kept for certain", 'w3c.tracestate="ot=th:0"', undefined],
  ["an unknown probability", 'w3c.tracestate="vendor=1"', undefined],
  ["no state", "", undefined],
];

for (const [title, words, note] of cases) {
  test(`What is said of a trace's sampling: ${title}`, () => {
    const said = samplingNote(drawTrace(`a === ${words}`));
    if (note === undefined) assert.equal(said, undefined);
    else assert.match(said ?? "", note);
  });
}
