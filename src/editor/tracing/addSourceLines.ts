import * as vscode from "vscode";
import { type ProgramLanguage, pickLanguage } from "./programLanguage.ts";
import { showSnippet, snippet } from "./snippet.ts";
import { type SourceLineWay, sourceLineWays } from "./sourceLineSnippets.ts";

/** The command Add Source Lines to Spans: shows how spans of a language get their lines, and inserts it where that makes sense. */
export async function addSourceLines(extension: vscode.Uri): Promise<void> {
  const title = "Add Source Lines to Spans";
  const editor = vscode.window.activeTextEditor;
  const language = await pickLanguage(title);
  if (language === undefined) return;
  const picked = await vscode.window.showQuickPick(choicesOf(language, editor), { title });
  if (picked === undefined) return;
  const { way, target } = picked;
  if (target === undefined) return showSnippet(extension, way.file, way.languageId);
  await vscode.window.showTextDocument(target.document, target.viewColumn);
  const text = await snippet(extension, way.file);
  await target.edit((edit) => edit.insert(target.selection.active, text));
}

interface Choice extends vscode.QuickPickItem {
  readonly way: SourceLineWay;
  /** Where to insert it; undefined to show it in a document of its own. */
  readonly target?: vscode.TextEditor;
}

function choicesOf(language: ProgramLanguage, editor: vscode.TextEditor | undefined): Choice[] {
  return sourceLineWays[language].flatMap((way) => {
    const { label, detail } = way;
    const show = { label: `$(open-preview) ${label}`, description: "show", detail, way };
    const fits = way.inserts && editor !== undefined && isOf(editor.document, way.languageId);
    if (!fits) return [show];
    return [
      show,
      { label: `$(insert) ${label}`, description: "insert at the caret", detail, way, target: editor },
    ];
  });
}

/** TypeScript takes what is written in JavaScript; types are missing, not wrong. */
function isOf(document: vscode.TextDocument, languageId: string): boolean {
  if (document.uri.scheme === "output") return false;
  const { languageId: own } = document;
  return (
    own === languageId || (languageId === "javascript" && /^(?:javascript|typescript)(?:react)?$/.test(own))
  );
}
