import * as vscode from "vscode";
import type { RecentNode } from "./recentTree.ts";

/** Trace files dropped on the recent-traces view are opened. */
export function recentDrop(
  open: (uris: readonly vscode.Uri[]) => void,
): vscode.TreeDragAndDropController<RecentNode> {
  return {
    dropMimeTypes: ["text/uri-list"],
    dragMimeTypes: [],
    async handleDrop(_target, data) {
      const list = await data.get("text/uri-list")?.asString();
      const uris = (list ?? "")
        .split(/\r?\n/)
        .filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => vscode.Uri.parse(line, true));
      open(uris);
    },
  };
}
