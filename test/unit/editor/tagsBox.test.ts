import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { TraceSource } from "../../../src/backends/backend.ts";
import { isTags, tagChoices, tagKeys, tagPair, tagTyped, tagValue } from "../../../src/editor/tagChoices.ts";
import { editor } from "../../support/fakeVscode.ts";
import { memorySource, received } from "./connectionParts.ts";

const { askTags } = await import("../../../src/editor/tagsBox.ts");
const { TraceqlNames } = await import("../../../src/editor/traceqlNames.ts");

beforeEach(() => editor.reset());

describe("what is typed of tags", () => {
  for (const [text, before, key, value] of [
    ["", "", "", undefined],
    ["ht", "", "ht", undefined],
    ["http.method=", "", "http.method", ""],
    ["http.method=GE", "", "http.method", "GE"],
    ["a=1 b", "a=1 ", "b", undefined],
    ["a=1  ", "a=1  ", "", undefined],
    ['a="two words" b=3', 'a="two words" ', "b", "3"],
    ['a="two w', "", "a", "two w"],
    ["a= b", "a= ", "b", undefined],
  ] as const) {
    test(`of «${text}»: ${key} = ${value}`, () => assert.deepEqual(tagTyped(text), { before, key, value }));
  }

  test("is completed by keys, then by the values of the key, and can be searched by then", () => {
    const keys = ["env", "http.method", "http.route"];
    const labels = (text: string, values: readonly string[] = []) =>
      tagChoices(text, keys, values).choices.map(({ label, text: next }) => `${label} → ${next}`);
    assert.deepEqual(labels("HTTP."), ["http.method → http.method=", "http.route → http.route="]);
    assert.deepEqual(labels("a=1 en"), ["env → a=1 env="]);
    assert.deepEqual(labels("a=1 env=pro", ["production", "test"]), ["production → a=1 env=production "]);
    for (const value of ["GET /cart", 'the "best"', "a\\b", "x=y"]) {
      const [choice] = tagChoices("k=", [], [value]).choices;
      assert.equal(choice.text, `${tagPair("k", value)} `);
      assert.equal(isTags(choice.text), true);
    }
  });

  test("is offered up to 1,000 at a time, and the rest counted", () => {
    const keys = Array.from({ length: 1_500 }, (_, i) => `key${i}`);
    const { choices, hidden } = tagChoices("key", keys, []);
    assert.deepEqual([choices.length, hidden], [1_000, 500]);
  });
});

test("TraceQL's names are keys without their scope, its own words are none, its literals are values", () => {
  const tempo = { can: { ...memorySource(received).can, language: "traceql" as const } };
  const names = [
    "span.http.route",
    "resource.env",
    "event.name",
    'span."my key"',
    ".old",
    "status",
    "resource.http.route",
  ];
  assert.deepEqual(
    [...tagKeys(tempo, names)],
    [
      ["http.route", "span.http.route"],
      ["env", "resource.env"],
      ["event.name", "event.name"],
      ["old", ".old"],
    ],
  );
  assert.deepEqual(
    ['"GET"', "200", '"a \\"b\\" \\\\"'].map((value) => tagValue(tempo, value)),
    ["GET", "200", 'a "b" \\'],
  );
  assert.equal(tagValue(memorySource(received), '"GET"'), '"GET"');
});

describe("the box of tags", () => {
  const ask = (sources: readonly TraceSource[], value = "") =>
    askTags(value, sources, new TraceqlNames(() => 0));
  const told = (names: readonly string[], values: Readonly<Record<string, readonly string[]>> = {}) =>
    memorySource(received, {
      attributeNames: async () => names,
      attributeValues: async (name) => values[name] ?? [],
    });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
  const answers = (...list: string[]) => {
    editor.answer = async () => {
      await settled();
      return list.shift();
    };
  };

  test("offers the keys and values that the backends tell, and one that does not answer offers none", async () => {
    const down = memorySource(
      { ...received, name: "down" },
      { attributeNames: () => Promise.reject(new Error("down")) },
    );
    answers("env", "production", "$(check) Use these tags");
    assert.equal(await ask([down, told(["env"], { env: ["production", "staging"] })]), "env=production");
  });

  test("takes what is typed though no backend knows it", async () => {
    answers('team="check out"');
    assert.equal(await ask([told(["env"])]), 'team="check out"');
  });

  test("does not take what is no pair", async () => {
    answers("nonsense");
    const taken: unknown[] = [];
    void ask([told([])]).then((tags) => taken.push(tags));
    await settled();
    await settled();
    assert.deepEqual(taken, []);
    answers("$(check) No tags");
    assert.equal(await ask([told([])]), "");
  });

  test("is a plain one where no backend tells any", async () => {
    editor.answer = ({ kind }) => (kind === "input" ? " error=true " : undefined);
    assert.equal(await ask([memorySource(received)]), "error=true");
  });
});
