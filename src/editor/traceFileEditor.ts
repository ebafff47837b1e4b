import type * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import type { TraceTabs } from "./traceTabs.ts";

export const fileViewType = "traceline.traceFile";

/** "Open With… Traceline": a trace file in an editor tab. The file is decoded in a worker and never held as a document. */
export function traceFileEditor(tabs: TraceTabs): vscode.CustomReadonlyEditorProvider {
  return {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    resolveCustomEditor: (document, panel) => {
      tabs.adopt(panel, { kind: "file", path: localPath(document.uri), traceId: "" });
    },
  };
}

/** The path of a file on this machine. Throws a UserError for what is not one. */
export function localPath(uri: vscode.Uri): string {
  if (uri.scheme === "file") return uri.fsPath;
  throw new UserError(
    `Traceline reads trace files from disk, and ${uri.scheme}: files are not on it. Save a copy first.`,
  );
}
