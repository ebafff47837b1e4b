import assert from "node:assert/strict";
import * as vscode from "vscode";
import { caret, closeAll, openSlowCheckout, traceTab, until } from "../../support/editorSuite.ts";
import { story } from "../story.ts";

export function jumpStories(): void {
  story("Jump to Slowest Span puts the caret on the line, beside the trace", async () => {
    await openSlowCheckout();
    await vscode.commands.executeCommand("traceline.jumpToSlowestSpan");
    await until("the caret is in taxes.ts", () => caret() === "pricing/src/taxes.ts:22");
    const editor = vscode.window.activeTextEditor!;
    assert.equal(editor.selection.isEmpty, true);
    assert.equal(editor.selection.active.character, 2);
    assert.equal(editor.viewColumn, vscode.ViewColumn.Two);
    assert.equal(
      editor.visibleRanges.some((range) => range.contains(editor.selection.active)),
      true,
    );
    await closeAll();
  });

  story("Next and Previous Slow Span walk the slow spans and their lines", async () => {
    await openSlowCheckout();
    await vscode.commands.executeCommand("traceline.jumpToSlowestSpan");
    const slowest = await until("the first line is open", () =>
      caret().includes(":") ? caret() : undefined,
    );
    await vscode.commands.executeCommand("traceline.nextSlowSpan");
    const second = await until("another line is open", () => (caret() === slowest ? undefined : caret()));
    await vscode.commands.executeCommand("traceline.previousSlowSpan");
    await until("the first line is open again", () => caret() === slowest);
    assert.notEqual(second, slowest);
    assert.equal(vscode.window.tabGroups.all.length, 2, "each jump uses the column of the one before");
    await closeAll();
  });

  story("Copy Link makes a link to the trace that is in front", async () => {
    await openSlowCheckout();
    await traceTab("POST /checkout");
    await vscode.env.clipboard.writeText("");
    await vscode.commands.executeCommand("traceline.copyLink");
    const link = await vscode.env.clipboard.readText();
    assert.match(
      link,
      /^vscode:\/\/traceline\.traceline\/trace\/c192d317629e401b66bf358b97354f26\?file=.+checkout-slow/,
    );
    await closeAll();
  });
}
