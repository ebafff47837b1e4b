import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keepRows } from "../../../src/model/filter.ts";
import {
  ancestorsOf,
  collapseToDepth,
  indexOfRow,
  subtreeErrors,
  visibleRows,
} from "../../../src/model/rows.ts";
import { Status, type Trace } from "../../../src/model/trace.ts";
import { drawTrace } from "../../support/drawnTrace.ts";
import { anyTrace } from "./anyTrace.ts";

const trace = drawTrace(`
  A  ==========
   B  ====
    C  ==        !error service=db
   D     =====
    E     ===    service=db
     F     =     !error
  G   |`);

function names(rows: ArrayLike<number>): string {
  return Array.from(rows, (row) => trace.labels.at(trace.name[row])).join("");
}

function flags(text: string): Uint8Array {
  return Uint8Array.from({ length: trace.length }, (_, row) => (text.includes(names([row])) ? 1 : 0));
}

const shown: [title: string, collapsed: string, kept: string | undefined, rows: string][] = [
  ["all rows show when nothing is collapsed", "", undefined, "ABCDEFG"],
  ["a collapsed row hides all below it", "D", undefined, "ABCDG"],
  ["a collapsed row inside a collapsed one changes nothing", "AE", undefined, "AG"],
  ["only matches: those that match and their ancestors", "", "F", "ADEF"],
  ["only matches: a collapsed row stays collapsed", "E", "F", "ADE"],
  ["only matches: nothing when nothing matches", "", "", ""],
];
for (const [title, collapsed, kept, rows] of shown) {
  test(title, () => {
    assert.equal(
      names(visibleRows(trace, flags(collapsed), kept === undefined ? undefined : flags(kept))),
      rows,
    );
  });
}

test("collapsing to a depth leaves the rows down to it", () => {
  const at = (depth: number) => names(visibleRows(trace, collapseToDepth(trace, depth)));
  assert.deepEqual([0, 1, 2, Number.POSITIVE_INFINITY].map(at), ["AG", "ABDG", "ABCDEG", "ABCDEFG"]);
});

test("ancestors are named from the root down", () => {
  assert.equal(names(ancestorsOf(trace, 5)), "ADE");
  assert.equal(names(ancestorsOf(trace, 0)), "");
});

test("a hidden row is found at its nearest visible ancestor", () => {
  const collapsed = visibleRows(trace, flags("D"));
  assert.equal(indexOfRow(collapsed, 3), 3);
  assert.equal(indexOfRow(collapsed, 5), 3);
  const matches = visibleRows(trace, flags(""), flags("C"));
  assert.equal(indexOfRow(matches, 5, trace), 0);
  assert.equal(indexOfRow(matches, 6, trace), -1);
});

test("a row knows how many spans below it failed", () => {
  assert.deepEqual([...subtreeErrors(trace)], [2, 1, 0, 1, 1, 0, 0]);
});

test("what is kept meets every part of the filter", () => {
  const kept = (filter: Parameters<typeof keepRows>[1]) => {
    return names(
      Array.from(keepRows(trace, filter).entries()).flatMap(([row, keep]) => (keep === 1 ? [row] : [])),
    );
  };
  assert.equal(kept({}), "ABCDEFG");
  assert.equal(kept({ services: new Set([1]) }), "CEF");
  assert.equal(kept({ errors: true }), "CF");
  assert.equal(kept({ minDuration: 3e6 }), "ABDE");
  assert.equal(kept({ matches: [0, 2, 5] }), "ACF");
  assert.equal(kept({ services: new Set([1]), minDuration: 2e6, matches: [0, 2, 5] }), "C");
  assert.equal(kept({ services: new Set() }), "");
});

function hiddenByDefinition(trace: Trace, collapsed: Uint8Array, kept: Uint8Array, row: number): boolean {
  if (ancestorsOf(trace, row).some((up) => collapsed[up] === 1)) return true;
  return !Array.from({ length: trace.size[row] }, (_, i) => row + i).some((below) => kept[below] === 1);
}

test("each row shows once, in order, and just when nothing hides it", () => {
  const flagged = fc.array(fc.nat(1), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(anyTrace, flagged, flagged, (trace, first, second) => {
      const collapsed = Uint8Array.from(first.slice(0, trace.length));
      const kept = Uint8Array.from(second.slice(0, trace.length));
      const rows = visibleRows(trace, collapsed, kept);
      const expected = [...trace.parent.keys()].filter(
        (row) => !hiddenByDefinition(trace, collapsed, kept, row),
      );
      assert.deepEqual([...rows], expected);
      for (let row = 0; row < trace.length; row++) {
        const nearest = [row, ...ancestorsOf(trace, row).reverse()].find((up) => expected.includes(up));
        assert.equal(indexOfRow(rows, row, trace), nearest === undefined ? -1 : expected.indexOf(nearest));
      }
    }),
  );
});

test("sizes, depths and parents of a built trace agree", () => {
  fc.assert(
    fc.property(anyTrace, (trace) => {
      for (let row = 0; row < trace.length; row++) {
        const ancestors = ancestorsOf(trace, row);
        assert.equal(trace.depth[row], ancestors.length);
        for (const up of ancestors) assert.ok(up < row && row < up + trace.size[up]);
        const below = [...trace.parent.keys()].filter((other) => ancestorsOf(trace, other).includes(row));
        assert.equal(trace.size[row], below.length + 1);
      }
      const errors = subtreeErrors(trace);
      for (let row = 0; row < trace.length; row++) {
        const below = trace.status.subarray(row + 1, row + trace.size[row]);
        assert.equal(errors[row], below.filter((status) => status === Status.error).length);
      }
    }),
  );
});
