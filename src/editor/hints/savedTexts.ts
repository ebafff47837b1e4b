import * as vscode from "vscode";
import { Emitter } from "../../base/event.ts";
import { TextGenerations } from "../../source/textGenerations.ts";
import { fileIdOf } from "../workspaceFiles.ts";
import { lineEdits } from "./lineEdits.ts";

/** Closed documents of which is kept since when their lines are as they are. */
const closedKept = 1000;
/** After a change that leaves a document clean: the first of what is typed may do so for a moment, ms. */
const settles = 100;
/** A file's own time counts when it is not older than this before its text was read anew, ms. */
const mostLate = 10_000;

/** A text that was read from its file: when, after how many edits, and since when some of these were not saved. */
interface TextRead {
  readonly ms: number;
  readonly edited: number;
  readonly unsavedSince: number | undefined;
}

/**
 * The generations of the open documents' texts, by what is saved and by what is read anew after a file has changed. Of a
 * document that was closed only the time of its last generation is left: what was measured before has no line any more.
 */
export class SavedTexts implements vscode.Disposable {
  readonly #open = new Map<string, TextGenerations>();
  readonly #closed = new Map<string, number>();
  readonly #reloads = new Map<string, NodeJS.Timeout>();
  readonly #forgotten = new Emitter<void>();
  readonly #watch: vscode.Disposable;
  /** A document whose lines have moved was closed, or its edits discarded: lines found in it before have to be found anew. */
  readonly onForget = this.#forgotten.event;

  constructor() {
    this.#watch = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      vscode.workspace.onDidSaveTextDocument((document) => {
        this.#settle(fileIdOf(document.uri));
        this.of(document).begin(Date.now());
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#close(fileIdOf(uri))),
    );
  }

  of({ uri }: vscode.TextDocument): TextGenerations {
    const file = fileIdOf(uri);
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    const generations = new TextGenerations(this.#closed.get(file) ?? 0);
    this.#open.set(file, generations);
    return generations;
  }

  /** Unix ms: since when the lines of the file are those of its text as it was saved last; 0 where nobody knows. */
  since(file: string): number {
    return this.#open.get(file)?.lastStart ?? this.#closed.get(file) ?? 0;
  }

  dispose(): void {
    this.#watch.dispose();
    this.#forgotten.dispose();
    for (const timer of this.#reloads.values()) clearTimeout(timer);
    this.#reloads.clear();
    this.#open.clear();
    this.#closed.clear();
  }

  #follow(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges, reason } = event;
    if (contentChanges.length === 0 || vscode.workspace.getWorkspaceFolder(document.uri) === undefined)
      return;
    const generations = this.of(document);
    const now = Date.now();
    const { unsavedSince } = generations;
    generations.follow(lineEdits(event), now);
    // What undoes the edits since the last save leaves a document clean as well, with the text that was saved.
    if (document.isDirty || document.isUntitled || reason !== undefined) return;
    const file = fileIdOf(document.uri);
    this.#settle(file);
    const { edited } = generations;
    const timer = setTimeout(() => {
      this.#reloads.delete(file);
      if (!document.isDirty && !document.isClosed)
        void this.#read(document, { ms: now, edited, unsavedSince });
    }, settles);
    this.#reloads.set(file, timer);
  }

  /** A file that was not written since the first edit that was not saved: these edits were discarded. */
  async #read(document: vscode.TextDocument, { ms, edited, unsavedSince }: TextRead): Promise<void> {
    const writtenMs = await timeOf(document.uri);
    if (document.isClosed) return;
    const generations = this.of(document);
    if (writtenMs !== undefined && unsavedSince !== undefined && writtenMs < unsavedSince) {
      generations.restore(edited);
      this.#forgotten.fire();
      return;
    }
    const isOfWrite = writtenMs !== undefined && writtenMs <= ms && writtenMs > ms - mostLate;
    generations.begin(isOfWrite ? writtenMs : ms, edited);
  }

  #settle(file: string): void {
    clearTimeout(this.#reloads.get(file));
    this.#reloads.delete(file);
  }

  #close(file: string): void {
    this.#settle(file);
    const since = this.since(file);
    const isForgotten = since !== (this.#closed.get(file) ?? 0);
    this.#open.delete(file);
    this.#closed.delete(file);
    if (since === 0) return;
    this.#closed.set(file, since);
    for (const oldest of this.#closed.keys()) {
      if (this.#closed.size <= closedKept) break;
      this.#closed.delete(oldest);
    }
    if (isForgotten) this.#forgotten.fire();
  }
}

/** Unix ms: when the file was written last; undefined for one that is gone again. */
async function timeOf(uri: vscode.Uri): Promise<number | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).mtime;
  } catch {
    return undefined;
  }
}
