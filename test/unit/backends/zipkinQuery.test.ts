import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceQuery } from "../../../src/backends/backend.ts";
import { zipkinQuery } from "../../../src/backends/zipkinQuery.ts";
import { UserError } from "../../../src/base/userError.ts";

const all: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 1_700_000_000_000,
  toMs: 1_700_003_600_000,
  limit: 20,
};
const always = { endTs: "1700003600000", lookback: "3600000", limit: "20" };
const tags = (...pairs: [string, string][]) => ({ tags: new Map(pairs) });

const queries: readonly (readonly [string, Partial<TraceQuery>, Record<string, string>])[] = [
  ["a search for anything has times in ms and a limit", {}, {}],
  [
    "names are in lower case",
    { service: "Shop", operation: "GET /A" },
    { serviceName: "shop", spanName: "get /a" },
  ],
  [
    "durations are in µs",
    { minDurationNs: 2e6, maxDurationNs: 3e9 },
    { minDuration: "2000", maxDuration: "3000000" },
  ],
  ["a shortest duration goes alone", { minDurationNs: 5e6 }, { minDuration: "5000" }],
  [
    "a longest duration has a shortest beside it",
    { maxDurationNs: 5e6 },
    { minDuration: "1", maxDuration: "5000" },
  ],
  [
    "fractions of a µs are cut inwards",
    { minDurationNs: 1500, maxDurationNs: 3500 },
    { minDuration: "2", maxDuration: "3" },
  ],
  [
    "limits within one µs do not cross",
    { minDurationNs: 1100, maxDurationNs: 1900 },
    { minDuration: "2", maxDuration: "2" },
  ],
  ["a longest duration below 1 µs is 1 µs", { maxDurationNs: 10 }, { minDuration: "1", maxDuration: "1" }],
  ["fractions of a ms widen the time", { fromMs: 1.5, toMs: 3.2 }, { endTs: "4", lookback: "3" }],
  ["times are never 0", { fromMs: 0, toMs: 0, limit: 0 }, { endTs: "1", lookback: "1", limit: "1" }],
  ["a tag", tags(["http.method", "GET"]), { annotationQuery: "http.method=GET" }],
  ["several tags are joined by and", tags(["a", "1"], ["b", "x=y"]), { annotationQuery: "a=1 and b=x=y" }],
  ["quotes and backslashes are themselves", tags(["q", '"}\\&%+']), { annotationQuery: 'q="}\\&%+' }],
  ["an empty value stands for any", tags(["a", ""]), { annotationQuery: "a=" }],
  ["error=true asks whether there is an error", tags(["error", "true"]), { annotationQuery: "error" }],
  ["errors only asks whether there is an error", { errorsOnly: true }, { annotationQuery: "error" }],
  [
    "errors only leaves an error message as it is",
    { errorsOnly: true, ...tags(["error", "boom"]) },
    { annotationQuery: "error=boom" },
  ],
  [
    "errors only goes beside tags",
    { errorsOnly: true, ...tags(["a", "1"]) },
    { annotationQuery: "a=1 and error" },
  ],
  ["a service that was called", { remoteService: "Kafka" }, { remoteServiceName: "kafka" }],
  ["an error message stays one", tags(["error", "boom"]), { annotationQuery: "error=boom" }],
  [
    "a word that only holds “and” is no joint",
    tags(["a", "sandy band"]),
    { annotationQuery: "a=sandy band" },
  ],
  ["keys of an object's own are tags", tags(["__proto__", "x"]), { annotationQuery: "__proto__=x" }],
];

for (const [title, change, expected] of queries) {
  test(title, () => {
    const written = Object.fromEntries(zipkinQuery({ ...all, ...change }));
    assert.deepEqual(written, { ...always, ...expected });
  });
}

for (const [key, value] of [
  ["a", "b and c"],
  ["a", "b and"],
  ["a", " b"],
  ["a", "b\n"],
  ["a=b", "c"],
  ["", "c"],
]) {
  test(`the tag ${JSON.stringify(key)} of value ${JSON.stringify(value)} is refused, as it would be read as another`, () => {
    assert.throws(() => zipkinQuery({ ...all, ...tags([key, value]) }), UserError);
  });
}
