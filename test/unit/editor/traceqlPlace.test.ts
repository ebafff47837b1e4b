import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { traceqlColours } from "../../../src/editor/traceqlColours.ts";
import { traceqlPlace } from "../../../src/editor/traceqlPlace.ts";

/** A query with the caret drawn as ¦, what is offered there, and what of it is typed already. */
const carets: [query: string, kind: string, typed?: string, field?: string][] = [
  ["¦", "selector"],
  ["{ ¦", "field"],
  ["{ sp¦an", "field", "span"],
  ["{ span.http.r¦", "field", "span.http.r"],
  ["{ (¦", "field"],
  ["{ !¦", "field"],
  ["{ span.a ¦", "comparison"],
  ["{ span.a = ¦", "value", "", "span.a"],
  ["{ resource.service.name = ¦ }", "value", "", "resource.service.name"],
  ['{ span.a = "x¦', "value", '"x', "span.a"],
  ['{ span.a = "x¦y" && .b }', "value", '"xy"', "span.a"],
  ["{ status = er¦", "value", "er", "status"],
  ['{ span."my attr" != ¦', "value", "", 'span."my attr"'],
  ['{ span.a = "x"¦', "condition"],
  ["{ status = error ¦", "condition"],
  ["{ status = error && ¦", "field"],
  ["{ (span.a = 1 || ¦", "field"],
  ["{} ¦", "operator"],
  ["{} >> ¦", "selector"],
  ["{} | ¦", "stage"],
  ["{} | co¦", "stage", "co"],
  ["{} | by(¦", "field"],
  ["{} | select(span.a, re¦", "field", "re"],
  ["{} | quantile_over_time(¦", "field"],
  ["{ // span.¦", "nothing"],
  ["{ span.a = 12¦", "nothing"],
  ['{ "span.¦', "nothing"],
];

suite("At a caret completion offers", () => {
  for (const [query, kind, typed = "", field = ""] of carets) {
    test(`${query} ${kind}`, () => {
      const text = query.replace("¦", "");
      const place = traceqlPlace(text, query.indexOf("¦"));
      assert.deepEqual([place.kind, text.slice(place.from, place.to), place.field], [kind, typed, field]);
    });
  }

  test("something for every place of any text, without an exception", () => {
    const text = '{ span."a = `x\\" } | by( // c\n /* "';
    for (let at = 0; at <= text.length; at++) assert.ok(traceqlPlace(text, at).kind);
  });
});

suite("Colours of a query", () => {
  const said = (text: string) =>
    traceqlColours(text).map(({ from, to, type }) => `${text.slice(from, to)} ${type}`);

  test("tell scopes from names, intrinsics from constants, functions from key words", () => {
    assert.deepEqual(said('{ span.http.route = "/x" && status = error } | count() > 2 | by(name)'), [
      "span namespace",
      "http.route property",
      "= operator",
      '"/x" string',
      "&& operator",
      "status variable",
      "= operator",
      "error enumMember",
      "| operator",
      "count function",
      "> operator",
      "2 number",
      "| operator",
      "by keyword",
      "name variable",
    ]);
  });

  test("of an attribute without a scope, of the parent's, and of one in quotes", () => {
    assert.deepEqual(said('.x parent.resource.y span."a b".c'), [
      ".x property",
      "parent.resource namespace",
      "y property",
      "span namespace",
      '"a b".c property',
    ]);
  });

  test("of a comment over several lines are one piece a line", () => {
    assert.deepEqual(said("/* a\n\nb */ {}"), ["/* a comment", "b */ comment"]);
  });
});
