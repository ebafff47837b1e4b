import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isFile } from "./textFile.ts";

/** A bundle is mostly in `dist` or `.next/server/chunks/ssr` of the project that its sources are named from. */
const mostFoldersUp = 6;

/**
 * The file of this machine that a source map means by the name of a source; undefined when it is not here. A bundler's names,
 * `webpack://shop/./src/cart.ts`, are relative to a project, which is looked for from the map's folder outwards.
 */
export function sourceFile(source: string, folder: string): string | undefined {
  for (const path of candidates(source, folder)) if (isFile(path)) return path;
  return undefined;
}

function candidates(source: string, folder: string): string[] {
  if (/^file:/i.test(source)) return [fileURLToPath(source)];
  // One letter is a drive.
  if (!/^[a-z][a-z0-9+.-]+:/i.test(source)) return spellings(source).map((name) => resolve(folder, name));
  const inBundle = /^(?!https?:|data:|node:)[^:]+:\/\/[^/]*\/(?:\[project\]\/)?(.+?)(?:\?[^/]*)?$/i.exec(
    source,
  );
  if (inBundle === null) return [];
  const folders = [folder];
  while (folders.length <= mostFoldersUp) folders.push(dirname(folders[folders.length - 1]));
  return folders.flatMap((base) => spellings(inBundle[1]).map((name) => resolve(base, name)));
}

/** Some compilers write names as parts of a URL, others as they are. */
function spellings(name: string): string[] {
  if (!name.includes("%")) return [name];
  try {
    return [name, decodeURIComponent(name)];
  } catch {
    return [name];
  }
}
