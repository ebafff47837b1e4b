import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { criticalOwn, criticalPath } from "../../../src/model/criticalPath.ts";
import { quantile } from "../../../src/model/quantile.ts";
import { selfTimes } from "../../../src/model/selfTime.ts";
import { type Statistic, statistics } from "../../../src/model/statistics.ts";
import type { Trace } from "../../../src/model/trace.ts";
import { drawTrace } from "../../support/drawnTrace.ts";
import { anyTrace } from "./anyTrace.ts";

function figuresOf(trace: Trace) {
  return statistics(trace, selfTimes(trace), criticalOwn(criticalPath(trace), trace.length));
}

const trace = drawTrace(`
  A  ==========
   B  ====       service=db
   B       ==    service=db !error
   C   ==`);

function said(list: readonly Statistic[]): string[] {
  const ms = (ns: number) => ns / 1e6;
  return list.map((it) => {
    const name = it.name < 0 ? "all" : trace.labels.at(trace.name[[...trace.name].indexOf(it.name)]);
    const times = `total ${ms(it.total)} self ${ms(it.self)} p50 ${ms(it.p50)} p95 ${ms(it.p95)} max ${ms(it.max)}`;
    const service = trace.labels.at(trace.services[it.service]);
    return `${service} ${name}: ${it.count} calls ${it.errors} errors ${times} critical ${ms(it.critical)} ${it.criticalShare}`;
  });
}

test("figures per service, most self time first", () => {
  assert.deepEqual(said(figuresOf(trace).services), [
    "app all: 2 calls 0 errors total 12 self 6 p50 6 p95 9.6 max 10 critical 4 0.4",
    "db all: 2 calls 1 errors total 6 self 6 p50 3 p95 3.9 max 4 critical 6 0.6",
  ]);
});

test("figures per operation", () => {
  assert.deepEqual(said(figuresOf(trace).operations), [
    "db B: 2 calls 1 errors total 6 self 6 p50 3 p95 3.9 max 4 critical 6 0.6",
    "app A: 1 calls 0 errors total 10 self 4 p50 10 p95 10 max 10 critical 4 0.4",
    "app C: 1 calls 0 errors total 2 self 2 p50 2 p95 2 max 2 critical 0 0",
  ]);
});

test("all figures of the services, and of the operations, add up to the trace's", () => {
  const sum = (list: Iterable<number>) => [...list].reduce((a, b) => a + b, 0);
  fc.assert(
    fc.property(anyTrace, (trace) => {
      const { services, operations } = figuresOf(trace);
      for (const list of [services, operations]) {
        assert.equal(sum(list.map(({ count }) => count)), trace.length);
        assert.equal(sum(list.map(({ total }) => total)), sum(trace.duration));
        assert.equal(sum(list.map(({ self }) => self)), sum(selfTimes(trace)));
        assert.ok(list.every(({ p50, p95, max }) => p50 <= p95 && p95 <= max));
      }
    }),
  );
});

const quantiles: [sorted: number[], q: number, value: number][] = [
  [[], 0.5, 0],
  [[7], 0.95, 7],
  [[1, 2, 3], 0.5, 2],
  [[1, 2, 3, 4], 0.5, 2.5],
  [[1, 2, 3, 4, 5], 1, 5],
  [[1, 2, 3, 4, 5], 0, 1],
];
for (const [sorted, q, value] of quantiles) {
  test(`the ${q} quantile of [${sorted}] is ${value}`, () => assert.equal(quantile(sorted, q), value));
}
