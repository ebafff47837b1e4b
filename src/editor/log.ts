import * as vscode from "vscode";

/** The extension's output channel. Nothing secret and no body of an answer is ever written to it. */
export interface Log extends vscode.Disposable {
  info(line: string): void;
  error(line: string, error: unknown): void;
  show(): void;
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel("Traceline", { log: true });
  return {
    info: (line) => channel.info(plain(line)),
    error: (line, error) =>
      channel.error(
        plain(`${line}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      ),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}

/** Text of a trace may hold terminal codes and line breaks: one entry of the log is one line. */
function plain(line: string): string {
  return line.replace(/\r?\n/g, " ⏎ ").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
