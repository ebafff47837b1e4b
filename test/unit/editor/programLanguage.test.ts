import assert from "node:assert/strict";
import { matchesGlob } from "node:path";
import { test } from "node:test";
import { editor } from "../../support/fakeVscode.ts";

const { pickLanguage } = await import("../../../src/editor/tracing/programLanguage.ts");
const { workspace } = (await import("vscode")) as unknown as { workspace: Record<string, unknown> };

/** The languages in the order in which they are offered for a workspace with these files. */
async function offered(...files: string[]): Promise<readonly string[]> {
  editor.reset();
  workspace.findFiles = async (include: string, exclude: string) =>
    files.filter((file) => matchesGlob(file, include) && !matchesGlob(file, exclude));
  await pickLanguage("Set Up Tracing");
  return editor.asked[0].choices;
}

for (const [what, language, ...files] of [
  ["nothing but programs", "Python", "app.py"],
  ["programs in a folder", "Python", "src/shop/app.py", "README.md"],
  ["requirements", "Python", "requirements.txt"],
  ["a package.json", "Node.js", "services/cart/package.json"],
  ["a go.mod", "Go", "go.mod"],
]) {
  test(`A workspace with ${what} is offered ${language} first`, async () => {
    assert.equal((await offered(...files))[0], language);
  });
}

test("Programs that came with an environment or a package are not the workspace's", async () => {
  const files = [".venv/site.py", "venv/lib/a.py", "node_modules/gyp/b.py"];
  assert.deepEqual(await offered(...files), await offered());
});
