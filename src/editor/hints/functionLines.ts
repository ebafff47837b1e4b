import * as vscode from "vscode";
import { shiftLine } from "../../source/lineAnchor.ts";
import { lineEdits } from "./lineEdits.ts";

const functionKinds = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Class,
]);

/** A function of a document: lines from 0. */
export interface FunctionLines {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/**
 * The functions of open documents as their language's symbol provider tells them: asked once a document and after each save,
 * and in between moved with the edits, so that typing asks nobody and lenses stay with their functions.
 */
export class DocumentFunctions implements vscode.Disposable {
  readonly #known = new Map<string, readonly FunctionLines[]>();
  readonly #watch: vscode.Disposable;

  constructor() {
    this.#watch = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (this.#known.has(document.uri.toString())) void this.read(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#known.delete(document.uri.toString())),
    );
  }

  /** The functions as last told, undefined before the first answer. */
  known(document: vscode.TextDocument): readonly FunctionLines[] | undefined {
    return this.#known.get(document.uri.toString());
  }

  /**
   * Asks the provider. One that is still starting answers nothing: then the lenses stay where they are until the file is
   * saved, because a lens that jumps is worse than one a line lower.
   */
  async read(document: vscode.TextDocument): Promise<readonly FunctionLines[]> {
    const { version } = document;
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
      "vscode.executeDocumentSymbolProvider",
      document.uri,
    );
    const functions = functionsOf(symbols ?? []);
    // An answer for a text that has changed meanwhile would misplace the lenses.
    if (document.version === version) this.#known.set(document.uri.toString(), functions);
    return functions;
  }

  dispose(): void {
    this.#watch.dispose();
    this.#known.clear();
  }

  #follow(event: vscode.TextDocumentChangeEvent): void {
    const key = event.document.uri.toString();
    const known = this.#known.get(key);
    if (known === undefined || event.contentChanges.length === 0) return;
    const edits = lineEdits(event);
    // A revert or a checkout replaces many lines as one, and where its functions went nobody can tell: they are asked for anew.
    const isReplaced = ({ first }: FunctionLines) =>
      edits.some(
        (edit) => edit.startLine <= first && first < edit.endLine && edit.endLine - edit.startLine > 1,
      );
    if (known.some(isReplaced)) {
      this.#known.delete(key);
      return;
    }
    this.#known.set(
      key,
      known.map(({ name, first, last }) => ({
        name,
        first: shiftLine(first + 1, edits) - 1,
        last: shiftLine(last + 1, edits) - 1,
      })),
    );
  }
}

function functionsOf(symbols: readonly vscode.DocumentSymbol[]): FunctionLines[] {
  const functions: FunctionLines[] = [];
  const open = [...symbols];
  while (open.length > 0) {
    const symbol = open.pop()!;
    open.push(...(symbol.children ?? []));
    if (!functionKinds.has(symbol.kind) || symbol.range === undefined) continue;
    // TypeScript also lists what is passed to a call, as `serve("POST /x") callback`: people look above the function.
    if (/callback$|["'<]/.test(symbol.name)) continue;
    functions.push({
      name: symbol.name,
      first: symbol.selectionRange.start.line,
      last: symbol.range.end.line,
    });
  }
  return functions;
}

/** The innermost function around a line, or undefined. */
export function functionAround(functions: readonly FunctionLines[], line: number): FunctionLines | undefined {
  let best: FunctionLines | undefined;
  for (const one of functions) {
    if (line < one.first || line > one.last) continue;
    if (best === undefined || one.last - one.first < best.last - best.first) best = one;
  }
  return best;
}
