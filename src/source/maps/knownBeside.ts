import { unescaped } from "../../base/unescaped.ts";
import { commonTail, fileSegments } from "../pathTail.ts";
import type { WorkspaceText } from "../workspaceText.ts";

/** The known file that a relative reference in a known file leads to; percent signs may stand for themselves. */
export async function knownBeside(
  file: string,
  reference: string,
  workspace: WorkspaceText,
): Promise<string | undefined> {
  if (reference === "" || reference.length > 1024 || /^[\\/]|^[\w+.-]+:|[?#\\\u0000-\u001f]/.test(reference))
    return undefined;
  const segments = fileSegments(file).slice(0, -1);
  for (const part of reference.split("/")) {
    if (part === "..") {
      if (segments.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") segments.push(part);
  }
  for (const path of spellings(segments)) {
    const name = path[path.length - 1] ?? "";
    const known = [...(await workspace.named(name)), ...(await workspace.built(name))];
    const same = known.filter((one) => {
      const own = fileSegments(one);
      if (own.length !== path.length || rootOf(one) !== rootOf(file)) return false;
      return commonTail(own, path, own[own.length - 1] !== name) === path.length;
    });
    if (same.length > 0) return same[0];
  }
  return undefined;
}

function spellings(segments: readonly string[]): (readonly string[])[] {
  const plain = segments.map(unescaped);
  return plain.every((segment, i) => segment === segments[i]) ? [segments] : [segments, plain];
}

/** Scheme and authority of a file's id: a map of one machine leads to none of another. */
function rootOf(file: string): string {
  return /^[A-Za-z][\w+.-]+:(?:\/\/[^/]*)?/.exec(file)?.[0] ?? "";
}
