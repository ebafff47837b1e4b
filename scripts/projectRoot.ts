import { join } from "node:path";

/** The folder of package.json; absolute, without a slash at its end. */
export const projectRoot = join(import.meta.dirname, "..");

/** An absolute path of a file of the project. */
export function inProject(...segments: string[]): string {
  return join(projectRoot, ...segments);
}
