import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const DOWNLOADS = "https://update.code.visualstudio.com/api/releases/stable";

/** Whether a window of a desktop program can be shown. */
export function hasDisplay(): boolean {
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Whether VS Code can be downloaded: its servers are given three seconds. */
export async function downloadsReachable(): Promise<boolean> {
  return fetch(DOWNLOADS, { method: "HEAD", signal: AbortSignal.timeout(3_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** The program `code` of an installed VS Code, if it is on the PATH. */
export function codeOnPath(): string | undefined {
  const names = process.platform === "win32" ? ["code.cmd"] : ["code"];
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}
