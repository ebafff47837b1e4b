import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readSourceMap } from "../../../src/source/maps/readSourceMap.ts";
import { mappedPlace, type SourceMap, type SourceMapRead } from "../../../src/source/maps/sourceMap.ts";
import { lineMap, mapText, type Segment } from "./mapText.ts";

const read = (text: string, isScript = false): SourceMapRead =>
  readSourceMap(new TextEncoder().encode(text), isScript);

function mapOf(text: string): SourceMap {
  const { map } = read(text);
  assert.ok(map !== undefined);
  return map;
}

/** `src/a.ts:4:2`, or "". */
function at(map: SourceMap, line: number, column = 0): string {
  const place = mappedPlace(map, line, column);
  return place === undefined ? "" : `${map.sources[place.source]}:${place.line}:${place.column}`;
}

suite("A source map", () => {
  const map = mapOf(
    mapText([[[4, 0, 6, 2], [10, 1, 0, 0], [14]], [], [[0], [2, 1, 8, 1]]], ["a.ts", "b.ts"]),
  );
  const cases: [string, number, number, string][] = [
    ["leads from a mapping to its place", 1, 5, "a.ts:7:3"],
    ["leads from a column to the mapping before it", 1, 9, "a.ts:7:3"],
    ["leads to each of its sources", 1, 11, "b.ts:1:1"],
    ["takes a column before the first mapping as that one", 1, 1, "a.ts:7:3"],
    ["takes a line without a column as its first mapping that has a source", 3, 0, "b.ts:9:2"],
    ["says nothing of what has no source", 1, 20, ""],
    ["says nothing of a line without mappings", 2, 0, ""],
    ["says nothing of a line that it does not have", 4, 1, ""],
    ["says nothing of line 0", 0, 1, ""],
  ];
  for (const [title, line, column, expected] of cases) {
    test(title, () => assert.equal(at(map, line, column), expected));
  }

  test("names its sources below its root, but for those that are whole", () => {
    const sources = ["a.ts", "/b.ts", "webpack://shop/./c.ts", ""];
    assert.deepEqual(mapOf(mapText([], sources, { sourceRoot: "../src/" })).sources, [
      "../src/a.ts",
      "/b.ts",
      "webpack://shop/./c.ts",
      "",
    ]);
  });

  test("may begin with what keeps a page from running it", () => {
    assert.equal(at(mapOf(`)]}'\n${lineMap([2], "a.ts")}`), 1), "a.ts:2:1");
  });

  test("may be put together of sections, each with its offset", () => {
    const section = (line: number, column: number, text: string) => ({
      offset: { line, column },
      map: JSON.parse(text),
    });
    const sections = [section(0, 0, lineMap([1, 2], "a.ts")), section(1, 30, lineMap([5, 6], "b.ts"))];
    const joined = mapOf(JSON.stringify({ version: 3, sections }));
    assert.deepEqual(
      [at(joined, 1), at(joined, 2, 30), at(joined, 2, 31), at(joined, 3)],
      ["a.ts:1:1", "a.ts:2:1", "b.ts:5:1", "b.ts:6:1"],
    );
  });
});

test("Of random mappings every place leads to what the generator put there", () => {
  let state = 7;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 60; round++) {
    const sources = Array.from({ length: 1 + random(5) }, (_, i) => `src/${i}.ts`);
    const lines = Array.from({ length: random(60) }, () => {
      const segments: Segment[] = [];
      for (let column = random(9); random(6) > 0; column += 1 + random(200)) {
        const isFrom = random(8) > 0;
        segments.push(isFrom ? [column, random(sources.length), random(100_000), random(4_000)] : [column]);
      }
      return segments;
    });
    const map = mapOf(mapText(lines, sources));
    for (const [i, segments] of lines.entries()) {
      for (const [k, segment] of segments.entries()) {
        const [column, source = -1, line = 0, sourceColumn = 0] = segment;
        const next = segments[k + 1]?.[0] ?? column + 50;
        const expected = source < 0 ? "" : `src/${source}.ts:${line + 1}:${sourceColumn + 1}`;
        for (const inside of [column, next - 1]) assert.equal(at(map, i + 1, inside + 1), expected);
      }
      const first = segments.find((segment) => segment.length > 1);
      const [, source, line] = first ?? [];
      const expected = first === undefined ? "" : `src/${source}.ts:${(line ?? 0) + 1}`;
      assert.equal(at(map, i + 1).replace(/:\d+$/, ""), expected);
    }
  }
});

suite("The last line of a script", () => {
  const cases: [string, string, string][] = [
    ["names a map", "run();\n//# sourceMappingURL=a.js.map\n", "a.js.map"],
    ["may use the older sign", "run();\n//@ sourceMappingURL=a.js.map", "a.js.map"],
    ["may stand behind code", "run();//# sourceMappingURL=a.js.map", "a.js.map"],
    ["may be a comment of the other kind", "run();\n/*# sourceMappingURL=a.js.map */\n", "a.js.map"],
    ["may be followed by a licence", "run();\n//# sourceMappingURL=a.js.map\n/* MIT */\n\n", "a.js.map"],
    ["counts, not one before it", "//# sourceMappingURL=b.map\n//# sourceMappingURL=a.js.map", "a.js.map"],
    ["is not a text that says so", 'run("sourceMappingURL=a.js.map");', ""],
    ["names nothing where the name has spaces", "//# sourceMappingURL=a b.map", ""],
    ["is not far above the end", `//# sourceMappingURL=a.map\n${"run();\n".repeat(20)}`, ""],
  ];
  for (const [title, text, expected] of cases) {
    test(title, () => assert.deepEqual(read(text, true), { link: expected, map: undefined }));
  }

  const encoded = Buffer.from(lineMap([7], "ü.ts")).toString("base64");
  const held: [string, string][] = [
    ["in base64", `data:application/json;base64,${encoded}`],
    ["in base64 with a charset", `data:application/json;charset=utf-8;base64,${encoded}`],
    ["as text", `data:application/json,${encodeURIComponent(lineMap([7], "ü.ts"))}`],
  ];
  for (const [title, url] of held) {
    test(`may hold the map itself, ${title}`, () => {
      const { map } = read(`run();\n//# sourceMappingURL=${url}\n`, true);
      assert.equal(map && at(map, 1), "ü.ts:7:1");
    });
  }
});

suite("A hostile source map", () => {
  const wrong: [string, string][] = [
    ["that is no JSON", "<html>"],
    ["that is cut", lineMap([1, 2, 3], "a.ts").slice(0, -9)],
    ["that is a number", "3"],
    ["that is null", "null"],
    ["that is a list", "[]"],
    ["of another version", lineMap([1], "a.ts", { version: 4 })],
    ["without sources", lineMap([1], "a.ts", { sources: undefined })],
    ["whose sources are an object", lineMap([1], "a.ts", { sources: { length: 3 } })],
    ["whose mappings are a list", lineMap([1], "a.ts", { mappings: [[[0, 0, 0, 0]]] })],
    ["with sections and none that can be read", JSON.stringify({ version: 3, sections: [1, null, {}] })],
    ["nested a million deep", "[".repeat(1_000_000)],
    ["with five million lines", lineMap([1], "a.ts", { mappings: ";".repeat(5_000_000) })],
    ["with five million mappings", lineMap([1], "a.ts", { mappings: "AAAA,".repeat(5_000_000) })],
  ];
  for (const offset of [{ line: 1e12, column: 0 }, { line: -1, column: 0 }, { line: 0, column: 1e300 }, {}]) {
    const sections = [{ offset, map: JSON.parse(lineMap([1], "a.ts")) }];
    wrong.push([`with a section at ${JSON.stringify(offset)}`, JSON.stringify({ version: 3, sections })]);
  }
  for (const [title, text] of wrong) test(`${title} is none`, () => assert.equal(read(text).map, undefined));

  test("with sections in sections has none of the inner ones", () => {
    const depth = 100_000;
    const open = '{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":'.repeat(depth);
    assert.equal(read(`${open}${lineMap([1], "a.ts")}${"}]}".repeat(depth)}`).map, undefined);
  });

  test("whose mappings name sources and lines that there are not says nothing of them", () => {
    const map = mapOf(
      mapText([[[0, 7, 3, 0]], [[0, -2, 3, 0]], [[0, 0, -5, 0]], [[0, 0, 3, -9]], [[0, 0, 3, 1]]], ["a.ts"]),
    );
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((line) => at(map, line)),
      ["", "", "", "", "a.ts:4:2"],
    );
  });

  test("whose mappings are any text at all is read without an error, and says what has a source", () => {
    for (const mappings of [
      "\u0000\uffff",
      "____",
      "ggggggggggg",
      "A,A;AAAA!AAAA",
      "AAAA".repeat(50),
      "-;-",
    ]) {
      const { map } = read(lineMap([1], "a.ts", { mappings }));
      for (let line = 0; map !== undefined && line < 5; line++)
        assert.match(at(map, line), /^(?:a\.ts:\d+:\d+)?$/);
    }
  });

  test("whose sources are no paths keeps the places of the others", () => {
    const sources = [null, 5, { toString: 1 }, "x".repeat(5_000), "a.ts"];
    const map = mapOf(mapText([[[0, 4, 0, 0]]], sources as string[]));
    assert.deepEqual(map.sources, ["", "", "", "", "a.ts"]);
    assert.equal(at(map, 1), "a.ts:1:1");
  });

  test("whose sources are too long together keeps the names of the first", () => {
    const sources = Array.from({ length: 9_000 }, (_, i) => `${i}/${"x".repeat(900)}`);
    const read = mapOf(mapText([[[0, 8_999, 6, 0]]], sources)).sources;
    assert.equal(read.length, 9_000);
    assert.ok(read.join("").length <= 4_000_000 && read[0] === sources[0] && read[8_999] === "");
  });

  test("whose names are those of objects' own is read as any other", () => {
    const text = `{"__proto__":{"sources":["b.ts"]},"constructor":1,${lineMap([1], "__proto__").slice(1)}`;
    assert.equal(at(mapOf(text), 1), "__proto__:1:1");
  });
});
