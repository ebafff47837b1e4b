import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { asAddress } from "../../../src/editor/address.ts";
import { plainLabel } from "../../../src/editor/plainLabel.ts";
import { readTraceLink, traceLink } from "../../../src/editor/traceLink.ts";

describe("links to traces", () => {
  const id = "5b8efff798038103d269b633813fc60c";

  test("a link reads back as what it was made of", () => {
    const address = { kind: "connection", connection: "team & co +eu 100%", traceId: id } as const;
    const link = new URL(traceLink("traceline.traceline", address, "eee19b7ec3c1b174"));
    // VS Code hands the query over decoded once.
    const query = decodeURIComponent(link.search.slice(1));
    assert.deepEqual(readTraceLink(link.pathname, query), {
      address,
      spanId: "eee19b7ec3c1b174",
    });
  });

  const refused: [string, string, string][] = [
    ["another path", "/open", ""],
    ["no id", "/trace/", "connection=a"],
    ["a path behind the id", `/trace/${id}/x`, "connection=a"],
    ["an id that is too long", `/trace/${"a".repeat(300)}`, "connection=a"],
  ];
  for (const [title, path, query] of refused) {
    test(`${title} is no link to a trace`, () => assert.equal(readTraceLink(path, query), undefined));
  }

  test("a span that is no span id is left out", () => {
    assert.equal(readTraceLink(`/trace/${id}`, "connection=a&span=<script>")?.spanId, "");
  });
});

describe("addresses read back from memory", () => {
  for (const value of [
    undefined,
    null,
    7,
    "x",
    [],
    {},
    { kind: "connection" },
    { kind: "file", path: "", traceId: "" },
  ]) {
    test(`${JSON.stringify(value)} is none`, () => assert.equal(asAddress(value), undefined));
  }
});

describe("labels", () => {
  const cases: [string, string, string][] = [
    ["icons are not drawn", "$(gear) x", "$\u2060(gear) x"],
    ["line breaks are visible", "a\nb", "a\u240Ab"],
    ["direction marks cannot reorder", "a\u202Eb", "a\uFFFDb"],
    ["long text is cut", "x".repeat(300), `${"x".repeat(199)}…`],
  ];
  for (const [title, text, shown] of cases) test(title, () => assert.equal(plainLabel(text), shown));
});
