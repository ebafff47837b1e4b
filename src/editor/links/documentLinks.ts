import { setImmediate } from "node:timers/promises";
import * as vscode from "vscode";
import { type TraceMention, traceMentions } from "../../model/traceMentions.ts";
import { type KnownTraces, mentionedTraces } from "./mentionedTraces.ts";

/** The command behind the links; never in the palette. */
export const openMentioned = "traceline.openMentionedTrace";

/** Longer documents are read around what is on screen only. */
const wholeLines = 5_000;
const linesAround = 1_000;
const mostLinks = 5_000;
/** The event loop is shared with every other extension. */
const sliceMs = 8;
const scrollMs = 300;

type Lines = readonly [from: number, to: number];

/** Trace IDs in the text of any editor, as links that open the trace. */
class DocumentLinks implements vscode.DocumentLinkProvider {
  readonly #traces: KnownTraces;
  /** Lines that were read last, of documents that are read in parts. */
  readonly #read = new WeakMap<vscode.TextDocument, readonly Lines[]>();

  constructor(traces: KnownTraces) {
    this.#traces = traces;
  }

  async provideDocumentLinks(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentLink[]> {
    const parts = partsOf(document);
    if (parts.length > 0 && document.lineCount > wholeLines) this.#read.set(document, parts);
    const mentions = await mentionsIn(document, parts, token);
    if (token.isCancellationRequested) return [];
    const found = await mentionedTraces(mentions, this.#traces);
    return found.map(({ at, start, end, traceId, spanId }) => {
      const args = encodeURIComponent(JSON.stringify(spanId === undefined ? [traceId] : [traceId, spanId]));
      const target = vscode.Uri.parse(`command:${openMentioned}?${args}`);
      const link = new vscode.DocumentLink(new vscode.Range(at, start, at, end), target);
      link.tooltip = "Open trace in Traceline";
      return link;
    });
  }

  /** Whether lines are on screen that were not read. */
  isBehind(document: vscode.TextDocument): boolean {
    const read = this.#read.get(document);
    if (read === undefined) return false;
    return visibleLines(document).some(
      ([from, to]) => !read.some(([first, last]) => first <= from && to <= last),
    );
  }
}

/**
 * Registers the links, anew whenever one scrolls beyond what was read of a long document: VS Code asks a provider for the
 * links of a document when its text changes or the provider does, never when it is scrolled.
 */
export function registerDocumentLinks(traces: KnownTraces): vscode.Disposable {
  const links = new DocumentLinks(traces);
  const register = () => vscode.languages.registerDocumentLinkProvider({ scheme: "*" }, links);
  let registration = register();
  let timer: NodeJS.Timeout | undefined;
  const scrolling = vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor: { document } }) => {
    if (!links.isBehind(document)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!links.isBehind(document)) return;
      registration.dispose();
      registration = register();
    }, scrollMs);
  });
  return vscode.Disposable.from(scrolling, {
    dispose: () => {
      clearTimeout(timer);
      registration.dispose();
    },
  });
}

async function mentionsIn(
  document: vscode.TextDocument,
  parts: readonly Lines[],
  token: vscode.CancellationToken,
): Promise<(TraceMention & { at: number })[]> {
  const mentions: (TraceMention & { at: number })[] = [];
  let slice = performance.now();
  for (const [from, to] of parts) {
    // The document may be shortened in between.
    for (let at = from; at <= to && at < document.lineCount && mentions.length < mostLinks; at++) {
      for (const mention of traceMentions(document.lineAt(at).text)) mentions.push({ ...mention, at });
      if (performance.now() - slice < sliceMs) continue;
      await setImmediate();
      if (token.isCancellationRequested) return [];
      slice = performance.now();
    }
  }
  return mentions;
}

/** The lines to read, from 0: all of a document, or those around what is on screen of a long one, none twice. */
function partsOf(document: vscode.TextDocument): Lines[] {
  if (document.lineCount <= wholeLines) return [[0, document.lineCount - 1]];
  const parts: [from: number, to: number][] = [];
  for (const [from, to] of visibleLines(document)) {
    const first = Math.max(0, from - linesAround);
    const before = parts.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], to + linesAround);
    else parts.push([first, to + linesAround]);
  }
  return parts;
}

function visibleLines(document: vscode.TextDocument): Lines[] {
  return vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap((editor) => editor.visibleRanges)
    .map(({ start, end }): Lines => [start.line, end.line])
    .sort((a, b) => a[0] - b[0]);
}
