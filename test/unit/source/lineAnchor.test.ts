import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isStale, type LineEdit, shiftLine } from "../../../src/source/lineAnchor.ts";

/** `3:1-5:1+2` replaces from line 3 column 1 to line 5 column 1 by a text with two line breaks. */
function edit(text: string): LineEdit {
  const [startLine, startColumn, endLine, endColumn, newLines] = text.split(/[:+-]/).map(Number);
  return { startLine, startColumn, endLine, endColumn, newLines };
}

suite("A line after an edit", () => {
  const cases: [string, number, string[], number][] = [
    ["below it stays", 5, ["7:1-7:1+3"], 5],
    ["above it moves down by the lines that came", 5, ["2:1-2:1+3"], 8],
    ["above it moves up by the lines that went", 5, ["1:1-3:1+0"], 3],
    ["within it stays", 5, ["5:4-5:9+0"], 5],
    ["moves down when a line is put before its beginning", 5, ["5:1-5:1+1"], 6],
    ["stays when it is broken behind its beginning", 5, ["5:4-5:4+1"], 5],
    ["moves up when the line before is joined to it", 5, ["4:9-5:1+0"], 4],
    ["stays where it was when it is removed", 5, ["4:1-6:1+0"], 4],
    ["follows several edits in their order", 5, ["1:1-1:1+2", "1:1-2:1+0"], 6],
    ["is never before the first", 1, ["1:1-1:5+0"], 1],
  ];
  for (const [title, line, edits, expected] of cases) {
    test(title, () => assert.equal(shiftLine(line, edits.map(edit)), expected));
  }

  test("is where the same text is, for any edit that leaves it alone", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 2000; round++) {
      let lines = Array.from({ length: 10 }, (_, i) => `line ${i + 1}`);
      const followed = 1 + random(10);
      let now = followed;
      for (let n = 0; n < 3; n++) {
        const startLine = 1 + random(lines.length);
        const endLine = Math.min(lines.length, startLine + random(3));
        const added = Array.from({ length: random(4) }, () => "new");
        const change = { startLine, startColumn: 1, endLine, endColumn: 1, newLines: added.length };
        lines = [...lines.slice(0, startLine - 1), ...added, ...lines.slice(endLine - 1)];
        now = shiftLine(now, [change]);
      }
      const expected = lines.indexOf(`line ${followed}`) + 1;
      if (expected > 0) assert.equal(now, expected);
    }
  });
});

suite("A line is stale", () => {
  const cases: [string, string, boolean][] = [
    ["  load(id);", "load( id );", false],
    ["load(id);", "load(id)", true],
    ["load(id);", "", true],
    ["\tx", "    x", false],
  ];
  for (const [saved, now, stale] of cases) {
    test(`${JSON.stringify(saved)} as ${JSON.stringify(now)}: ${stale}`, () =>
      assert.equal(isStale(saved, now), stale));
  }
});
