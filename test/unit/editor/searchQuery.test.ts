import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  anyTrace,
  asForm,
  durationOf,
  queryOf,
  type SearchForm,
  searchTitle,
  tagsOf,
} from "../../../src/editor/searchQuery.ts";

const form: SearchForm = {
  ...anyTrace,
  connection: "local",
  service: "checkout",
  operation: "POST /checkout",
  tags: "http.status_code=500",
  minDuration: "250ms",
  maxDuration: "",
  lookback: "1h",
  limit: 20,
};

describe("durations as people type them", () => {
  const cases: [string, number | undefined][] = [
    ["", 0],
    ["250ms", 250e6],
    ["1.5s", 1.5e9],
    ["2 m", 120e9],
    ["3us", 3e3],
    ["3µs", 3e3],
    ["10", undefined],
    ["fast", undefined],
    ["-1s", undefined],
    ["1e3s", undefined],
  ];
  for (const [text, expected] of cases) {
    test(`"${text}" is ${expected === undefined ? "refused" : `${expected} ns`}`, () => {
      assert.equal(durationOf(text), expected);
    });
  }
});

describe("tags as people type them", () => {
  const cases: [string, [string, string][] | undefined][] = [
    ["", []],
    ["error=true", [["error", "true"]]],
    [
      "a=1  b=2",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      'name="two words" b=2',
      [
        ["name", "two words"],
        ["b", "2"],
      ],
    ],
    ['q="say \\"hi\\""', [["q", 'say "hi"']]],
    ["__proto__=x", [["__proto__", "x"]]],
    ["url=/a?b=c", [["url", "/a?b=c"]]],
    ["just a word", undefined],
    ["=x", undefined],
  ];
  for (const [text, expected] of cases) {
    test(`'${text}' is ${expected === undefined ? "refused" : JSON.stringify(expected)}`, () => {
      assert.deepEqual(tagsOf(text) && [...tagsOf(text)!], expected);
    });
  }
});

test("tags that have no end are refused at once", () => {
  const before = process.cpuUsage();
  assert.equal(tagsOf("a".repeat(200_000)), undefined);
  assert.ok(process.cpuUsage(before).user / 1000 < 1000);
});

test("a form becomes a query that ends a little after now, for a backend whose clock is ahead", () => {
  const query = queryOf(form, 10_000_000);
  assert.equal(query.fromMs, 10_000_000 - 3_600_000);
  assert.equal(query.toMs, 10_000_000 + 300_000);
  assert.equal(query.minDurationNs, 250e6);
  assert.equal(query.maxDurationNs, 0);
  assert.deepEqual([...query.tags], [["http.status_code", "500"]]);
});

test("a past search is listed by what it asked", () => {
  assert.equal(searchTitle(form), "checkout · POST /checkout · http.status_code=500 · ≥ 250ms · last 1h");
  assert.equal(
    searchTitle({ ...form, service: "", operation: "", tags: "", minDuration: "" }),
    "all services · last 1h",
  );
});

test("a past search in a language is listed by its query, in one line and without comments", () => {
  const text = "{ status = error } // failed\n  | count() > 2";
  assert.equal(searchTitle({ ...form, text }), "{ status = error } | count() > 2 · last 1h");
});

test("a past search with every filter is listed by all of them", () => {
  const all = { ...form, kind: "client", remoteService: "bank", errorsOnly: true, tags: "", minDuration: "" };
  assert.equal(searchTitle(all), "checkout · POST /checkout · client · calling bank · with errors · last 1h");
});

test("a query in a language is sent with blanks in place of its comments, its places kept", () => {
  const { text } = queryOf({ ...form, text: "{ /* all */ }\n// that is it\n| count() > 2" }, 0);
  assert.equal(text, "{           }\n             \n| count() > 2");
  assert.equal("text" in queryOf(form, 0), false);
});

describe("what memory holds", () => {
  test("of an older version, without the newer fields, is read as a form that does not use them", () => {
    const { kind, remoteService, errorsOnly, text, ...old } = form;
    assert.deepEqual([kind, remoteService, errorsOnly, text], ["", "", false, ""]);
    assert.deepEqual(asForm(old), form);
  });
  for (const value of [undefined, null, "form", [], { ...form, limit: "20" }, { ...form, tags: 1 }]) {
    test(`${JSON.stringify(value)?.slice(0, 40)} is no form`, () => assert.equal(asForm(value), undefined));
  }
  test("or another extension gives is kept within what can be asked and shown", () => {
    const given = asForm({ ...form, lookback: "$(gear)", limit: -3.5, tags: "a".repeat(20_000) });
    assert.deepEqual([given?.lookback, given?.limit, given?.tags.length], ["1h", 1, 10_000]);
    assert.equal(asForm({ ...form, limit: 1e9 })?.limit, 1000);
    assert.equal(asForm({ ...form, limit: Number.NaN }), undefined);
  });
  test("in fields of the wrong type is not taken over", () => {
    const given = { ...form, kind: 1, errorsOnly: "yes", text: null, more: true };
    assert.deepEqual(asForm(given), form);
  });
});
