import assert from "node:assert/strict";
import { test } from "node:test";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { summaries, summaryAsBuilt } from "../../../src/model/summaries.ts";
import { sinkOf } from "../../support/sentSpans.ts";

test("A trace that was sent twice is counted once when it has been built", () => {
  const spans = [
    { id: 1, start: 0, end: 10, service: "gateway" },
    { id: 2, parent: 1, start: 2, end: 5, service: "stock" },
  ];
  const sink = sinkOf([...spans, ...spans]);
  const [raw] = summaries(sink);
  assert.equal(raw.spans, 4);
  const built = summaryAsBuilt(raw, buildTrace(sink, 0));
  assert.deepEqual([built.spans, built.errors], [2, 0]);
  assert.deepEqual(built.services, [
    { name: "gateway", spans: 1 },
    { name: "stock", spans: 1 },
  ]);
});
