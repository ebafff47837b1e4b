import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceQuery } from "../../../src/backends/backend.ts";
import { datadogQuery, datadogTraceQuery } from "../../../src/backends/datadogQuery.ts";

const any: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 0,
  toMs: 1,
  limit: 20,
};

const queries: readonly (readonly [string, Partial<TraceQuery>, string])[] = [
  ["nothing", {}, "*"],
  ["a service", { service: "shop" }, 'service:"shop"'],
  ["an operation", { operation: "GET /cart" }, 'resource_name:"GET /cart"'],
  ["quotes and backslashes", { operation: 'a "b" \\ c' }, 'resource_name:"a \\"b\\" \\\\ c"'],
  [
    "what looks like more terms",
    { service: 'x" OR *:* OR service:"' },
    'service:"x\\" OR *:* OR service:\\""',
  ],
  ["a tag", { tags: new Map([["http.status_code", "500"]]) }, '@http.status_code:"500"'],
  ["a tag of any value", { tags: new Map([["user.id", ""]]) }, "@user.id:*"],
  ["a tag with signs in its name", { tags: new Map([["a b:c", "1"]]) }, '@a\\ b\\:c:"1"'],
  ["failed traces as elsewhere", { tags: new Map([["error", "true"]]) }, "status:error"],
  ["failed traces", { errorsOnly: true }, "status:error"],
  ["a kind", { spanKind: "client" }, '@span.kind:"client"'],
  [
    "durations of a service",
    { service: "shop", minDurationNs: 1_000, maxDurationNs: 2e9 },
    'service:"shop" @duration:>=1000 @duration:<=2000000000',
  ],
];

for (const [what, given, expected] of queries) {
  test(`a search for ${what} is ${expected}`, () => {
    assert.equal(datadogQuery({ ...any, ...given }), expected);
  });
}

test("whatever text is quoted comes back from the quotes", () => {
  const signs = ['"', "\\", " ", ":", "*", "(", ")", "a", "é", "\n", "OR"];
  for (let seed = 1; seed < 2_000; seed++) {
    const text = Array.from({ length: seed % 7 }, (_, i) => signs[(seed * (i + 3) * 31) % signs.length]).join(
      "",
    );
    if (text === "") continue;
    const written = datadogQuery({ ...any, service: text });
    const inner = /^service:"((?:[^"\\]|\\.)*)"$/s.exec(written)?.[1];
    assert.equal(inner?.replaceAll(/\\(.)/gs, "$1"), text);
  }
});

const ids: readonly (readonly [string, string])[] = [
  ["1", "trace_id:1"],
  ["463ac35c9f6413ad", "trace_id:5060571933882717101"],
  [
    "5b8efff798038103d269b633813fc60c",
    "(trace_id:5b8efff798038103d269b633813fc60c OR trace_id:15161849952847513100)",
  ],
];

for (const [id, expected] of ids) {
  test(`the trace ${id} is looked for as ${expected}`, () => assert.equal(datadogTraceQuery(id), expected));
}
