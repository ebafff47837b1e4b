import * as vscode from "vscode";
import type { LineHint } from "../../source/hints.ts";
import { type DocumentFunctions, functionAround } from "./functionLines.ts";
import type { HintStore } from "./hintStore.ts";
import type { HintView } from "./hintView.ts";
import { placedHints } from "./placedHints.ts";

/**
 * The command Open Slowest Trace of This Line: opens what a click on the hint of the caret's line does, else on the nearest one
 * of the function around the caret. Where there is none it says so.
 */
export async function openSlowestOfLine(view: HintView, functions: DocumentFunctions): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const hint = editor && (await hintAt(editor.document, editor.selection.active.line, view, functions));
  if (hint === undefined) {
    void vscode.window.showInformationMessage(
      editor === undefined
        ? "Put the caret on a line that has a latency hint."
        : view.enabled
          ? "This line has no latency hint, nor has the function around it."
          : "Latency hints are off. Toggle Latency Hints shows them.",
    );
    return;
  }
  const [call] = hint.slowest;
  if (call === undefined) await vscode.commands.executeCommand("traceline.searchHintPlace", hint.place);
  else await vscode.commands.executeCommand("traceline.openHintTrace", call.traceId, call.spanId);
}

/** Keeps known to menus whether the editor in front has hints. */
export function hintContext(view: HintView, store: HintStore): vscode.Disposable {
  let told = false;
  const update = () => {
    const editor = vscode.window.activeTextEditor;
    const hasHints = editor !== undefined && view.hints(editor.document).length > 0;
    if (hasHints === told) return;
    told = hasHints;
    void vscode.commands.executeCommand("setContext", "traceline.editorHasHints", hasHints);
  };
  update();
  return vscode.Disposable.from(
    store.onChange(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("traceline.hints")) update();
    }),
  );
}

/** The slowest hint of those nearest to a line, counted from 0: on it or with their lens above it, else in its function. */
async function hintAt(
  document: vscode.TextDocument,
  line: number,
  view: HintView,
  functions: DocumentFunctions,
): Promise<LineHint | undefined> {
  const hints = view.hints(document);
  if (hints.length === 0) return undefined;
  const known = functions.known(document) ?? (await functions.read(document));
  const around = functionAround(known, line);
  const placed = placedHints(hints, known);
  let best: { readonly hint: LineHint; readonly away: number } | undefined;
  hints.forEach(({ hint, line: measured }, i) => {
    const isHere = placed[i].line === line;
    if (!isHere && measured !== line && (!around || functionAround(known, measured) !== around)) return;
    const away = isHere ? 0 : Math.abs(measured - line);
    const isBetter = !best || away < best.away || (away === best.away && slowest(hint) > slowest(best.hint));
    if (isBetter) best = { hint, away };
  });
  return best?.hint;
}

function slowest({ slowest: [call], p50 }: LineHint): number {
  return call?.duration ?? p50;
}
