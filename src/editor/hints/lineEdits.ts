import type * as vscode from "vscode";
import type { LineEdit } from "../../source/lineAnchor.ts";

/**
 * The changes of one event as line edits, from the last to the first: they do not overlap and are in the coordinates of the
 * text before, so in that order none moves what another one names.
 */
export function lineEdits(event: vscode.TextDocumentChangeEvent): LineEdit[] {
  return [...event.contentChanges]
    .sort((a, b) => b.rangeOffset - a.rangeOffset)
    .map(({ range, text }) => ({
      startLine: range.start.line + 1,
      startColumn: range.start.character + 1,
      endLine: range.end.line + 1,
      endColumn: range.end.character + 1,
      newLines: text.split("\n").length - 1,
    }));
}
