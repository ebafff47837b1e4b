import assert from "node:assert/strict";
import { SourceMap, type SourceMapPayload } from "node:module";
import { describe, test } from "node:test";
import esbuild from "esbuild";
import { inProject } from "../../scripts/projectRoot.ts";
import { readMappings } from "../../src/preload/mappings.ts";

/** A map of some hundred KB over many sources. */
async function realMap(minify: boolean): Promise<SourceMapPayload> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [inProject("src", "workers", "decode.ts")],
    outfile: "decode.cjs",
    bundle: true,
    minify,
    sourcemap: "external",
    platform: "node",
    write: false,
    logLevel: "error",
  });
  return JSON.parse(outputFiles.find(({ path }) => path.endsWith(".map"))!.text);
}

const payload = (mappings: string): SourceMapPayload => ({
  file: "x.js",
  version: 3,
  sources: ["a.ts", "b.ts"],
  sourcesContent: [],
  names: ["n"],
  sourceRoot: "",
  mappings,
});

/** What Node says of a position, in the form of ours. */
function nodes(map: SourceMap, sources: readonly string[], line: number, column: number) {
  const entry = map.findEntry(line, column);
  if (!("originalSource" in entry) || entry.originalSource === undefined) return undefined;
  return { source: sources.indexOf(entry.originalSource), line: entry.originalLine };
}

describe("mappings are read as Node reads them", () => {
  for (const minify of [false, true]) {
    test(`of a bundle of many files${minify ? ", minified" : ""}`, async () => {
      const map = await realMap(minify);
      const [theirs, ours] = [new SourceMap(map), readMappings(map.mappings)];
      const lines = map.mappings.split(";");
      for (let i = 0; i < 20_000; i++) {
        const line = (i * 7919) % (lines.length + 2);
        const column = (i * 104_729) % (minify ? 3 * (lines[line] ?? "").length + 9 : 90);
        assert.deepEqual(ours(line, column), nodes(theirs, map.sources, line, column), `${line}:${column}`);
      }
    });
  }

  for (const [title, mappings] of [
    ["with none", ""],
    ["with empty lines at the start", ";;;AAAA"],
    ["with code of no source between", "AAAA,E,EAAE;A;ACAA"],
    ["with names", "AAAAA,EAAEA,IACA;AACAA"],
    ["that go back to a line before", "AAEA;AADA;AACA"],
    ["with large numbers", "AAgggBA,w+wpBAAA"],
  ]) {
    test(title, () => {
      const map = payload(mappings);
      const [theirs, ours] = [new SourceMap(map), readMappings(mappings)];
      for (let line = 0; line < 6; line++) {
        for (let column = 0; column < 9; column++) {
          const expected = nodes(theirs, map.sources, line, column);
          assert.deepEqual(ours(line, column), expected, `${line}:${column}`);
        }
      }
    });
  }

  test("and refused where they are damaged", () => {
    for (const text of ["A!AA", "AAAé", "AA A", "日本"]) assert.throws(() => readMappings(text), text);
  });
});
