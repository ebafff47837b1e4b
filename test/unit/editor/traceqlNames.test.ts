import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceSource } from "../../../src/backends/backend.ts";
import { TraceqlNames } from "../../../src/editor/traceqlNames.ts";
import { connectionTo } from "../backends/fakes.ts";

interface Asked {
  readonly source: TraceSource;
  readonly signals: AbortSignal[];
  readonly names: string[];
}

function source(answer: (signal: AbortSignal) => Promise<readonly string[]>): Asked {
  const signals: AbortSignal[] = [];
  const names: string[] = [];
  const ask = (name: string) => (signal: AbortSignal) => {
    names.push(name);
    signals.push(signal);
    return answer(signal);
  };
  const asked = {
    connection: connectionTo("http://tempo"),
    attributeNames: ask(""),
    attributeValues: (name: string, signal: AbortSignal) => ask(name)(signal),
  };
  return { source: asked as unknown as TraceSource, signals, names };
}

const { signal } = new AbortController();

test("names are asked for once a minute, values of each name on their own", async () => {
  let now = 0;
  const known = new TraceqlNames(() => now);
  const { source: tempo, names } = source(async () => ["span.a"]);
  assert.deepEqual(await known.names(tempo, signal), ["span.a"]);
  await known.names(tempo, signal);
  await known.values(tempo, "span.a", signal);
  now = 59_000;
  await known.names(tempo, signal);
  assert.deepEqual(names, ["", "span.a"]);
  now = 61_000;
  await known.names(tempo, signal);
  assert.deepEqual(names, ["", "span.a", ""]);
});

test("who asks while an answer is on its way waits for that one", async () => {
  const known = new TraceqlNames(() => 0);
  const { source: tempo, names } = source(async () => ["span.a"]);
  await Promise.all([known.names(tempo, signal), known.names(tempo, signal)]);
  assert.deepEqual(names, [""]);
});

test("a request ends when the last who waits for it has gone, and that is no failure", async () => {
  const known = new TraceqlNames(() => 0);
  const {
    source: tempo,
    signals,
    names,
  } = source(
    (ended) => new Promise((_, reject) => ended.addEventListener("abort", () => reject(ended.reason))),
  );
  const controller = new AbortController();
  const waiting = known.names(tempo, controller.signal);
  controller.abort();
  await assert.rejects(waiting);
  assert.equal(signals[0].aborted, true);
  const again = new AbortController();
  const second = known.names(tempo, again.signal);
  assert.equal(names.length, 2);
  again.abort();
  await assert.rejects(second);
});

test("a backend that fails is told once, and not asked again for ten seconds", async () => {
  let now = 0;
  const known = new TraceqlNames(() => now);
  const { source: tempo, names } = source(() => Promise.reject(new Error("refused")));
  await assert.rejects(known.names(tempo, signal), /refused/);
  assert.deepEqual(await known.names(tempo, signal), []);
  now = 10_001;
  await assert.rejects(known.names(tempo, signal), /refused/);
  assert.equal(names.length, 2);
});

test("a backend that tells no names has none", async () => {
  const known = new TraceqlNames(() => 0);
  const silent = { connection: connectionTo("http://x") } as TraceSource;
  assert.deepEqual(await known.names(silent, signal), []);
});
