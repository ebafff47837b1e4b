import * as vscode from "vscode";

/** The text of a file in media/snippets. */
export async function snippet(extension: vscode.Uri, file: string): Promise<string> {
  const uri = vscode.Uri.joinPath(extension, "media", "snippets", file);
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** Shows such a text in a document that has no file yet. */
export async function showSnippet(extension: vscode.Uri, file: string, language: string): Promise<void> {
  const options = { language, content: await snippet(extension, file) };
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(options), { preview: true });
}
