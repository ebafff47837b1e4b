import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { asAddress } from "../../../src/editor/address.ts";
import { readConnections } from "../../../src/editor/connectionSettings.ts";
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

describe("the connections setting", () => {
  const good = { name: "local", kind: "jaeger", url: "http://localhost:16686/" };

  test("a good entry is a connection, its URL without the last slash", () => {
    const { connections, problems } = readConnections([good]);
    assert.equal(connections[0].url, "http://localhost:16686");
    assert.deepEqual(problems, []);
  });

  const bad: [string, unknown, RegExp][] = [
    ["an entry that is no object", 7, /\[0\]: not an object/],
    ["a missing name", { ...good, name: " " }, /name is missing/],
    ["an unknown kind", { ...good, kind: "x" }, /unknown kind; known: jaeger, zipkin/],
    ["a missing URL", { ...good, url: undefined }, /URL is missing/],
    ["a URL of another scheme", { ...good, url: "file:///etc" }, /not an http or https URL/],
    ["a password in the URL", { ...good, url: "http://me:secret@host" }, /user name or password/],
  ];
  for (const [title, entry, problem] of bad) {
    test(`${title} is said, with its place`, () => {
      const read = readConnections([entry]);
      assert.deepEqual(read.connections, []);
      assert.match(read.problems[0], problem);
      assert.ok(!read.problems[0].includes("secret@"));
    });
  }

  test("two of one name keep the first", () => {
    const { connections, problems } = readConnections([good, good]);
    assert.equal(connections.length, 1);
    assert.match(problems[0], /\[1\].*used twice/);
  });

  test("a setting that is no list is none", () => assert.deepEqual(readConnections("x").connections, []));

  test("headers that are not text, or would break the request, are left out", () => {
    const headers = { "x-ok": "1", "x-number": 7, "bad name": "x", "x-break": "a\r\nb" };
    assert.deepEqual(readConnections([{ ...good, headers }]).connections[0].headers, { "x-ok": "1" });
  });
});
