import type * as vscode from "vscode";

/**
 * Has VS Code draw the rows of a view as soon as it is opened. Those of a view that began collapsed were laid out two seconds
 * later, unless something sets the view's message (measured in 1.139: 2.3 s, and 0.2 s with this; 1.110 does the same).
 */
export function layoutWhenOpened(view: vscode.TreeView<unknown>): vscode.Disposable {
  return view.onDidChangeVisibility(({ visible }) => {
    const { message } = view;
    if (visible) view.message = message;
  });
}
