import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import type { Location } from "../source/files.ts";
import { isInsideWorkspace } from "./insideWorkspace.ts";
import type { WorkspaceFiles } from "./workspaceFiles.ts";

/** Puts the caret on a line of the workspace, beside the trace, and lets the line flash. */
export async function openSource(location: Location, files: WorkspaceFiles): Promise<void> {
  const uri = await files.uri(location.file);
  if (uri === undefined) throw new UserError("The file is no longer in the workspace.");
  await refuseOutside(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  const line = Math.min(Math.max(location.line, 1), document.lineCount) - 1;
  const text = document.lineAt(line);
  const column =
    location.column > 0
      ? Math.min(location.column - 1, text.text.length)
      : text.firstNonWhitespaceCharacterIndex;
  const position = new vscode.Position(line, column);
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: columnBeside(),
    selection: new vscode.Range(position, position),
    preview: false,
  });
  editor.revealRange(text.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  flash(editor, text.range);
}

/** The column that shows text already, else a new one beside the trace. */
function columnBeside(): vscode.ViewColumn {
  const active = vscode.window.tabGroups.activeTabGroup;
  const activeIsText = active.activeTab?.input instanceof vscode.TabInputText;
  if (activeIsText) return active.viewColumn;
  const withText = vscode.window.tabGroups.all.find(
    (group) => group.activeTab?.input instanceof vscode.TabInputText,
  );
  return withText?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** A link inside the workspace may lead out of it: what it leads to is not opened. */
async function refuseOutside(uri: vscode.Uri): Promise<void> {
  const isInside = await isInsideWorkspace(uri).catch(() => {
    throw new UserError(`${vscode.workspace.asRelativePath(uri)} is gone.`);
  });
  if (isInside) return;
  throw new UserError(
    `${vscode.workspace.asRelativePath(uri)} is a link to a file outside the workspace. It was not opened.`,
  );
}

function flash(editor: vscode.TextEditor, range: vscode.Range): void {
  const decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.findMatchHighlightBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.findMatchForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  editor.setDecorations(decoration, [range]);
  setTimeout(() => decoration.dispose(), 1_200);
}
