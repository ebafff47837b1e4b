import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { builtFrom, type MapInFile } from "../../../src/source/maps/builtFrom.ts";
import { readSourceMap } from "../../../src/source/maps/readSourceMap.ts";
import { lineMap, mapText } from "./mapText.ts";
import { idOf, MemoryFiles, type Texts } from "./memoryFiles.ts";

const script = (name: string) => `one\ntwo\nthree\n//# sourceMappingURL=${name}.map`;

/** `x.js 1,3` for each script. */
async function scripts(
  file: string,
  sources: Texts,
  built: Texts,
  read: readonly MapInFile[] = [],
): Promise<string[]> {
  const files = new MemoryFiles(sources, [], built);
  const found = await builtFrom(idOf(file), files, read, new AbortController().signal);
  return found.map(({ tail, lines }) => `${tail} ${[...lines].join()}`);
}

suite("The scripts that were made from a source", () => {
  const sources = { "src/x.ts": "", "src/y.ts": "" };

  test("are those of its name whose map names it, with the lines that are its own", async () => {
    const built = { "dist/x.js": script("x.js"), "dist/x.js.map": lineMap([4, 0, 9], "../src/x.ts") };
    assert.deepEqual(await scripts("src/x.ts", sources, built), ["x.js 1,3"]);
    assert.deepEqual(await scripts("src/y.ts", sources, built), []);
  });

  test("are not those whose map names another file of the same name", async () => {
    const built = { "dist/x.js": script("x.js"), "dist/x.js.map": lineMap([4], "../lib/x.ts") };
    assert.deepEqual(await scripts("src/x.ts", { ...sources, "lib/x.ts": "" }, built), []);
  });

  test("are named with their folder where others have the same name", async () => {
    const built = {
      "dist/x.mjs": script("x.mjs"),
      "dist/x.mjs.map": lineMap([4], "../src/x.ts"),
      "other/x.mjs": "",
    };
    assert.deepEqual(await scripts("src/x.ts", sources, built), ["dist/x.mjs 1"]);
  });

  test("are bundles of which the map was read before", async () => {
    const text = mapText(
      [
        [[0, 0, 3, 0]],
        [[0, 1, 3, 0]],
        [
          [0, 1, 3, 0],
          [9, 0, 7, 0],
        ],
      ],
      ["../src/x.ts", "../src/y.ts"],
    );
    const { map } = readSourceMap(new TextEncoder().encode(text), false);
    assert.ok(map !== undefined);
    const read = [{ file: idOf("dist/app.js.map"), map }];
    assert.deepEqual(await scripts("src/x.ts", sources, { "dist/app.js": script("app.js") }, read), [
      "app.js 1,3",
    ]);
    assert.deepEqual(await scripts("src/y.ts", sources, { "dist/app.js": script("app.js") }, read), [
      "app.js 2,3",
    ]);
  });

  test("are at most three", async () => {
    const built: Record<string, string> = {};
    for (const folder of ["a", "b", "c", "d", "e"]) {
      built[`dist/${folder}/x.js`] = script("x.js");
      built[`dist/${folder}/x.js.map`] = lineMap([4], "../../src/x.ts");
    }
    assert.equal((await scripts("src/x.ts", sources, built)).length, 3);
  });

  test("are none for what is no source of scripts", async () => {
    const built = { "dist/main.js": script("main.js"), "dist/main.js.map": lineMap([4], "../src/main.go") };
    assert.deepEqual(await scripts("src/main.go", { "src/main.go": "" }, built), []);
  });
});
