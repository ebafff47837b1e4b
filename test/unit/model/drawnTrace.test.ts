import assert from "node:assert/strict";
import { test } from "node:test";
import { drawTrace, textOf } from "../../support/drawnTrace.ts";

test("a drawing is read and drawn again the same", () => {
  const drawing = `
checkout  ==========  kind=server http.route=/cart event=started resource.host.name=web-1
 load       ===       !error message="no such table" service=db scope=acme.db
  scan       |
 charge        ====   note="two words" link=ab/cd
other             ==  !ok service=mail`.slice(1);
  assert.equal(textOf(drawTrace(drawing)), drawing);
});

test("a drawing may be indented, and its lines in any order of time", () => {
  const drawing = `
      A  ====
       C   ==
       B ==
  `;
  assert.equal(textOf(drawTrace(drawing)), "A   ====\n B  ==\n C    ==");
});
