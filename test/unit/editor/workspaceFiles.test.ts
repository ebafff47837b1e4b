import assert from "node:assert/strict";
import { test } from "node:test";
import { editor } from "../../support/fakeVscode.ts";

const { WorkspaceFiles } = await import("../../../src/editor/workspaceFiles.ts");

const noReader = { read: async () => ({ link: "", map: undefined }), dispose() {} };

test("Files that come are noticed together, and those that a build or an installation writes are not", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  editor.reset();
  editor.folder = "/build/shop";
  const files = new WorkspaceFiles(noReader);
  t.after(() => files.dispose());
  let changes = 0;
  files.onChange(() => changes++);
  for (const folder of ["dist", "out", "build", "target", ".next", "node_modules", ".git", ".venv/lib"]) {
    editor.createFile(`/build/shop/${folder}/a.js`);
    t.mock.timers.tick(1000);
  }
  assert.equal(changes, 0);
  for (const name of ["distance.js", "a.build.js", "git/a.js"]) editor.createFile(`/build/shop/${name}`);
  t.mock.timers.tick(1000);
  assert.equal(changes, 1);
});
