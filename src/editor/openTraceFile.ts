import * as vscode from "vscode";
import { localPath } from "./traceFileEditor.ts";
import type { TraceTabs } from "./traceTabs.ts";

/** The command Open Trace File: the files given (by the explorer, or a drop), else those the person picks. */
export async function openTraceFile(tabs: TraceTabs, given: readonly vscode.Uri[]): Promise<void> {
  const uris = given.length > 0 ? given : await pickFiles();
  for (const uri of uris.slice(0, 20)) tabs.open({ kind: "file", path: localPath(uri), traceId: "" });
}

async function pickFiles(): Promise<readonly vscode.Uri[]> {
  const picked = await vscode.window.showOpenDialog({
    title: "Open Trace File",
    openLabel: "Open Trace",
    canSelectMany: true,
    filters: {
      "Trace files": ["json", "jsonl", "ndjson", "pb", "bin", "otlp", "gz", "zst"],
      "All files": ["*"],
    },
  });
  return picked ?? [];
}
