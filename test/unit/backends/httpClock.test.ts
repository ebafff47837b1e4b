import assert from "node:assert/strict";
import { test } from "node:test";
import type { SearchResult, TraceQuery } from "../../../src/backends/backend.ts";
import { clockAhead, onServerClock } from "../../../src/backends/httpClock.ts";

const minute = 60_000;
const hour = 60 * minute;
const now = Date.parse("2026-03-01T12:00:00Z");

const stamps: readonly (readonly [string, string | undefined, number, number])[] = [
  ["no Date", undefined, 0, 0],
  ["no date", "yesterday", 0, 0],
  ["the same second", "Sun, 01 Mar 2026 12:00:00 GMT", 0, 0],
  ["three seconds ahead", "Sun, 01 Mar 2026 12:00:03 GMT", 0, 0],
  ["an hour ahead", "Sun, 01 Mar 2026 13:00:00 GMT", 0, hour + 500],
  ["an hour behind", "Sun, 01 Mar 2026 11:00:00 GMT", 0, -hour + 500],
  ["ten seconds ahead, told within 20 s", "Sun, 01 Mar 2026 12:00:20 GMT", 20_000, 0],
];

for (const [what, date, tookMs, ahead] of stamps) {
  test(`${what} is ${ahead} ms ahead`, () => {
    assert.equal(clockAhead(date, now, now + tookMs), ahead);
  });
}

const query: TraceQuery = {
  service: "shop",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: now - hour,
  toMs: now,
  limit: 20,
};

async function asked(aheadMs: number, nowMs: number | undefined, given: Partial<TraceQuery> = {}) {
  const http = {
    peer: { label: "Jaeger", address: "http://jaeger.example" },
    clock: () => ({ aheadMs, nowMs }),
  };
  const seen: TraceQuery[] = [];
  const none: SearchResult = { summaries: [], limited: false, notes: ["first"], hotspots: [] };
  const found = await onServerClock(http, { ...query, ...given }, async (timed) => {
    seen.push(timed);
    return none;
  });
  return { from: seen[0].fromMs - now, to: seen[0].toMs - now, notes: found.notes, times: seen.length };
}

test("where clocks agree, a search is as it was asked for", async () => {
  assert.deepEqual(await asked(0, now), { from: -hour, to: 0, notes: ["first"], times: 1 });
});

test("where this machine's time is not known, a search is as it was asked for", async () => {
  assert.deepEqual(await asked(hour, undefined), { from: -hour, to: 0, notes: ["first"], times: 1 });
});

test("the last hour of a server that is an hour ahead ends an hour later", async () => {
  const found = await asked(hour, now);
  assert.deepEqual([found.from, found.to], [-hour, hour]);
  assert.deepEqual(found.notes, [
    "first",
    "The clock of Jaeger at http://jaeger.example is 60 min ahead of this machine's, so the search reaches that much further.",
  ]);
});

test("the last hour of a server that is 90 s behind begins 90 s sooner", async () => {
  const found = await asked(-90_000, now);
  assert.deepEqual([found.from, found.to], [-hour - 90_000, 0]);
  assert.match(found.notes[1], /is 90 s behind this machine's/);
});

test("an hour of last week is searched as it was asked for", async () => {
  const found = await asked(hour, now, { fromMs: now - 100 * hour, toMs: now - 99 * hour });
  assert.deepEqual(found, { from: -100 * hour, to: -99 * hour, notes: ["first"], times: 1 });
});

test("a clock that is years off is told, and nothing searched for it", async () => {
  const found = await asked(-5 * 365 * 24 * hour, now);
  assert.deepEqual([found.from, found.to], [-hour, 0]);
  assert.match(found.notes[1], /is 1825 days behind .* so a search by time may miss traces\.$/);
});
