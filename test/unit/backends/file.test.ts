import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Decoded, DecodeRequest } from "../../../src/backends/backend.ts";
import { createFileSource } from "../../../src/backends/file.ts";
import type { Trace } from "../../../src/model/trace.ts";
import { never, refusal, summaryOf } from "./fakes.ts";

const ids = ["a".repeat(32), "b".repeat(32)];
const summaries = [
  {
    ...summaryOf(ids[0], 1),
    startMs: 1,
    rootService: "shop",
    durationNs: 50,
    services: [{ name: "shop", spans: 1 }],
  },
  {
    ...summaryOf(ids[1], 9),
    startMs: 2,
    rootService: "pricing",
    durationNs: 500,
    services: [{ name: "pricing", spans: 9 }],
  },
];
const requests: DecodeRequest[] = [];

/** Answers what it was asked for of two traces, the second one the larger. */
async function decodeFile(_path: string, request: DecodeRequest): Promise<Decoded> {
  requests.push(request);
  const wanted = request.traceId === "" ? ids[1] : request.traceId;
  const trace = request.want === "trace" && ids.includes(wanted) ? ({ traceId: wanted } as Trace) : undefined;
  return { format: "Jaeger JSON", summaries, trace, hotspots: Promise.resolve([]), notes: ["a note"] };
}

const query = {
  service: "",
  operation: "",
  tags: new Map<string, string>(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 0,
  toMs: 0,
  limit: 20,
};

test("a trace file answers its largest trace, any trace by id, and the others beside it", async () => {
  const source = createFileSource(join("folder", "a.json"), decodeFile);
  const largest = await source.trace("", never);
  assert.equal(largest.trace.traceId, ids[1]);
  assert.equal(largest.summary, summaries[1]);
  assert.deepEqual(
    largest.siblings.map((summary) => summary.traceId),
    [ids[1], ids[0]],
  );
  assert.deepEqual(largest.notes, ["a note"]);
  assert.equal((await source.trace(ids[0], never)).trace.traceId, ids[0]);
  assert.equal(requests.at(-1)?.label, "a.json");
});

test("a trace that is not in the file is not found", async () => {
  const error = await refusal(
    createFileSource(join("folder", "b.json"), decodeFile).trace("c".repeat(32), never),
  );
  assert.equal(error.code, "notFound");
  assert.match(error.message, /^b\.json does not hold the trace c+\. A note\.$/);
});

test("a trace file is searched by service, root and duration, and says what it is", async () => {
  const source = createFileSource(join("folder", "c.json"), decodeFile);
  assert.equal(await source.test(never), "c.json, Jaeger JSON, 2 traces");
  assert.deepEqual(await source.services(never), ["pricing", "shop"]);
  assert.deepEqual(await source.operations("shop", never), ["GET /"]);
  assert.equal((await source.search(query, never)).summaries.length, 2);
  assert.equal((await source.search({ ...query, service: "shop" }, never)).summaries.length, 1);
  assert.equal((await source.search({ ...query, minDurationNs: 100 }, never)).summaries.length, 1);
  assert.equal((await source.search({ ...query, maxDurationNs: 100 }, never)).summaries.length, 1);
  assert.equal((await source.search({ ...query, limit: 1 }, never)).limited, true);
  assert.equal(source.link(ids[0]), undefined);
});
