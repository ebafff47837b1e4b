import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the recorded and hostile traces are: a folder beside the project's own. They are read in place. */
const dataFolder = join(import.meta.dirname, "..", "..", "..", "shared", "data");

/** The absolute path of a file of the shared data, from its path in there. */
export function sharedData(...segments: string[]): string {
  return join(dataFolder, ...segments);
}

/** Skips the running test where the shared data is not there, and answers whether it did. */
export function skipWithoutData(t: { skip(message?: string): void }): boolean {
  if (existsSync(dataFolder)) return false;
  t.skip("the folder ../shared/data is not there");
  return true;
}
