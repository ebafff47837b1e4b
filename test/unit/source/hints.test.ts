import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Hotspot, HotspotCall } from "../../../src/model/hotspot.ts";
import { hintsForFile, hintText, type LineHint, type ResolvedHotspot } from "../../../src/source/hints.ts";
import { newestOfLine } from "../../../src/source/newestOfLine.ts";

const ms = 1_000_000;
const all = { minCalls: 1, minLatencyMs: 0 };

function call(duration: number, more: Partial<HotspotCall> = {}): HotspotCall {
  const times = { duration: duration * ms, self: (duration * ms) / 2, critical: 0, traceDuration: 1000 * ms };
  return { traceId: "t", spanId: String(duration), ...times, error: false, startMs: 0, ...more };
}

interface Given {
  readonly file?: string;
  readonly line?: number;
  readonly service?: string;
  readonly name?: string;
  readonly calls: readonly HotspotCall[];
  readonly count?: number;
  readonly errors?: number;
  readonly sampled?: boolean;
  readonly confidence?: ResolvedHotspot["confidence"];
  readonly times?: Hotspot["times"];
  readonly weight?: number;
  readonly isWhole?: boolean;
  readonly askedMs?: number;
  readonly foundMs?: number;
  readonly mappedMs?: number;
}

function at(given: Given): ResolvedHotspot {
  const { file = "a.js", line = 4, service = "shop", name = "load", calls } = given;
  const place = { service, language: "", name, file: "", line: 0, column: 0, function: "", route: "" };
  const hotspot: Hotspot = {
    place,
    calls: [...calls].sort((a, b) => b.duration - a.duration),
    count: given.count ?? calls.length,
    errors: given.errors ?? 0,
    sampled: given.sampled ?? false,
    times: given.times,
    weight: given.weight,
  };
  const { confidence = "sure", isWhole, askedMs, foundMs, mappedMs } = given;
  return { hotspot, location: { file, line, column: 0 }, confidence, isWhole, askedMs, foundMs, mappedMs };
}

const texts = (resolved: readonly ResolvedHotspot[], thresholds = all): string[] =>
  hintsForFile("a.js", resolved, thresholds).map((hint) => `${hint.line} ${hintText(hint)}`);

const calls = (...durations: number[]) => durations.map((duration) => call(duration));
const hundred = Array.from({ length: 100 }, (_, i) => call(i + 1));

suite("The hints of a file", () => {
  const cases: [string, Given[], string[]][] = [
    [
      "show median, 95th percentile, calls and errors",
      [{ calls: hundred, errors: 2 }],
      ["4 p50 50.5 ms · p95 95.0 ms · 100 calls · 2 errors"],
    ],
    ["show one call as what it took", [{ calls: calls(12) }], ["4 12 ms · 1 call"]],
    [
      "leave out the 95th percentile of fewer than five calls",
      [{ calls: calls(1, 2, 3, 90) }],
      ["4 p50 2.5 ms · 4 calls"],
    ],
    ["say one error as one", [{ calls: calls(1, 2), errors: 1 }], ["4 p50 1.5 ms · 2 calls · 1 error"]],
    ["mark counts of a sample", [{ calls: calls(1, 2), sampled: true }], ["4 p50 1.5 ms · ~2 calls"]],
    [
      "are one for all that names the line in one service",
      [{ calls: calls(1) }, { calls: calls(3), name: "other" }],
      ["4 p50 2 ms · 2 calls"],
    ],
    [
      "are labelled when two services share the line",
      [{ calls: calls(1) }, { calls: calls(9), service: "pay" }],
      ["4 pay: 9 ms · 1 call", "4 shop: 1 ms · 1 call"],
    ],
    [
      "stand in the order of their lines",
      [
        { calls: calls(1), line: 9 },
        { calls: calls(1), line: 2 },
      ],
      ["2 1 ms · 1 call", "9 1 ms · 1 call"],
    ],
    ["are of that file only", [{ calls: calls(1), file: "b.js" }], []],
    [
      "leave out times that are no times",
      [{ calls: [call(Number.NaN), call(-5), call(12)], count: 3 }],
      ["4 p50 12 ms · 3 calls"],
    ],
    ["are none where no time is one", [{ calls: [call(Number.NaN)] }], []],
    [
      "are the backend's own figures where it has computed them",
      [
        {
          calls: [],
          count: 214,
          errors: 2,
          times: { p50: 12 * ms, p95: 340 * ms, p99: 900 * ms },
          isWhole: true,
        },
      ],
      ["4 p50 12 ms · p95 340 ms · 214 calls · 2 errors"],
    ],
    [
      "count what traces showed of a line no second time when the backend has told it",
      [
        { calls: calls(1, 2, 3) },
        {
          calls: [],
          count: 9,
          times: { p50: 7 * ms, p95: 8 * ms, p99: 9 * ms },
          isWhole: true,
          name: "other",
        },
      ],
      ["4 p50 7 ms · p95 8 ms · 9 calls"],
    ],
    [
      "are those of the traces seen for the lines that the backend did not name",
      [
        { calls: calls(5), line: 9 },
        { calls: [], count: 9, times: { p50: 7 * ms, p95: 8 * ms, p99: 9 * ms }, isWhole: true },
      ],
      ["4 p50 7 ms · p95 8 ms · 9 calls", "9 5 ms · 1 call"],
    ],
    [
      "leave out the backend's 95th percentile of fewer than five calls as well",
      [{ calls: [], count: 2, times: { p50: ms, p95: 3 * ms, p99: 3 * ms }, isWhole: true }],
      ["4 p50 1 ms · 2 calls"],
    ],
    [
      "are none where what the backend computed is no time",
      [{ calls: [], count: 2, times: { p50: Number.NaN, p95: Number.NaN, p99: Number.NaN }, isWhole: true }],
      [],
    ],
    [
      "estimate how many calls the sampled ones stand for",
      [{ calls: calls(1, 2), weight: 200 }],
      ["4 p50 1.5 ms · ~200 calls"],
    ],
    [
      "are no estimate where every call was kept",
      [{ calls: calls(1, 2), weight: 2 }],
      ["4 p50 1.5 ms · 2 calls"],
    ],
    [
      "say only what was seen when one part does not tell how it was sampled",
      [
        { calls: calls(1), weight: 100 },
        { calls: calls(3), name: "other" },
      ],
      ["4 p50 2 ms · 2 calls"],
    ],
  ];
  for (const [title, given, expected] of cases)
    test(title, () => assert.deepEqual(texts(given.map(at)), expected));

  test("keep what is below the thresholds to themselves", () => {
    const given = [
      at({ calls: calls(1, 2) }),
      at({ line: 5, calls: calls(50) }),
      at({ line: 6, calls: calls(50, 60) }),
    ];
    assert.deepEqual(texts(given, { minCalls: 2, minLatencyMs: 10 }), ["6 p50 55 ms · 2 calls"]);
  });

  test("label a line only when both services are shown", () => {
    const given = [at({ calls: calls(1) }), at({ calls: calls(90), service: "pay" })];
    assert.deepEqual(texts(given, { minCalls: 1, minLatencyMs: 10 }), ["4 90 ms · 1 call"]);
  });

  test("cannot be given an icon by a service's name", () => {
    const given = [at({ calls: calls(1), service: "$(trash)\u202e" }), at({ calls: calls(2) })];
    assert.ok(texts(given).every((text) => !/\$\(|\u202e/.test(text)));
  });

  test("weigh a sampled call for those that were not kept", () => {
    const slowest = Array.from({ length: 64 }, () => call(1000));
    const sample = Array.from({ length: 448 }, () => call(10));
    const [hint] = hintsForFile("a.js", [at({ calls: [...slowest, ...sample], count: 10_000 })], all);
    assert.equal(hint.calls, 10_000);
    assert.equal(hint.p95, 10 * ms);
  });

  test("have the slowest five calls, own time and names", () => {
    const [hint] = hintsForFile(
      "a.js",
      [at({ calls: hundred }), at({ calls: calls(500), name: "rare" })],
      all,
    );
    assert.deepEqual(
      hint.slowest.map((one) => one.duration / ms),
      [500, 100, 99, 98, 97],
    );
    assert.equal(hint.ownP50, 25.5 * ms);
    assert.deepEqual(hint.names, ["load", "rare"]);
  });

  test("name the slowest calls the backend gives as examples, else those of traces seen, else none", () => {
    const times = { p50: ms, p95: 3 * ms, p99: 4 * ms };
    const whole = (examples: readonly HotspotCall[]) =>
      at({ calls: examples, count: 50, times, isWhole: true });
    const slowest = (...given: ResolvedHotspot[]) =>
      hintsForFile("a.js", given, all)[0].slowest.map((one) => one.duration / ms);
    assert.deepEqual(slowest(whole(calls(2, 4)), at({ calls: calls(9) })), [4, 2]);
    assert.deepEqual(slowest(whole([]), at({ calls: calls(9) })), [9]);
    assert.deepEqual(slowest(whole([])), []);
  });

  test("draw no distribution and no share of examples, and say no own time the backend cannot tell", () => {
    const times = { p50: ms, p95: 3 * ms, p99: 4 * ms };
    const told = at({ calls: calls(2, 4), count: 500, times, isWhole: true });
    const [hint] = hintsForFile("a.js", [told], all);
    assert.deepEqual(
      [hint.distribution, hint.criticalShare, hint.ownP50, hint.p99],
      [[], 0, undefined, 4 * ms],
    );
    const [own] = hintsForFile(
      "a.js",
      [at({ calls: [], count: 5, times: { ...times, own: 7 }, isWhole: true })],
      all,
    );
    assert.equal(own.ownP50, 7);
  });

  test("join the backend's figures of one line by how often each was called, never too low", () => {
    const fast = at({ calls: [], count: 900, times: { p50: ms, p95: 2 * ms, p99: 3 * ms }, isWhole: true });
    const slow = at({
      calls: [],
      count: 100,
      times: { p50: 50 * ms, p95: 70 * ms, p99: 90 * ms },
      isWhole: true,
    });
    const [hint] = hintsForFile("a.js", [fast, slow], all);
    assert.deepEqual([hint.p50, hint.p95, hint.p99, hint.calls], [2 * ms, 50 * ms, 70 * ms, 1000]);
  });

  test("say the 99th percentile from a hundred calls on", () => {
    assert.equal(hintsForFile("a.js", [at({ calls: hundred })], all)[0].p99, 99.01 * ms);
    assert.equal(hintsForFile("a.js", [at({ calls: hundred.slice(1) })], all)[0].p99, undefined);
  });

  test("have the share of the critical path, each trace counted once", () => {
    const given = [
      call(1, { traceId: "a", critical: 100 * ms }),
      call(2, { traceId: "a", critical: 300 * ms }),
      call(3, { traceId: "b", critical: 0 }),
    ];
    assert.equal(hintsForFile("a.js", [at({ calls: given })], all)[0].criticalShare, 0.2);
  });

  test("are as sure as the least sure of what they are made of", () => {
    const given = [at({ calls: calls(1) }), at({ calls: calls(2), confidence: "guess" })];
    assert.equal(hintsForFile("a.js", given, all)[0].confidence, "guess");
  });

  test("have a distribution of at most twelve buckets that holds every call", () => {
    for (const given of [hundred, calls(5), calls(5, 5, 5), calls(0, 0), calls(0, 1, 100_000)]) {
      const [{ distribution }] = hintsForFile("a.js", [at({ calls: given })], all);
      assert.ok(distribution.length >= 1 && distribution.length <= 12);
      assert.equal(
        distribution.reduce((sum, bucket) => sum + bucket.count, 0),
        given.length,
      );
      for (const { from, to } of distribution) assert.ok(from <= to && Number.isFinite(to));
    }
  });

  test("of 2,000 lines are made without a pause", () => {
    const many = Array.from({ length: 2000 }, (_, i) => at({ line: i + 1, calls: hundred }));
    const before = process.cpuUsage();
    assert.equal(hintsForFile("a.js", many, all).length, 2000);
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < 1000);
  });
});

suite("Calls of one line that spans named differently", () => {
  /** From `start`, in ms of the trace; own time is a tenth, and critical time a twentieth. */
  const timed = (start: number, duration: number, more: Partial<HotspotCall> = {}): HotspotCall =>
    call(duration, {
      spanId: `${start}-${duration}`,
      startMs: 1_700_000_000_000 + start,
      self: (duration * ms) / 10,
      critical: (duration * ms) / 20,
      ...more,
    });
  const told = { p50: 8 * ms, p95: 10 * ms, p99: 10 * ms, own: ms };
  const cases: [title: string, given: Given[], expected: string[]][] = [
    [
      "count once where one is within the other, with the outer one's errors",
      [
        { name: "GET /cart", calls: [timed(0, 50), timed(100, 30, { error: true })], errors: 1 },
        { name: "handler", calls: [timed(1, 40, { error: true }), timed(100, 30)], errors: 1 },
      ],
      ["4 p50 40 ms · 2 calls · 1 error"],
    ],
    [
      "count each where they are beside each other",
      [
        { name: "GET", calls: [timed(0, 50)] },
        { name: "POST", calls: [timed(30, 30)] },
      ],
      ["4 p50 40 ms · 2 calls"],
    ],
    [
      "count each where they are of several traces",
      [
        { name: "GET /cart", calls: [timed(0, 50)] },
        { name: "handler", calls: [timed(1, 40, { traceId: "u" })] },
      ],
      ["4 p50 45 ms · 2 calls"],
    ],
    [
      "count each where they have the same name",
      [
        { name: "walk", calls: [timed(0, 50)] },
        { name: "walk", calls: [timed(1, 40)] },
      ],
      ["4 p50 45 ms · 2 calls"],
    ],
    [
      "count each where nobody knows when they were",
      [
        { name: "GET", calls: [timed(0, 50, { startMs: 0 })] },
        { name: "POST", calls: [timed(1, 40, { startMs: 0 })] },
      ],
      ["4 p50 45 ms · 2 calls"],
    ],
    [
      "leave those of the inner name that are within no other",
      [
        { name: "GET /cart", calls: [timed(0, 50)] },
        { name: "handler", calls: [timed(1, 40), timed(200, 10)] },
      ],
      ["4 p50 30 ms · 2 calls"],
    ],
    [
      "are told anew by a backend's own calls, where it gives all of them",
      [
        { name: "GET /cart", calls: [timed(0, 50)], times: { ...told, p50: 50 * ms }, isWhole: true },
        { name: "handler", calls: [timed(1, 40), timed(200, 10)], times: told, isWhole: true },
      ],
      ["4 p50 10 ms · 2 calls"],
    ],
    [
      "stay what a backend computed of more calls than it gives",
      [
        { name: "GET /cart", calls: [timed(0, 50)], times: told, isWhole: true },
        { name: "handler", calls: [timed(1, 40), timed(200, 10)], count: 9, times: told, isWhole: true },
      ],
      ["4 p50 8 ms · p95 10 ms · 10 calls"],
    ],
    [
      "are not a backend's where all that it gives are within others",
      [
        { name: "GET /cart", calls: [timed(0, 50)], count: 9, times: told, isWhole: true },
        { name: "handler", calls: [timed(1, 40)], count: 9, times: told, isWhole: true },
      ],
      ["4 p50 8 ms · p95 10 ms · 9 calls"],
    ],
  ];
  for (const [title, given, expected] of cases)
    test(title, () => assert.deepEqual(texts(given.map(at)), expected));

  test("have the own time and the share of the critical path of both, and the outer one alone as slowest", () => {
    const given = [
      at({ name: "GET /cart", calls: [timed(0, 500)] }),
      at({ name: "handler", calls: [timed(0, 400)] }),
    ];
    const [hint] = hintsForFile("a.js", given, all);
    assert.deepEqual([hint.ownP50, hint.criticalShare, hint.names], [90 * ms, 0.045, ["GET /cart"]]);
    assert.deepEqual(
      hint.slowest.map(({ duration }) => duration / ms),
      [500],
    );
    assert.equal(hint.distribution.length, 1);
  });
});

suite("The hints of a file that was saved with other lines", () => {
  const during = (ms: number, ...durations: number[]) =>
    durations.map((duration) => call(duration, { startMs: ms }));
  const dated = (given: readonly Given[], starts: readonly number[]) =>
    hintsForFile("a.js", given.map(at), all, starts).map(
      (hint) => `${hint.generation}/${hint.newestMs} ${hint.line} ${hintText(hint)}`,
    );
  const times = { p50: 7 * ms, p95: 8 * ms, p99: 9 * ms };

  const cases: [string, Given[], string[]][] = [
    [
      "do not mix the calls of both texts on one line",
      [{ calls: [...during(50, 90, 80), ...during(150, 2)] }],
      ["0/50 4 p50 85 ms · 2 calls", "100/150 4 2 ms · 1 call"],
    ],
    [
      "stay those of the old text where no call is newer",
      [{ calls: during(50, 90) }],
      ["0/50 4 90 ms · 1 call"],
    ],
    [
      "are of the text there was when the backend was asked",
      [{ calls: [], count: 9, times, isWhole: true, askedMs: 90 }, { calls: during(150, 2) }],
      ["0/90 4 p50 7 ms · p95 8 ms · 9 calls", "100/150 4 2 ms · 1 call"],
    ],
    [
      "are one for all texts where the line was found by the function's name",
      [{ calls: [...during(50, 1), ...during(150, 3)], foundMs: 120 }],
      ["100/150 4 p50 2 ms · 2 calls"],
    ],
  ];
  for (const [title, given, expected] of cases)
    test(title, () => assert.deepEqual(dated(given, [100]), expected));

  test("are of the text that was built where a source map names the line, though the build was heard of first", () => {
    const given = (mappedMs: number) => [{ calls: [...during(50, 1), ...during(9_000, 3)], mappedMs }];
    assert.deepEqual(dated(given(8_500), [8_000]), ["8000/9000 4 p50 2 ms · 2 calls"]);
    assert.deepEqual(dated(given(7_900), [8_000]), ["8000/9000 4 p50 2 ms · 2 calls"]);
    assert.deepEqual(dated(given(7_000), [8_000]), ["0/9000 4 p50 2 ms · 2 calls"]);
  });

  test("are labelled by their services in the same text only", () => {
    const given = [{ calls: during(50, 9), service: "pay" }, { calls: during(150, 2) }];
    assert.deepEqual(dated(given, [100]), ["0/50 4 9 ms · 1 call", "100/150 4 2 ms · 1 call"]);
  });

  test("give way to newer ones of the same line and service", () => {
    const placed = (generation: number, line: number, service = "shop") => ({
      hint: { generation, service } as LineHint,
      line,
    });
    const given = [placed(0, 6), placed(100, 6), placed(0, 6, "pay"), placed(0, 8), placed(100, 9)];
    assert.deepEqual(newestOfLine(given), given.slice(1));
  });
});
