import assert from "node:assert/strict";
import { test } from "node:test";
import type * as vscode from "vscode";
import { Emitter } from "../../../src/base/event.ts";
import { layoutWhenOpened } from "../../../src/editor/viewLayout.ts";

test("a view that is opened gets its message anew, so that its rows are laid out at once", () => {
  const seen = new Emitter<{ visible: boolean }>();
  const messages: (string | undefined)[] = [];
  const view = {
    onDidChangeVisibility: seen.event,
    get message() {
      return "Nothing answers.";
    },
    set message(text) {
      messages.push(text);
    },
  };
  layoutWhenOpened(view as unknown as vscode.TreeView<unknown>);
  seen.fire({ visible: false });
  assert.deepEqual(messages, []);
  seen.fire({ visible: true });
  assert.deepEqual(messages, ["Nothing answers."]);
});
