import assert from "node:assert/strict";
import * as vscode from "vscode";
import { runStories, story } from "./story.ts";

story("The extension is found in the window and activates", async () => {
  const extension = vscode.extensions.getExtension("traceline.traceline");
  assert.ok(extension, "VS Code does not list traceline.traceline");
  await extension.activate();
  assert.equal(extension.isActive, true);
});

story("Files of the workspace are found by name", async () => {
  const found = await vscode.workspace.findFiles("**/*.{js,ts,py,go,java}", undefined, 1);
  assert.equal(found.length, 1);
});

/** Called by VS Code in the extension host; resolves when every story passed. */
export async function run(): Promise<void> {
  await runStories();
}
