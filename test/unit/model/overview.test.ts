import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { overview } from "../../../src/model/overview.ts";
import type { Trace } from "../../../src/model/trace.ts";
import { drawTrace } from "../../support/drawnTrace.ts";
import { anyTrace } from "./anyTrace.ts";

const trace = drawTrace(`
  A  ==========
   B  ====
    C  ==        !error service=db
   D     =====   service=pay`);

function bars(trace: Trace, height: number, from = 0, to = trace.end): string[] {
  const view = overview(trace, 100, height, from, to);
  return Array.from({ length: view.length }, (_, i) => {
    const service = trace.labels.at(trace.services[view.service[i]]);
    const error = view.errorWidth[i] > 0 ? ` error ${view.errorX[i]}+${view.errorWidth[i]}` : "";
    return `y${view.y[i]} ${view.x[i]}+${view.width[i]} ${service}${error}`;
  });
}

test("each span is a bar where there is room", () => {
  assert.deepEqual(bars(trace, 40), [
    "y0 0+100 app",
    "y10 10+40 app",
    "y20 20+20 db error 20+20",
    "y30 40+50 pay",
  ]);
});

test("rows that share pixels are one bar, of the service of the longest", () => {
  assert.deepEqual(bars(trace, 2), ["y0 0+100 app", "y1 20+70 pay error 20+20"]);
});

test("bars outside the window are left out, others cut to it", () => {
  assert.deepEqual(bars(trace, 4, 5e6, 10e6), ["y0 0+100 app", "y1 0+1 app", "y3 0+80 pay"]);
});

test("no bar for no room or no span", () => {
  assert.deepEqual(bars(trace, 0), []);
});

test("bars lie inside the minimap, at most one a pixel row", () => {
  fc.assert(
    fc.property(anyTrace, fc.integer({ min: 1, max: 50 }), (trace, height) => {
      const view = overview(trace, 80, height, 0, trace.end);
      assert.ok(view.length <= Math.min(height, trace.length));
      for (let i = 0; i < view.length; i++) {
        assert.ok(view.width[i] >= 1 && view.x[i] >= 0 && view.x[i] + view.width[i] <= 80.001);
        assert.ok(view.y[i] + view.barHeight <= height + 0.001);
      }
    }),
  );
});
