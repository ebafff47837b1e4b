import * as vscode from "vscode";

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
 * The functions of a document as its language's symbol provider tells them, kept by version: typing asks again once the
 * document is quiet, not with every key.
 */
export class DocumentFunctions {
  readonly #known = new WeakMap<
    vscode.TextDocument,
    { version: number; functions: readonly FunctionLines[] }
  >();

  /** The functions as last told, undefined before the first answer. */
  known(document: vscode.TextDocument): readonly FunctionLines[] | undefined {
    return this.#known.get(document)?.functions;
  }

  async read(document: vscode.TextDocument): Promise<readonly FunctionLines[]> {
    const known = this.#known.get(document);
    if (known?.version === document.version) return known.functions;
    const { version } = document;
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
      "vscode.executeDocumentSymbolProvider",
      document.uri,
    );
    const functions: FunctionLines[] = [];
    const open = [...(symbols ?? [])];
    while (open.length > 0) {
      const symbol = open.pop()!;
      // TypeScript also lists what is passed to a call: `serve("POST /x") callback`. People look for the function around it.
      if (
        functionKinds.has(symbol.kind) &&
        symbol.range !== undefined &&
        !/callback$|["'<]/.test(symbol.name)
      ) {
        functions.push({
          name: symbol.name,
          first: symbol.selectionRange.start.line,
          last: symbol.range.end.line,
        });
      }
      open.push(...(symbol.children ?? []));
    }
    // A provider that is still starting answers nothing: then the lenses stay where they are until the file is opened again,
    // because a lens that jumps is worse than one a line lower.
    this.#known.set(document, { version, functions });
    return functions;
  }
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
