import assert from "node:assert/strict";
import { test } from "node:test";
import type { SearchResult } from "../../../src/backends/backend.ts";
import { SearchFound } from "../../../src/editor/searchFound.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";

function summary(traceId: string, startMs: number, spans = 1): TraceSummary {
  return { traceId, startMs, spans, rootService: "s", rootName: "r", durationNs: 1, errors: 0, services: [] };
}

function answer(summaries: readonly TraceSummary[], more: Partial<SearchResult> = {}): SearchResult {
  return { summaries, limited: false, notes: [], hotspots: [], ...more };
}

const said = (found: SearchFound) =>
  found.traces().map((trace) => `${trace.summary.traceId} ${trace.connections.join("+")}`);

test("answers of several connections are one list, newest first, each trace with its connection", () => {
  const found = new SearchFound(["Jaeger", "Tempo"], 20);
  found.add("Tempo", answer([summary("b", 2)]));
  found.add("Jaeger", answer([summary("a", 1), summary("c", 3)]));
  assert.deepEqual(said(found), ["c Jaeger", "b Tempo", "a Jaeger"]);
});

test("a trace that two connections have is one, with both names", () => {
  const found = new SearchFound(["Jaeger", "Tempo"], 20);
  found.add("Tempo", answer([summary("a", 1)]));
  found.add("Jaeger", answer([summary("a", 1)]));
  assert.deepEqual(said(found), ["a Jaeger+Tempo"]);
});

test("ids that differ in leading zeros or in case name one trace", () => {
  const found = new SearchFound(["Jaeger", "Tempo"], 20);
  found.add("Jaeger", answer([summary("00AB", 1)]));
  found.add("Tempo", answer([summary("ab", 1)]));
  assert.equal(found.traces().length, 1);
});

test("of a trace in two connections the one that has more of it comes first and tells it", () => {
  const found = new SearchFound(["Jaeger", "Tempo"], 20);
  found.add("Jaeger", answer([summary("a", 1, 3)]));
  found.add("Tempo", answer([summary("a", 1, 9)]));
  assert.deepEqual(said(found), ["a Tempo+Jaeger"]);
  assert.equal(found.traces()[0].summary.spans, 9);
});

test("the limit counts for each connection, and which of them was cut is known", () => {
  const found = new SearchFound(["Jaeger", "Tempo"], 2);
  found.add("Jaeger", answer([summary("a", 1), summary("b", 2)]));
  found.add("Jaeger", answer([summary("c", 3)]));
  found.add("Tempo", answer([summary("d", 0)]));
  assert.deepEqual(said(found), ["c Jaeger", "b Jaeger", "d Tempo"]);
  assert.deepEqual(found.limited(), ["Jaeger"]);
});

test("an answer that its backend has cut is known to be cut", () => {
  const found = new SearchFound(["Jaeger", "Tempo"], 20);
  found.add("Tempo", answer([summary("a", 1)], { limited: true }));
  assert.deepEqual(found.limited(), ["Tempo"]);
});

test("notes say which of several connections they are of, each once", () => {
  const one = new SearchFound(["Jaeger"], 20);
  one.add("Jaeger", answer([], { notes: ["Tags were ignored."] }));
  assert.deepEqual(one.notes(), ["Tags were ignored."]);
  const two = new SearchFound(["Jaeger", "Tempo"], 20);
  two.add("Jaeger", answer([], { notes: ["Tags were ignored."] }));
  two.add("Jaeger", answer([], { notes: ["Tags were ignored."] }));
  assert.deepEqual(two.notes(), ["Jaeger: Tags were ignored."]);
});

test("a thousand results of each of four connections are joined without a pause", () => {
  const found = new SearchFound(["a", "b", "c", "d"], 1000);
  const before = process.cpuUsage();
  for (const name of ["a", "b", "c", "d"])
    found.add(name, answer(Array.from({ length: 1000 }, (_, i) => summary(`${name}${i}`, i))));
  assert.equal(found.traces().length, 4000);
  assert.ok(process.cpuUsage(before).user / 1000 < 200);
});
