import * as vscode from "vscode";
import { plainLabel } from "./plainLabel.ts";
import { localPath } from "./traceFileEditor.ts";
import type { TraceTabs } from "./traceTabs.ts";

/** Names under which traces are usually kept; any other file is found by browsing. */
const usualNames =
  "**/{*.otlp.json,*.otlp.jsonl,*.otlp.pb,*.jaeger.json,*.zipkin.json,traces/*.json,traces/*.jsonl}";

/** The command Open Trace File: the files given (by the explorer, or a drop), else those the person picks. */
export async function openTraceFile(tabs: TraceTabs, given: readonly vscode.Uri[]): Promise<void> {
  const uris = given.length > 0 ? given : await pickFiles();
  for (const uri of uris.slice(0, 20)) tabs.open({ kind: "file", path: localPath(uri), traceId: "" });
}

/** The workspace's trace files by their usual names, then the file dialog. */
async function pickFiles(): Promise<readonly vscode.Uri[]> {
  const known = await vscode.workspace.findFiles(usualNames, "**/node_modules/**", 100);
  if (known.length === 0) return browse();
  const items = known
    .map((uri) => ({ label: plainLabel(vscode.workspace.asRelativePath(uri)), uri }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const other = { label: "$(folder-opened) Browse…", uri: undefined };
  const picked = await vscode.window.showQuickPick([...items, other], {
    title: "Open Trace File",
    placeHolder: "A trace file of the workspace, or browse for another",
  });
  if (picked === undefined) return [];
  return picked.uri === undefined ? browse() : [picked.uri];
}

async function browse(): Promise<readonly vscode.Uri[]> {
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
