import assert from "node:assert/strict";
import { test } from "node:test";
import { parser } from "@grafana/lezer-traceql";
import fc from "fast-check";
import {
  type AttributeScope,
  regexLiteral,
  traceqlAttribute,
  traceqlLiterals,
  traceqlString,
} from "../../../src/backends/traceql.ts";
import { codeGenerations, metricsQueries } from "../../../src/backends/traceqlMetrics.ts";
import { traceqlSearch, traceqlService } from "../../../src/backends/traceqlSearch.ts";

/** Nodes of the kinds in a query, as they are written; fails where the grammar finds an error. */
function nodes(query: string, ...kinds: readonly string[]): string[] {
  const found: string[] = [];
  parser.parse(query).iterate({
    enter(node) {
      assert.ok(!node.type.isError, `${query}\nis no TraceQL at ${node.from}`);
      if (kinds.includes(node.name)) found.push(query.slice(node.from, node.to));
    },
  });
  return found;
}

/** What a string in a query stands for, by Go's rules as far as the builder uses them. */
function unquoted(literal: string): string {
  const signs = new Map([
    ["n", "\n"],
    ["r", "\r"],
    ["x00", "\0"],
  ]);
  return literal.slice(1, -1).replace(/\\(x00|.)/gs, (_, sign: string) => signs.get(sign) ?? sign);
}

/** The grammar on npm knows no escapes but of quotes and backslashes; Tempo takes all of Go's. */
const text = fc.string({ unit: "binary", maxLength: 30 }).filter((one) => !/[\n\r\0\ud800-\udfff]/.test(one));
const name = text.filter((one) => one !== "");
const nothing = {
  service: "",
  operation: "",
  tags: new Map<string, string>(),
  minDurationNs: 0,
  maxDurationNs: 0,
};

test("any text comes back from a TraceQL string as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (one) => {
      const literal = traceqlString(one);
      assert.equal(unquoted(literal), one.toWellFormed());
      assert.doesNotMatch(literal, /[\n\r\0]/);
    }),
  );
});

test("whatever is typed into the form, the query has it as literals and nothing else", () => {
  const tags = fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true });
  const kind = fc.constantFrom("", "server", "client", "producer", "consumer", "internal", "} || {");
  fc.assert(
    fc.property(text, text, tags, kind, fc.boolean(), (service, operation, pairs, spanKind, errorsOnly) => {
      const entries = Object.entries(pairs).filter(([key]) => key !== "error" && key !== "span.kind");
      const query = traceqlSearch({
        ...nothing,
        service,
        operation,
        tags: new Map(entries),
        spanKind,
        errorsOnly,
      });
      const written = [service, operation, ...entries.map(([, value]) => value)].filter((one) => one !== "");
      assert.deepEqual(nodes(query, "String").map(unquoted), written);
    }),
  );
});

test("an attribute of any name is one field of the query", () => {
  const scopes = fc.constantFrom<AttributeScope>("", "span", "resource", "event", "link", "instrumentation");
  fc.assert(
    fc.property(scopes, name, (scope, key) => {
      const attribute = traceqlAttribute(scope, key);
      assert.deepEqual(nodes(`{ ${attribute} = 1 }`, "AttributeField"), [attribute]);
    }),
  );
});

const attributes: readonly (readonly [AttributeScope, string, string])[] = [
  ["span", "http.route", "span.http.route"],
  ["", "shop", ".shop"],
  ["resource", "k8s.pod/name-1", "resource.k8s.pod/name-1"],
  ["span", "my attr", 'span."my attr"'],
  ["span", 'a"b\\c', 'span."a\\"b\\\\c"'],
  ["span", "a{b}", 'span."a{b}"'],
  ["span", "a//b", 'span."a//b"'],
  ["span", "1st", 'span."1st"'],
];
for (const [scope, key, written] of attributes) {
  test(`the attribute ${key} is written ${written}`, () => {
    assert.equal(traceqlAttribute(scope, key), written);
  });
}

const literals: readonly (readonly [string, readonly string[]])[] = [
  ["GET", ['"GET"']],
  ["500", ['"500"', "500", "500.0"]],
  ["-5", ['"-5"', "-5", "-5.0"]],
  ["007", ['"007"', "7", "7.0"]],
  ["9223372036854775807", ['"9223372036854775807"', "9223372036854775807"]],
  ["9223372036854775808", ['"9223372036854775808"']],
  ["1.5", ['"1.5"', "1.5"]],
  ["true", ['"true"', "true"]],
  ["1e5", ['"1e5"']],
];
for (const [value, expected] of literals) {
  test(`the value ${value} is looked for as ${expected.join(" and ")}`, () => {
    assert.deepEqual(traceqlLiterals(value), expected);
  });
}

type Form = Parameters<typeof traceqlSearch>[0];
const tags = (...pairs: [string, string][]) => ({ tags: new Map(pairs) });
const forms: readonly (readonly [string, Partial<Form>, string])[] = [
  ["nothing", {}, "{}"],
  ["a service", { service: "shop" }, '{ resource.service.name = "shop" }'],
  [
    "an operation of a kind",
    { operation: "GET /", spanKind: "server" },
    '{ name = "GET /" && kind = server }',
  ],
  ["an operation of braces", { operation: "{  }" }, '{ name = "{  }" }'],
  ["errors", { errorsOnly: true }, "{ status = error }"],
  [
    "a service, with an error anywhere in the trace",
    { service: "shop", errorsOnly: true },
    '{ resource.service.name = "shop" } && { status = error }',
  ],
  [
    "durations in ns",
    { minDurationNs: 5e6, maxDurationNs: 1.5e9 },
    "{ duration >= 5000000ns && duration <= 1500000000ns }",
  ],
  [
    "a number, which may have been sent as text",
    tags(["http.status_code", "500"]),
    '{ (.http.status_code = "500" || .http.status_code = 500 || .http.status_code = 500.0) }',
  ],
  ["a tag of a scope", tags(["resource.host", "a"]), '{ resource.host = "a" }'],
  ["a tag of any value", tags(["cart", ""]), "{ .cart != nil }"],
  ["failed spans", tags(["error", "true"]), "{ status = error }"],
  ["a kind as a tag", tags(["span.kind", "client"]), "{ kind = client }"],
  [
    "a service that was called",
    { remoteService: "db" },
    '{ (span.service.peer.name = "db" || span.peer.service = "db") }',
  ],
];
for (const [what, form, query] of forms) {
  test(`a search for ${what} is ${query}`, () => {
    assert.equal(traceqlSearch({ ...nothing, ...form }), query);
    nodes(query);
  });
}

test("names are narrowed by a service whose name Tempo would pass over, with any sign in its place", () => {
  assert.equal(traceqlService("shop", "server"), '{ resource.service.name = "shop" && kind = server }');
  assert.equal(traceqlService("my (shop)"), '{ resource.service.name =~ "my.\\\\(shop\\\\)" }');
});

const tails: readonly (readonly [string, string, boolean])[] = [
  ["cart.ts", "cart.ts", true],
  ["cart.ts", "/app/src/cart.ts", true],
  ["cart.ts", "C:\\app\\cart.ts", true],
  ["cart.ts", "file:///app/cart.ts", true],
  ["cart.ts", "/app/shopping-cart.ts", false],
  ["cart.ts", "/app/cartxts", false],
  ["cart.ts", "/app/cart.tsx", false],
  ["src/cart.ts", "/app/src\\cart.ts", true],
  ["src/cart.ts", "/app/cart.ts", false],
  ["[id].tsx", "/app/[id].tsx", true],
];
for (const [tail, path, isIn] of tails) {
  test(`spans of ${path} ${isIn ? "count" : "do not count"} for ${tail}`, () => {
    for (const names of codeGenerations) {
      const [pattern] = nodes(metricsQueries(names, tail).count, "String").map(unquoted);
      assert.equal(new RegExp(`^(?:${pattern})$`, "u").test(path), isIn);
    }
  });
}

test("a file of a language whose spans name the class alone is found by it", () => {
  const [present, former] = codeGenerations.map((names) => {
    const patterns = nodes(metricsQueries(names, "shop/CartController.java").count, "String").map(unquoted);
    return new RegExp(`^(?:${patterns[1]})$`, "u");
  });
  assert.match("com.shop.CartController.list", present);
  assert.match("com.shop.CartController$Inner.list", present);
  assert.doesNotMatch("com.shop.OldCartController.list", present);
  assert.match("com.shop.CartController", former);
  assert.doesNotMatch("com.shop.CartControllers", former);
});

test("all metrics queries are TraceQL, and none groups by more than Tempo can", () => {
  for (const names of codeGenerations) {
    const { count, errors, durations } = metricsQueries(names, 'a"b\\c/{x}.ts');
    for (const [query, most] of [
      [count, 5],
      [errors, 5],
      [durations, 4],
    ] as const) {
      nodes(query);
      assert.ok((query.split("by(")[1] ?? "").split(",").length <= most, query);
    }
  }
});

test("a regular expression of any text matches that text", () => {
  fc.assert(
    fc.property(text, (one) => {
      assert.match(one, new RegExp(`^(?:${regexLiteral(one)})$`, "u"));
    }),
  );
});
