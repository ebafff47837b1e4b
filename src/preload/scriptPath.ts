import { fileURLToPath } from "node:url";

/** The path of a script that V8 names by its path or, an ES module, by its URL. */
export function pathOf(script: string): string {
  return script.startsWith("file:") ? fileURLToPath(script) : script;
}
