import * as vscode from "vscode";

/** Folders that builds write to, as they are usually called: what is in them is no source, but may have a source map. */
export const builtFolders = ["dist", "out", "build", "target", ".next", ".nuxt", ".output", ".svelte-kit"];
/** Folders in which nobody's own code is, built or not. */
export const foreignFolders = ["node_modules", ".git", ".venv", "venv", "__pycache__", ".vscode-test"];

const scripts = "**/*.{js,cjs,mjs,jsx,map}";
const foreign = `**/{${foreignFolders.join(",")}}/**`;
const isForeign = new RegExp(`/(?:${foreignFolders.join("|").replaceAll(".", "\\.")})/`);
const mostFiles = 50_000;
const mostHidden = 10_000;
const mostRoots = 200;

/**
 * Scripts and source maps in the folders that builds write: listed when first asked for. Also those in folders that
 * `files.exclude` hides by their name, at the top of the workspace or beside a package.json or tsconfig.json.
 */
export class BuiltFiles {
  #listed: Promise<ReadonlyMap<string, readonly vscode.Uri[]>> | undefined;
  #complete = true;

  /** Whether anybody has asked since it was forgotten. */
  get isAsked(): boolean {
    return this.#listed !== undefined;
  }

  /** The files with this last segment. `roots`: the folders of packages. */
  async named(name: string, roots: () => Promise<readonly vscode.Uri[]>): Promise<readonly vscode.Uri[]> {
    this.#listed ??= this.#list(roots).catch((error: unknown) => {
      this.#listed = undefined;
      throw error;
    });
    const found = (await this.#listed).get(name) ?? [];
    if (this.#complete || found.length > 0) return found;
    const literal = name.replace(/[[\]{}*?!]/g, (special) => `[${special}]`);
    return vscode.workspace.findFiles(`**/${literal}`, foreign, 200);
  }

  forget(): void {
    this.#listed = undefined;
  }

  async #list(
    roots: () => Promise<readonly vscode.Uri[]>,
  ): Promise<ReadonlyMap<string, readonly vscode.Uri[]>> {
    const files = await vscode.workspace.findFiles(scripts, foreign, mostFiles);
    this.#complete = files.length < mostFiles;
    const hidden = hiddenFolders();
    const folders = hidden.size === 0 ? [] : (await roots()).slice(0, mostRoots);
    const found = [files];
    for (const folder of folders) found.push(await hiddenIn(folder, hidden));
    const byName = new Map<string, vscode.Uri[]>();
    for (const uri of found.flat()) {
      const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [uri]);
      else same.push(uri);
    }
    return byName;
  }
}

// Of "**/dist", "dist/**" and "packages/*/dist" it is dist.
/** Names of folders that the setting hides. */
function hiddenFolders(): ReadonlySet<string> {
  const excluded =
    vscode.workspace.getConfiguration("files").get<Readonly<Record<string, unknown>>>("exclude") ?? {};
  const names = new Set<string>();
  for (const [pattern, value] of Object.entries(excluded)) {
    const name = /(?:^|\/)([\w@.-]+)(?:\/\*\*)?\/?$/.exec(pattern)?.[1];
    if (value === true && name !== undefined && !foreignFolders.includes(name)) names.add(name);
  }
  for (const usual of [".svn", ".hg", "CVS", ".DS_Store", "Thumbs.db"]) names.delete(usual);
  return names;
}

async function hiddenIn(folder: vscode.Uri, names: ReadonlySet<string>): Promise<vscode.Uri[]> {
  const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  const found: vscode.Uri[] = [];
  for (const [name, type] of entries) {
    if (type !== vscode.FileType.Directory || !names.has(name)) continue;
    const inside = new vscode.RelativePattern(vscode.Uri.joinPath(folder, name), scripts);
    found.push(...(await vscode.workspace.findFiles(inside, null, mostHidden)));
  }
  return found.filter(({ path }) => !isForeign.test(path.slice(folder.path.length)));
}
