import * as vscode from "vscode";
import type { LineHint } from "../../source/hints.ts";
import { isStale, shiftLine } from "../../source/lineAnchor.ts";

/** A hint where it belongs now: its line has moved with the edits, and its text may not be what was measured any more. */
export interface AnchoredHint {
  readonly hint: LineHint;
  /** From 0. */
  readonly line: number;
  readonly stale: boolean;
}

interface Anchor {
  line: number;
  readonly text: string;
}

/** Follows the lines that have hints through the edits of open documents. */
export class HintAnchors implements vscode.Disposable {
  readonly #documents = new Map<string, Map<number, Anchor>>();
  readonly #watch: vscode.Disposable;

  constructor() {
    this.#watch = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#documents.delete(document.uri.toString())),
    );
  }

  /** Where the hints stand in the document as it is now. */
  anchored(document: vscode.TextDocument, hints: readonly LineHint[]): AnchoredHint[] {
    const key = document.uri.toString();
    let anchors = this.#documents.get(key);
    if (anchors === undefined) {
      anchors = new Map();
      this.#documents.set(key, anchors);
    }
    return hints.map((hint) => {
      let anchor = anchors.get(hint.line);
      if (anchor === undefined) {
        const line = Math.min(hint.line, document.lineCount);
        anchor = { line, text: document.lineAt(line - 1).text };
        anchors.set(hint.line, anchor);
      }
      const line = Math.min(anchor.line, document.lineCount) - 1;
      return { hint, line, stale: isStale(anchor.text, document.lineAt(line).text) };
    });
  }

  dispose(): void {
    this.#watch.dispose();
    this.#documents.clear();
  }

  #follow(event: vscode.TextDocumentChangeEvent): void {
    const anchors = this.#documents.get(event.document.uri.toString());
    if (anchors === undefined || event.contentChanges.length === 0) return;
    // The changes of one event do not overlap and are in the document's old coordinates: from the last to the first, none
    // moves what another one names.
    const edits = [...event.contentChanges]
      .sort((a, b) => b.rangeOffset - a.rangeOffset)
      .map(({ range, text }) => ({
        startLine: range.start.line + 1,
        startColumn: range.start.character + 1,
        endLine: range.end.line + 1,
        endColumn: range.end.character + 1,
        newLines: text.split("\n").length - 1,
      }));
    for (const anchor of anchors.values()) anchor.line = shiftLine(anchor.line, edits);
  }
}
