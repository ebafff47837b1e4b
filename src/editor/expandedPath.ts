import { isAbsolute, join, normalize } from "node:path";

/** What paths in settings may begin with. */
export interface Folders {
  readonly home: string;
  /** The first folder of the workspace; undefined when none is open on disk. */
  readonly workspace: string | undefined;
}

/**
 * The absolute path that a path in settings stands for: `~`, `${userHome}` and `${workspaceFolder}` at its beginning are
 * expanded, and nothing else: variables of the environment and commands would let a workspace read them.
 */
export function expandedPath(text: string, folders: Folders): { path: string } | { problem: string } {
  const start = /^(?:~|\$\{(userHome|workspaceFolder)\})(?=[/\\]|$)/.exec(text);
  const rest = start === null ? text : text.slice(start[0].length);
  if (rest.includes(`\${`))
    return { problem: `only ~, \${userHome} and \${workspaceFolder}, at the beginning, are expanded.` };
  const folder = start?.[1] === "workspaceFolder" ? folders.workspace : folders.home;
  if (start !== null && folder === undefined)
    return { problem: `no folder is open for \${workspaceFolder}.` };
  const path = start === null || folder === undefined ? text : join(folder, rest);
  return isAbsolute(path) ? { path: normalize(path) } : { problem: "not an absolute path." };
}
