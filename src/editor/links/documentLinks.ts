import { setImmediate } from "node:timers/promises";
import * as vscode from "vscode";
import { type TraceMention, traceMentions } from "../../model/traceMentions.ts";
import { type KnownTraces, mentionedTraces } from "./mentionedTraces.ts";

/** The command behind the links; never in the palette. */
export const openMentioned = "traceline.openMentionedTrace";

/** Longer documents, and those with more than so many mentions, are read around what is on screen only. */
const wholeLines = 5_000;
const mostMentions = 5_000;
const linesAround = 1_000;
/** The event loop is shared with every other extension. */
const sliceMs = 8;
const scrollMs = 300;

type Lines = readonly [from: number, to: number];

/** Trace IDs in the text of any editor, as links that open the trace. */
class DocumentLinks implements vscode.DocumentLinkProvider {
  readonly #traces: KnownTraces;
  /** Lines that were read last, from 0, of documents that are read in parts. */
  readonly #read = new WeakMap<vscode.TextDocument, ReadonlySet<number>>();

  constructor(traces: KnownTraces) {
    this.#traces = traces;
  }

  async provideDocumentLinks(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentLink[]> {
    const isInParts = document.lineCount > wholeLines || this.#read.has(document);
    const parts: Lines[] = isInParts ? partsOf(document) : [[0, document.lineCount - 1]];
    const { mentions, read } = await mentionsIn(document, parts, token);
    if (token.isCancellationRequested) return [];
    if (parts.length > 0 && (isInParts || read.size < document.lineCount)) this.#read.set(document, read);
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
    return visibleLines(document).some(([from, to]) => {
      for (let at = from; at <= to && at < document.lineCount; at++) if (!read.has(at)) return true;
      return false;
    });
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

/** What the lines of these parts mention, the first parts first, and which of them were read. */
async function mentionsIn(
  document: vscode.TextDocument,
  parts: readonly Lines[],
  token: vscode.CancellationToken,
): Promise<{ mentions: (TraceMention & { at: number })[]; read: ReadonlySet<number> }> {
  const mentions: (TraceMention & { at: number })[] = [];
  const read = new Set<number>();
  let slice = performance.now();
  for (const [from, to] of parts) {
    // The document may be shortened in between.
    for (let at = from; at <= to && at < document.lineCount && mentions.length < mostMentions; at++) {
      if (read.has(at)) continue;
      read.add(at);
      for (const mention of traceMentions(document.lineAt(at).text)) mentions.push({ ...mention, at });
      if (performance.now() - slice < sliceMs) continue;
      await setImmediate();
      if (token.isCancellationRequested) return { mentions, read };
      slice = performance.now();
    }
  }
  return { mentions, read };
}

/** The lines to read, from 0, of a document that is read in parts: what is on screen, then what is around it. */
function partsOf(document: vscode.TextDocument): Lines[] {
  const visible = visibleLines(document);
  const below = visible.map(([, to]): Lines => [to + 1, to + linesAround]);
  const above = visible.map(([from]): Lines => [Math.max(0, from - linesAround), from - 1]);
  return [...visible, ...below, ...above];
}

function visibleLines(document: vscode.TextDocument): Lines[] {
  return vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap((editor) => editor.visibleRanges)
    .map(({ start, end }): Lines => [start.line, end.line])
    .sort((a, b) => a[0] - b[0]);
}
