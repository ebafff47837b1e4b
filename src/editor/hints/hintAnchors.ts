import * as vscode from "vscode";
import type { LineHint } from "../../source/hints.ts";
import { isStale, shiftLine } from "../../source/lineAnchor.ts";
import { lineEdits } from "./lineEdits.ts";

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
    const edits = lineEdits(event);
    for (const anchor of anchors.values()) {
      const around = edits.find((edit) => edit.startLine <= anchor.line && anchor.line <= edit.endLine);
      anchor.line = shiftLine(anchor.line, edits);
      if (around === undefined || around.newLines === 0) continue;
      // A revert, a formatter or a checkout replaces many lines as one: the line is looked for among the new ones.
      const first = shiftLine(
        around.startLine,
        edits.filter((edit) => edit.startLine < around.startLine),
      );
      anchor.line = lineOfText(event.document, anchor, first, first + around.newLines);
    }
  }
}

/** The line of `first` to `last` that has the anchor's text and is nearest to where the anchor is; where it is when none has. */
function lineOfText(document: vscode.TextDocument, anchor: Anchor, first: number, last: number): number {
  let nearest = 0;
  for (let line = first; line <= Math.min(last, document.lineCount); line++) {
    if (document.lineAt(line - 1).text !== anchor.text) continue;
    if (nearest === 0 || Math.abs(line - anchor.line) < Math.abs(nearest - anchor.line)) nearest = line;
  }
  return nearest === 0 ? anchor.line : nearest;
}
