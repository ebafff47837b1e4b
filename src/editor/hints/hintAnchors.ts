import * as vscode from "vscode";
import type { LineHint } from "../../source/hints.ts";
import { isStale, shiftLine } from "../../source/lineAnchor.ts";
import { newestOfLine } from "../../source/newestOfLine.ts";
import type { TextGenerations } from "../../source/textGenerations.ts";
import { lineEdits } from "./lineEdits.ts";
import type { SavedTexts } from "./savedTexts.ts";

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
  /** Whether its text was edited before it was looked at. */
  readonly isTouched: boolean;
}

/** Anchors of one document, beyond which those of hints that are not shown are let go. */
const mostAnchors = 4000;

/** Follows the lines that have hints through the edits of open documents, each from the text in which it was measured. */
export class HintAnchors implements vscode.Disposable {
  readonly #texts: SavedTexts;
  readonly #documents = new Map<string, Map<string, Anchor>>();
  readonly #watch: vscode.Disposable;

  constructor(texts: SavedTexts) {
    this.#texts = texts;
    this.#watch = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#documents.delete(document.uri.toString())),
    );
  }

  /** Where the hints stand in the document as it is now; one whose line is not known is left out, and so is one that a newer one replaces. */
  anchored(document: vscode.TextDocument, hints: readonly LineHint[]): AnchoredHint[] {
    const key = document.uri.toString();
    let anchors = this.#documents.get(key);
    if (anchors === undefined) {
      anchors = new Map();
      this.#documents.set(key, anchors);
    }
    const texts = this.#texts.of(document);
    const found: AnchoredHint[] = [];
    for (const hint of hints) {
      const anchor = anchors.get(anchorKey(hint)) ?? newAnchor(document, hint, texts);
      if (anchor === undefined) continue;
      anchors.set(anchorKey(hint), anchor);
      const line = Math.min(anchor.line, document.lineCount) - 1;
      const stale = anchor.isTouched || isStale(anchor.text, document.lineAt(line).text);
      found.push({ hint, line, stale });
    }
    if (anchors.size > mostAnchors) keepShown(anchors, hints);
    return newestOfLine(found);
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

function anchorKey({ line, generation, foundMs }: LineHint): string {
  return foundMs === undefined ? `${generation} ${line}` : `found ${foundMs} ${line}`;
}

function newAnchor(
  document: vscode.TextDocument,
  { line: measured, generation, foundMs }: LineHint,
  texts: TextGenerations,
): Anchor | undefined {
  const followed =
    foundMs === undefined ? texts.lineOf(generation, measured) : texts.lineFound(foundMs, measured);
  if (followed === undefined) return undefined;
  const line = Math.min(followed.line, document.lineCount);
  return { line, text: document.lineAt(line - 1).text, isTouched: followed.isTouched };
}

function keepShown(anchors: Map<string, Anchor>, hints: readonly LineHint[]): void {
  const shown = new Set(hints.map(anchorKey));
  for (const key of anchors.keys()) if (!shown.has(key)) anchors.delete(key);
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
