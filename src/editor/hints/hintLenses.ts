import * as vscode from "vscode";
import { hintText, type LineHint } from "../../source/hints.ts";
import { plainLabel } from "../plainLabel.ts";
import type { DocumentFunctions } from "./functionLines.ts";
import type { HintStore } from "./hintStore.ts";
import type { HintView } from "./hintView.ts";
import { placedHints } from "./placedHints.ts";

/** Lenses beyond this many in one file would hide the code: the slowest are shown. */
const mostLenses = 500;

/**
 * The CodeLens above a function that has been seen in traces; a click opens the slowest of them at that span. Answers from
 * memory; the functions' lines come from the language's symbols and are awaited before the first lenses of a document, so
 * that lenses do not jump afterwards.
 */
export class HintLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #view: HintView;
  readonly #functions: DocumentFunctions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(view: HintView, store: HintStore, functions: DocumentFunctions) {
    this.#view = view;
    this.#functions = functions;
    this.#subscriptions = vscode.Disposable.from(
      store.onChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("traceline.hints")) this.#changed.fire();
      }),
    );
  }

  async provideCodeLenses(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> {
    if (!this.#view.shows("codeLens")) return [];
    const hints = this.#view.hints(document);
    if (hints.length === 0) return [];
    const functions = this.#functions.known(document) ?? (await this.#functions.read(document));
    if (token.isCancellationRequested) return [];
    return placedHints(hints, functions)
      .sort((a, b) => b.hint.p50 - a.hint.p50)
      .slice(0, mostLenses)
      .map(({ hint, line, stale }) => {
        const range = new vscode.Range(line, 0, line, 0);
        const title = `${plainLabel(hintText(hint), 120)}${stale ? " · before the last edit" : ""}`;
        return new vscode.CodeLens(range, { title, ...lensCommand(hint) });
      });
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

/** Opens the slowest trace that is known; where none is, looks for some. */
function lensCommand({ slowest: [call], place }: LineHint): Omit<vscode.Command, "title"> {
  if (call === undefined) {
    return {
      tooltip: "Search for traces with calls of this line",
      command: "traceline.searchHintPlace",
      arguments: [place],
    };
  }
  return {
    tooltip: "Open the slowest of these traces at this span",
    command: "traceline.openHintTrace",
    arguments: [call.traceId, call.spanId],
  };
}
