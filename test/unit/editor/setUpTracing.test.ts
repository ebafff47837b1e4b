import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Uri } from "vscode";
import { editor } from "../../support/fakeVscode.ts";

const vscode = (await import("vscode")) as unknown as Record<string, Record<string, unknown>>;
const { setUpTracing } = await import("../../../src/editor/tracing/setUpTracing.ts");

const folders = ["shop", "tools"].map((name, index) => ({ name, index, uri: { fsPath: `/${name}` } }));
Object.defineProperty(vscode.workspace, "workspaceFolders", { get: () => folders });
Object.assign(vscode.workspace, { findFiles: async () => [] });

beforeEach(() => editor.reset());

for (const [what, folder, asked] of [
  ["is asked about its commands in the folder that was picked", folders[1], 1],
  ["who closes the list of folders is asked nothing more", undefined, 0],
] as const) {
  test(`A person ${what}`, async () => {
    vscode.window.showWorkspaceFolderPick = async () => folder;
    editor.answer = ({ kind }) => (kind === "pick" ? "Java" : undefined);
    await setUpTracing({} as Uri);
    assert.equal(editor.asked.filter(({ kind }) => kind === "modal").length, asked);
  });
}

for (const [lock, command] of [
  ["package-lock.json", "npm install --save-dev @opentelemetry/api"],
  ["pnpm-lock.yaml", "pnpm add --save-dev @opentelemetry/api"],
  ["yarn.lock", "yarn add --dev @opentelemetry/api"],
  ["bun.lock", "bun add --dev @opentelemetry/api"],
  ["bun.lockb", "bun add --dev @opentelemetry/api"],
] as const) {
  test(`A project with a ${lock} is set up by ${command.split(" ")[0]}`, async () => {
    vscode.window.showWorkspaceFolderPick = async () => folders[0];
    const stat = async ({ fsPath }: { fsPath: string }) => assert.equal(fsPath, `/shop/${lock}`);
    Object.assign(vscode.workspace, { fs: { stat } });
    editor.answer = ({ kind }) => (kind === "pick" ? "Node.js" : undefined);
    await setUpTracing({} as Uri);
    assert.ok(editor.asked.at(-1)?.detail.includes(command), editor.asked.at(-1)?.detail);
  });
}
