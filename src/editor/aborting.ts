import * as vscode from "vscode";
import { noLinks } from "./noLinks.ts";

/** An AbortSignal that follows a CancellationToken. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort(new vscode.CancellationError());
  else token.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
  return controller.signal;
}

/** Runs `task` with a progress notification that appears after a moment and can be cancelled. */
export function withProgress<T>(
  title: string,
  task: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  const options = { location, title: noLinks(title), cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (progress, token) =>
      task(signalOf(token), (message) => progress.report({ message })),
    ),
  );
}
