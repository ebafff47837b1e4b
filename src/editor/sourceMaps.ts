import * as vscode from "vscode";
import type { WrittenMap } from "../source/files.ts";
import type { MapInFile } from "../source/maps/builtFrom.ts";
import { isScript } from "../source/maps/mappingUrl.ts";
import { bytesOf, type SourceMap } from "../source/maps/sourceMap.ts";
import type { MapReader } from "../workers/mapReader.ts";
import { isInsideWorkspace } from "./insideWorkspace.ts";

/** Files larger than this are not read. */
const largest = 32_000_000;
/** Bytes of decoded maps that are kept; one that takes more is kept until the next. */
const capacity = 64_000_000;
const mostKept = 1000;
/** How long a file is taken to be as it was when it was last looked at, ms. */
const unchangedFor = 1000;

interface Kept {
  readonly stamp: string;
  readonly read: Promise<WrittenMap | undefined>;
  readonly controller: AbortController;
  checkedMs: number;
  /** Who waits for it; -1 once it is read. */
  waiting: number;
  bytes: number;
  map: SourceMap | undefined;
}

/** The source maps of files as they are on disk: decoded in a thread, kept until the file has changed or others need the room. */
export class SourceMaps implements vscode.Disposable {
  readonly #reader: MapReader;
  /** By the file's id, the least recently used first. */
  readonly #kept = new Map<string, Kept>();

  constructor(reader: MapReader) {
    this.#reader = reader;
  }

  /** What a script or a source map says, and when it was written. Rejects with the signal's reason. */
  async read(file: string, uri: vscode.Uri, signal: AbortSignal): Promise<WrittenMap | undefined> {
    const kept = this.#kept.get(file);
    if (kept !== undefined && Date.now() - kept.checkedMs < unchangedFor)
      return this.#wait(file, kept, signal);
    const stat = await statOf(uri);
    signal.throwIfAborted();
    if (stat === undefined) return undefined;
    const stamp = `${stat.mtime} ${stat.size}`;
    // Somebody else may have begun meanwhile.
    const known = this.#kept.get(file);
    if (known?.stamp === stamp) {
      known.checkedMs = Date.now();
      return this.#wait(file, known, signal);
    }
    const controller = new AbortController();
    const read = this.#load(file, uri, stat.mtime, controller.signal);
    const fresh = { stamp, read, controller, checkedMs: Date.now(), waiting: 0, bytes: 0, map: undefined };
    this.#kept.set(file, fresh);
    return this.#wait(file, fresh, signal);
  }

  /** The file has changed. Answers whether anything was read of it, and what was found by it has to be found anew. */
  changed(file: string): boolean {
    const kept = this.#kept.get(file);
    if (kept !== undefined) kept.checkedMs = 0;
    return kept !== undefined;
  }

  /** The maps that are kept. */
  *all(): Generator<MapInFile> {
    for (const [file, { map }] of this.#kept) if (map !== undefined) yield { file, map };
  }

  dispose(): void {
    for (const { controller } of this.#kept.values()) controller.abort();
    this.#kept.clear();
    this.#reader.dispose();
  }

  async #load(file: string, uri: vscode.Uri, writtenMs: number, signal: AbortSignal) {
    const bytes = await vscode.workspace.fs.readFile(uri);
    signal.throwIfAborted();
    // A view of a larger buffer cannot be given away.
    const buffer = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    const read = await this.#reader.read(buffer as ArrayBuffer, isScript(file), signal);
    return { ...read, writtenMs };
  }

  /** The reading ends when nobody waits for it any more. */
  async #wait(file: string, kept: Kept, signal: AbortSignal): Promise<WrittenMap | undefined> {
    this.#kept.delete(file);
    this.#kept.set(file, kept);
    if (kept.waiting < 0) return kept.read;
    kept.waiting++;
    try {
      const read = await abortable(kept.read, signal);
      if (kept.waiting > 0) this.#settle(kept, read);
      return read;
    } catch {
      signal.throwIfAborted();
      // Gone, or no permission to read it.
      if (this.#kept.get(file) === kept) this.#kept.delete(file);
      return undefined;
    } finally {
      if (kept.waiting > 0 && --kept.waiting === 0) {
        kept.controller.abort();
        if (this.#kept.get(file) === kept) this.#kept.delete(file);
      }
    }
  }

  #settle(kept: Kept, read: WrittenMap | undefined): void {
    kept.waiting = -1;
    kept.map = read?.map;
    kept.bytes = kept.map === undefined ? 0 : bytesOf(kept.map);
    let bytes = 0;
    for (const one of this.#kept.values()) bytes += one.bytes;
    for (const [file, one] of this.#kept) {
      if ((bytes <= capacity && this.#kept.size <= mostKept) || one === kept) break;
      bytes -= one.bytes;
      if (one.waiting < 0) this.#kept.delete(file);
    }
  }
}

async function statOf(uri: vscode.Uri): Promise<vscode.FileStat | undefined> {
  try {
    const stat = await vscode.workspace.fs.stat(uri);
    const isFile = (stat.type & vscode.FileType.File) !== 0 && stat.size > 0 && stat.size <= largest;
    return isFile && (await isInsideWorkspace(uri)) ? stat : undefined;
  } catch {
    return undefined;
  }
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) abort();
  });
}
