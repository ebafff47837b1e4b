import { delimiter } from "node:path";
import type { TraceTabs } from "./traceTabs.ts";

/**
 * Opens the trace files that the environment names when the window starts: VS Code opens a file of its command line as text
 * in a window that does not know the extension yet. `npm start` uses it.
 */
export function openAtStart(tabs: TraceTabs, environment: NodeJS.ProcessEnv = process.env): void {
  const paths = (environment.TRACELINE_OPEN ?? "").split(delimiter).filter((path) => path !== "");
  for (const path of paths.slice(0, 5)) tabs.open({ kind: "file", path, traceId: "" });
}
