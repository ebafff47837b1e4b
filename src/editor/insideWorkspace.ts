import { realpath } from "node:fs/promises";
import * as vscode from "vscode";

/**
 * Whether a file is in a folder of the workspace once links are followed: one inside may lead out of it. Rejects when the
 * file is gone. What is on no disk of this machine has no links.
 */
export async function isInsideWorkspace(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== "file") return true;
  const real = await realpath(uri.fsPath);
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
  for (const folder of folders) {
    const root = await realpath(folder.uri.fsPath).catch(() => undefined);
    if (root === undefined) continue;
    if (real === root || real.startsWith(root.endsWith(separator) ? root : root + separator)) return true;
  }
  return false;
}

const separator = process.platform === "win32" ? "\\" : "/";
