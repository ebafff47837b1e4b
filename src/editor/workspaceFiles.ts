import * as vscode from "vscode";
import { Emitter } from "../base/event.ts";
import type { Files, Location, SymbolHit, WrittenMap } from "../source/files.ts";
import { type BuiltScript, builtFrom } from "../source/maps/builtFrom.ts";
import type { MapReader } from "../workers/mapReader.ts";
import { BuiltFiles, builtFolders, foreignFolders } from "./builtFiles.ts";
import { SourceMaps } from "./sourceMaps.ts";
import { TextCache } from "./textCache.ts";

/** More files than this are not indexed: they are then asked for by name. */
const indexLimit = 50_000;
/** Files larger than this are not read. */
const textLimit = 2_000_000;
const excluded = `**/{${[...foreignFolders, ...builtFolders].join(",")}}/**`;
/** A build writes by the hundred, again and again: it is looked at only where source maps are in use. */
const isBuilt = inFolder(builtFolders);
const isForeign = inFolder(foreignFolders);
const scripts = "**/*.{js,cjs,mjs,jsx,map}";
const isScriptOrMap = /\.(?:[cm]?jsx?|map)$/;
const sourceFiles =
  /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs|py|go|java|kt|kts|scala|groovy|cs|fs|vb|rb|php|rs|ex|exs|erl|swift|cpp|cc|c|h|hpp|clj|dart|vue|svelte)$/i;

function inFolder(names: readonly string[]): RegExp {
  return new RegExp(`(?:^|/)(?:${names.join("|").replaceAll(".", "\\.")})/`);
}

/** The files of the workspace folders, found once and kept up with creations and deletions. */
export class WorkspaceFiles implements Files, vscode.Disposable {
  #index: Promise<Index> | undefined;
  readonly #texts = new TextCache();
  #timer: NodeJS.Timeout | undefined;
  #complete = true;
  readonly #extra = new Map<string, vscode.Uri>();
  readonly #built = new BuiltFiles();
  readonly #maps: SourceMaps;
  /** What builds wrote, as far as it was asked for, by its ids. */
  readonly #builtUris = new Map<string, vscode.Uri>();
  readonly #watch: vscode.Disposable[];
  readonly #changed = new Emitter<void>();
  /** Files were created, deleted or renamed, or a source map that was read was written anew. */
  readonly onChange = this.#changed.event;

  constructor(reader: MapReader) {
    this.#maps = new SourceMaps(reader);
    // Also what a terminal or a checkout does: it comes by the hundred.
    const watcher = vscode.workspace.createFileSystemWatcher("**/*", false, true, false);
    const mapWatcher = vscode.workspace.createFileSystemWatcher(scripts, true, false, true);
    let isIndexOld = false;
    const forget = () => {
      if (isIndexOld) this.#index = undefined;
      isIndexOld = false;
      this.#built.forget();
      this.#texts.clear();
      this.#changed.fire();
    };
    const forgetAll = () => {
      isIndexOld = true;
      forget();
    };
    const forgetSoon = (ofIndex: boolean) => {
      isIndexOld ||= ofIndex;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(forget, 500);
    };
    const listed = (uri: vscode.Uri) => {
      // What the workspace itself is in does not count.
      const path = vscode.workspace.asRelativePath(uri, false);
      if (isForeign.test(path)) return;
      if (!isBuilt.test(path)) forgetSoon(true);
      else if (this.#built.isAsked && isScriptOrMap.test(path)) forgetSoon(false);
    };
    const written = (uri: vscode.Uri) => {
      if (this.#maps.changed(fileIdOf(uri))) forgetSoon(false);
    };
    this.#watch = [
      watcher,
      watcher.onDidCreate(listed),
      watcher.onDidDelete(listed),
      mapWatcher,
      mapWatcher.onDidChange(written),
      this.#maps,
      vscode.workspace.onDidChangeWorkspaceFolders(forgetAll),
      vscode.workspace.onDidSaveTextDocument(() => this.#texts.clear()),
    ];
  }

  /** The URI of a file that this object has named; undefined for anything else. */
  async uri(file: string): Promise<vscode.Uri | undefined> {
    return (await this.#files()).get(file) ?? this.#extra.get(file) ?? this.#builtUris.get(file);
  }

  /** As a person names the file: relative to the workspace. */
  label(file: string): string {
    const uri = vscode.Uri.parse(file, true);
    return vscode.workspace.asRelativePath(uri);
  }

  async named(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const { byName } = await this.#indexed();
    signal.throwIfAborted();
    const found = byName.get(nameKey(name)) ?? [];
    if (this.#complete || found.length > 0) return found;
    const literal = name.replace(/[[\]{}*?!]/g, (special) => `[${special}]`);
    const more = await vscode.workspace.findFiles(`**/${literal}`, excluded, 200);
    signal.throwIfAborted();
    for (const uri of more) this.#extra.set(fileIdOf(uri), uri);
    return more.map(fileIdOf);
  }

  async built(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const { files, byName } = await this.#indexed();
    const folderOf = (uri: vscode.Uri) => vscode.Uri.joinPath(uri, "..");
    const roots = async () => {
      const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
      for (const project of ["package.json", "tsconfig.json"]) {
        for (const id of byName.get(project) ?? []) folders.push(folderOf(files.get(id)!));
      }
      return [...new Map(folders.map((folder) => [folder.toString(), folder])).values()];
    };
    const found = await this.#built.named(name, roots);
    signal.throwIfAborted();
    const ids: string[] = [];
    for (const uri of found) {
      const id = fileIdOf(uri);
      if (files.has(id)) continue;
      this.#builtUris.set(id, uri);
      ids.push(id);
    }
    return ids;
  }

  async sourceMap(file: string, signal: AbortSignal): Promise<WrittenMap | undefined> {
    const uri = await this.uri(file);
    signal.throwIfAborted();
    return uri === undefined ? undefined : this.#maps.read(file, uri, signal);
  }

  /** The scripts that were made from a known source, as far as that is told by maps beside them or read before. */
  builtFrom(source: string, signal: AbortSignal): Promise<readonly BuiltScript[]> {
    return builtFrom(source, this, this.#maps.all(), signal);
  }

  async text(file: string, signal: AbortSignal): Promise<string | undefined> {
    const uri = await this.uri(file);
    if (uri === undefined) return undefined;
    const open = vscode.workspace.textDocuments.find(
      (document) => document.uri.toString() === uri.toString(),
    );
    if (open !== undefined) return open.getText();
    const text = await this.#texts.get(file, () => savedText(uri));
    signal.throwIfAborted();
    return text;
  }

  async symbols(name: string, signal: AbortSignal): Promise<readonly SymbolHit[]> {
    const found = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
      "vscode.executeWorkspaceSymbolProvider",
      name,
    );
    signal.throwIfAborted();
    const files = await this.#files();
    const hits: SymbolHit[] = [];
    for (const symbol of (found ?? []).slice(0, 500)) {
      const file = fileIdOf(symbol.location.uri);
      if (!files.has(file)) continue;
      const { line, character } = symbol.location.range.start;
      hits.push({
        file,
        line: line + 1,
        column: character + 1,
        name: symbol.name.replace(/\(.*$/, ""),
        container: symbol.containerName ?? "",
      });
    }
    return hits;
  }

  async search(literal: string, limit: number, signal: AbortSignal): Promise<readonly Location[]> {
    const hits: Location[] = [];
    const files = [...(await this.#files()).keys()].filter((file) => sourceFiles.test(file)).slice(0, 5_000);
    for (let i = 0; i < files.length && hits.length < limit; i += 16) {
      const batch = files.slice(i, i + 16);
      const texts = await Promise.all(batch.map((file) => this.text(file, signal)));
      signal.throwIfAborted();
      for (const [k, text] of texts.entries()) {
        if (text !== undefined) addHits(hits, batch[k], text, literal, limit);
      }
    }
    return hits;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const watch of this.#watch) watch.dispose();
    this.#texts.clear();
    this.#changed.dispose();
  }

  async #files(): Promise<ReadonlyMap<string, vscode.Uri>> {
    return (await this.#indexed()).files;
  }

  #indexed(): Promise<Index> {
    this.#index ??= this.#listed().catch((error: unknown) => {
      this.#index = undefined;
      throw error;
    });
    return this.#index;
  }

  async #listed(): Promise<Index> {
    const uris = await vscode.workspace.findFiles("**/*", excluded, indexLimit);
    this.#complete = uris.length < indexLimit;
    return indexOf(uris);
  }
}

interface Index {
  /** Files by their ids. */
  readonly files: ReadonlyMap<string, vscode.Uri>;
  /** Ids by the last segment of the path. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
}

function indexOf(uris: readonly vscode.Uri[]): Index {
  const files = new Map<string, vscode.Uri>();
  const byName = new Map<string, string[]>();
  for (const uri of uris) {
    const id = fileIdOf(uri);
    files.set(id, uri);
    const name = nameKey(uri.path.slice(uri.path.lastIndexOf("/") + 1));
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [id]);
    else same.push(id);
  }
  return { files, byName };
}

function nameKey(name: string): string {
  return ignoresCase ? name.toLowerCase() : name;
}

async function savedText(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > textLimit) return undefined;
    return decoder.decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}

function addHits(hits: Location[], file: string, text: string, literal: string, limit: number): void {
  for (let at = text.indexOf(literal); at >= 0 && hits.length < limit; at = text.indexOf(literal, at + 1)) {
    const lineStart = text.lastIndexOf("\n", at - 1) + 1;
    let line = 1;
    for (let k = text.indexOf("\n"); k >= 0 && k < at; k = text.indexOf("\n", k + 1)) line++;
    hits.push({ file, line, column: at - lineStart + 1 });
  }
}

/** Not percent-encoded, so that a path with spaces matches as it is written. */
export function fileIdOf(uri: vscode.Uri): string {
  return uri.toString(true);
}

const decoder = new TextDecoder();
const ignoresCase = process.platform === "win32" || process.platform === "darwin";
