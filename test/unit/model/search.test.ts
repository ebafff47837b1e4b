import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Attributes, attributesOf } from "../../../src/model/attributes.ts";
import { whereMatched } from "../../../src/model/matchedWhere.ts";
import { findInOutline, findSpans } from "../../../src/model/search.ts";
import { kindNames, statusNames, type Trace } from "../../../src/model/trace.ts";
import { drawnTraceId, drawTrace } from "../../support/drawnTrace.ts";
import { anyTrace } from "./anyTrace.ts";

const trace = drawTrace(`
  checkout  ==========  kind=server http.route=/cart/{id} resource.host.name=web-1 scope=acme.http
   load cart  ====      kind=client service=db db.system=PostgreSQL retry=true rows=12
   charge         ===   !error message="card declined" event=exception link=00ff11ee22dd33cc44bb55aa66998877/a1b2c3d4e5f60718
   Größe          |     stadt=ZÜRICH note=日本語`);

const cases: [typed: string, found: { [name: string]: string }][] = [
  ["CHECKOUT", { checkout: "name" }],
  ["load cart", { "load cart": "name" }],
  ["/cart/", { checkout: "http.route" }],
  ["postgres", { "load cart": "db.system" }],
  ["db.sys", { "load cart": "db.system" }],
  ["db", { "load cart": "service" }],
  ["service=db", { "load cart": "service" }],
  ["service=d", { "load cart": "service" }],
  ["service=b", {}],
  ["http.route=/cart", { checkout: "http.route" }],
  ["http.route: /cart", { checkout: "http.route" }],
  ["route=/cart", { checkout: "http.route" }],
  ["http=/cart", {}],
  ["retry=true", { "load cart": "retry" }],
  ["rows=", { "load cart": "rows" }],
  ["client", { "load cart": "kind" }],
  ["clien", {}],
  ["kind=cli", { "load cart": "kind" }],
  ["error", { charge: "status" }],
  ["status:error", { charge: "status" }],
  ["card declined", { charge: "status message" }],
  ["exception", { charge: "event exception" }],
  ["src/pay.js", { charge: "event exception exception.stacktrace" }],
  ["22dd33cc", { charge: "link" }],
  ["A1B2C3D4", { charge: "link" }],
  ["host.name=web", { checkout: "resource host.name" }],
  ["acme", { checkout: "scope" }],
  ["0000000000000003", { charge: "span ID" }],
  ["000003", { charge: "span ID" }],
  ["00003", {}],
  [drawnTraceId, { checkout: "trace ID" }],
  ["grösse", {}],
  ["GRÖSSE", {}],
  ["GRÖßE", { Größe: "name" }],
  ["zürich", { Größe: "stadt" }],
  ["本語", { Größe: "note" }],
  ["stadt=zü", { Größe: "stadt" }],
  ["", {}],
  ["   ", {}],
  ["nowhere", {}],
];

describe("find", () => {
  for (const [typed, expected] of cases) {
    test(`"${typed}" finds ${JSON.stringify(expected)}`, () => {
      const found: { [name: string]: string } = {};
      for (const row of findSpans(trace, typed))
        found[trace.labels.at(trace.name[row])] = whereMatched(trace, row, typed);
      assert.deepEqual(found, expected);
    });
  }

  test("a match never crosses from one string into the next", () => {
    const text = new TextDecoder().decode(trace.texts.bytes);
    const across = text.slice(text.indexOf("/cart/{id}") + 8, text.indexOf("/cart/{id}") + 12);
    assert.equal(findSpans(trace, across).length, 0);
  });

  test("the outline alone finds names, services, kinds, status and ids", () => {
    assert.deepEqual([...findInOutline(trace, "charge")], [2]);
    assert.deepEqual([...findInOutline(trace, "server")], [0]);
    assert.deepEqual([...findInOutline(trace, "000002")], [1]);
    assert.deepEqual([...findInOutline(trace, "postgres")], []);
  });
});

/** All a row says, as lines to look into: `key=value` and the `key:value` form. */
function linesOf(trace: Trace, row: number): { plain: string[]; paired: [string, string][] } {
  const { labels, texts } = trace;
  const plain: string[] = [];
  const paired: [string, string][] = [];
  const field = (key: string, value: string) => {
    plain.push(value);
    paired.push([key, value]);
  };
  const all = (attributes: Attributes, owner: number) => {
    for (const { key, value } of attributesOf(attributes, owner, labels, texts)) {
      plain.push(key);
      field(key, value);
    }
  };
  field("name", labels.at(trace.name[row]));
  field("service", labels.at(trace.services[trace.service[row]]));
  paired.push(["kind", kindNames[trace.kind[row]]], ["status", statusNames[trace.status[row]]]);
  if (trace.message[row] > 0) field("message", texts.at(trace.message[row] - 1));
  all(trace.attributes, row);
  all(trace.resourceAttributes, trace.resource[row]);
  field("scope", labels.at(trace.scopes.name[trace.scope[row]]));
  field("version", labels.at(trace.scopes.version[trace.scope[row]]));
  for (let i = trace.events.offset[row]; i < trace.events.offset[row + 1]; i++) {
    field("event", labels.at(trace.events.name[i]));
    all(trace.events.attributes, i);
  }
  for (let i = trace.links.offset[row]; i < trace.links.offset[row + 1]; i++) {
    field("link", texts.at(trace.links.traceId[i]));
    field("link", texts.at(trace.links.spanId[i]));
    all(trace.links.attributes, i);
  }
  return { plain, paired };
}

test("find finds what looking into every text of every row finds, and says where", () => {
  const typed = fc.oneof(
    fc.constantFrom(
      "cart",
      "é",
      "日",
      "a=b",
      "k8s=",
      "12",
      "server",
      "error",
      "=",
      ":x",
      "name=c",
      "event:db",
      "t=",
      "CART=日",
    ),
    fc.string({
      unit: fc.constantFrom("a", "C", "r", "t", "=", ":", "b", "é", "日", "x", "1"),
      minLength: 1,
      maxLength: 3,
    }),
  );
  fc.assert(
    fc.property(anyTrace, typed, (trace, typed) => {
      const needle = typed.toLowerCase();
      const found = [...findSpans(trace, typed)];
      const expected = [...trace.parent.keys()].filter((row) => {
        const { plain, paired } = linesOf(trace, row);
        if (needle === kindNames[trace.kind[row]] || needle === statusNames[trace.status[row]]) return true;
        if (plain.some((text) => text.toLowerCase().includes(needle))) return true;
        return paired.some(([key, value]) =>
          ["=", ":"].some((sign) => {
            const line = `${key}${sign}${value}`.toLowerCase();
            // The needle must lie over the sign, with something of the key before it.
            for (let at = line.indexOf(needle); at >= 0; at = line.indexOf(needle, at + 1)) {
              if (at < key.length && key.length < at + needle.length) return true;
            }
            return false;
          }),
        );
      });
      assert.deepEqual(found, expected);
      for (let row = 0; row < trace.length; row++) {
        assert.equal(whereMatched(trace, row, typed) !== "", found.includes(row), `row ${row}`);
      }
    }),
    { numRuns: 1000 },
  );
});
