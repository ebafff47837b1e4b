import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import type { Preload } from "../../model/tracedProgram.ts";

/** Where the preloads are in the extension, and in the storage. */
const files = [
  [["dist", "preload", "node.cjs"], "node.cjs"],
  [["media", "preload", "python", "sitecustomize.py"], "python/sitecustomize.py"],
] as const;

/**
 * Copies the preloads into the extension's storage, which an update leaves in place: a terminal may live longer than the
 * version that opened it, and a Node that is told to load a file that is gone does not start.
 */
export async function installPreloads(extension: vscode.Uri, storage: vscode.Uri): Promise<Preload> {
  const folder = join(storage.fsPath, "preload");
  for (const [from, to] of files) {
    const bytes = await readFile(vscode.Uri.joinPath(extension, ...from).fsPath);
    const target = join(folder, to);
    const had = await readFile(target).catch(() => undefined);
    if (had?.equals(bytes)) continue;
    // Every program of a terminal loads these: nobody else may write them.
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const part = `${target}.${process.pid}`;
    await writeFile(part, bytes, { mode: 0o600 });
    await rename(part, target);
  }
  return { node: join(folder, "node.cjs"), python: join(folder, "python") };
}
