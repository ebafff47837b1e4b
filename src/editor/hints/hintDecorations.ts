import * as vscode from "vscode";
import { hintText } from "../../source/hints.ts";
import { plainLabel } from "../plainLabel.ts";
import type { HintStore } from "./hintStore.ts";
import type { HintView } from "./hintView.ts";

/** Hints at the end of their lines: they move no line. Redrawn when traces come, and once typing pauses. */
export function hintDecorations(view: HintView, store: HintStore): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor("editorCodeLens.foreground"), margin: "0 0 0 3em" },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  let timer: NodeJS.Timeout | undefined;

  const draw = (editor: vscode.TextEditor) => {
    const shown = view.shows("endOfLine") ? view.hints(editor.document) : [];
    const byLine = new Map<number, string[]>();
    for (const { hint, line, stale } of shown) {
      const text = `${plainLabel(hintText(hint), 120)}${stale ? " · before the last edit" : ""}`;
      byLine.set(line, [...(byLine.get(line) ?? []), text]);
    }
    editor.setDecorations(
      type,
      [...byLine].map(([line, texts]) => ({
        range: editor.document.lineAt(line).range,
        renderOptions: { after: { contentText: texts.join(" | ") } },
      })),
    );
  };
  const drawAll = () => vscode.window.visibleTextEditors.forEach(draw);
  const drawSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(drawAll, 250);
  };
  drawAll();
  return vscode.Disposable.from(
    type,
    { dispose: () => clearTimeout(timer) },
    store.onChange(drawAll),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeTextDocument(drawSoon),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("traceline.hints")) drawAll();
    }),
  );
}
