import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import type * as vscode from "vscode";
import { readSourceMap } from "../../../src/source/maps/readSourceMap.ts";
import { editor } from "../../support/fakeVscode.ts";
import { lineMap } from "../source/mapText.ts";

const { SourceMaps } = await import("../../../src/editor/sourceMaps.ts");
const { workspace } = (await import("vscode")) as unknown as { workspace: Record<string, unknown> };

const never = new AbortController().signal;

/** A folder on disk with maps in it, and what is asked of the thread. */
function mapsOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "kept-"));
  mkdirSync(join(folder, "work"));
  t.after(() => rmSync(folder, { recursive: true }));
  editor.reset();
  editor.folder = join(folder, "work");
  workspace.fs = {
    stat: async ({ fsPath }: vscode.Uri) => {
      const { mtimeMs, size } = await stat(fsPath);
      return { type: 1, mtime: mtimeMs, size };
    },
    readFile: async ({ fsPath }: vscode.Uri) => new Uint8Array(await readFile(fsPath)),
  };
  const reads: AbortSignal[] = [];
  /** Held back until it is let go. */
  let gate = Promise.resolve();
  const maps = new SourceMaps({
    async read(buffer, isScript, signal) {
      reads.push(signal);
      await gate;
      signal.throwIfAborted();
      return readSourceMap(new Uint8Array(buffer), isScript);
    },
    dispose() {},
  });
  t.after(() => maps.dispose());
  const path = (name: string) => join(folder, "work", name);
  return {
    maps,
    reads,
    path,
    hold(): () => void {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
    async read(name: string, signal = never): Promise<number | undefined> {
      const uri = { scheme: "file", fsPath: path(name) } as vscode.Uri;
      return (await maps.read(`file://${path(name)}`, uri, signal))?.map?.sourceLine[0];
    },
  };
}

suite("Source maps on disk", () => {
  test("are read once, also when several wait for one", async (t) => {
    const { read, reads, path } = mapsOf(t);
    writeFileSync(path("a.js.map"), lineMap([5], "a.ts"));
    assert.deepEqual(await Promise.all([read("a.js.map"), read("a.js.map")]), [4, 4]);
    assert.equal(await read("a.js.map"), 4);
    assert.equal(reads.length, 1);
  });

  test("are read anew when the file has changed", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const { read, path } = mapsOf(t);
    writeFileSync(path("a.js.map"), lineMap([5], "a.ts"));
    assert.equal(await read("a.js.map"), 4);
    writeFileSync(path("a.js.map"), lineMap([500], "a.ts"));
    t.mock.timers.tick(2_000);
    assert.equal(await read("a.js.map"), 499);
  });

  test("stop being read when the last who waits gives up, and not before", async (t) => {
    t.mock.timers.enable({ apis: ["Date"] });
    const { read, reads, path, hold } = mapsOf(t);
    writeFileSync(path("a.js.map"), lineMap([5], "a.ts"));
    const open = hold();
    const [one, two] = [new AbortController(), new AbortController()];
    const ends = [assert.rejects(read("a.js.map", one.signal), /enough/)];
    while (reads.length === 0) await new Promise(setImmediate);
    ends.push(assert.rejects(read("a.js.map", two.signal), /enough/));
    one.abort(new Error("enough"));
    await ends[0];
    assert.equal(reads[0].aborted, false);
    two.abort(new Error("enough"));
    await ends[1];
    assert.equal(reads[0].aborted, true);
    open();
    assert.equal(await read("a.js.map"), 4);
  });

  test("are not read through a link that leads out of the workspace", async (t) => {
    const { read, reads, path } = mapsOf(t);
    writeFileSync(path("../outside.map"), lineMap([5], "a.ts"));
    symlinkSync(path("../outside.map"), path("a.js.map"));
    assert.equal(await read("a.js.map"), undefined);
    assert.equal(reads.length, 0);
  });

  test("are not read when they are larger than 32 MB, or gone", async (t) => {
    const { read, reads, path } = mapsOf(t);
    writeFileSync(path("a.js.map"), Buffer.alloc(32_000_001, " "));
    assert.equal(await read("a.js.map"), undefined);
    assert.equal(await read("b.js.map"), undefined);
    assert.equal(reads.length, 0);
  });

  test("are let go, the longest unused first, when they take too much room", async (t) => {
    const { read, reads, path, maps } = mapsOf(t);
    const text = lineMap([1], "?.ts", { mappings: "AAAA;".repeat(1_000_000) });
    for (const name of ["a", "b", "c", "d"]) writeFileSync(path(`${name}.js.map`), text.replace("?", name));
    for (const name of ["a", "b", "c", "a", "d"]) assert.equal(await read(`${name}.js.map`), 0);
    assert.equal(reads.length, 4);
    const kept = [...maps.all()].map(({ map }) => map.sources[0]);
    assert.deepEqual(kept, ["c.ts", "a.ts", "d.ts"]);
  });
});
