import assert from "node:assert/strict";
import * as vscode from "vscode";
import { caret, closeAll, openSlowCheckout, sampleFile, traceTab, until } from "../../support/editorSuite.ts";
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

  story("Next and Previous Slow Span walk the lines when the trace is behind another tab", async () => {
    await openSlowCheckout();
    await vscode.commands.executeCommand("traceline.jumpToSlowestSpan");
    await until("the slowest line is open", () => caret() === "pricing/src/taxes.ts:22");
    await vscode.window.showTextDocument(sampleFile("README.md"), { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand("traceline.nextSlowSpan");
    await until("another line is open", () => caret() === "gateway/src/checkout.js:32");
    await vscode.commands.executeCommand("traceline.previousSlowSpan");
    await until("the first line is open again", () => caret() === "pricing/src/taxes.ts:22");
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
