import * as vscode from "vscode";
import type { TraceSource } from "../backends/backend.ts";
import { signalOf } from "./aborting.ts";
import type { Connections } from "./connections.ts";
import type { Log } from "./log.ts";
import { plainLabel } from "./plainLabel.ts";
import { allConnections } from "./searchQuery.ts";
import { isCancelled } from "./tell.ts";
import { colourTypes, traceqlColours } from "./traceqlColours.ts";
import { type TraceqlDocuments, traceqlLanguage } from "./traceqlDocuments.ts";
import { TraceqlNames } from "./traceqlNames.ts";
import { type TraceqlPlace, traceqlPlace } from "./traceqlPlace.ts";
import { traceqlTokens } from "./traceqlScan.ts";
import {
  comparisons,
  constants,
  intrinsics,
  meaningOf,
  scopes,
  stages,
  structural,
  type TraceqlWord,
  wordsOf,
} from "./traceqlWords.ts";

/** More suggestions than this are cut; what is typed then asks for the list anew. */
const mostSuggested = 2000;

/** Colours, completion, hovers and the lenses that run a query. */
export function traceqlAssist(
  documents: TraceqlDocuments,
  connections: Connections,
  log: Log,
): vscode.Disposable {
  const names = new TraceqlNames(Date.now);
  const language = { language: traceqlLanguage };
  const sourceOf = (document: vscode.TextDocument): TraceSource | undefined => {
    const name = documents.targets(document).find((target) => target !== allConnections);
    const connection = name === undefined ? undefined : connections.named(name);
    return connection && connections.source(connection);
  };
  /** Nothing where the backend does not answer: what the language itself has is still offered. */
  const asked = async (ask: Promise<readonly string[]> | undefined): Promise<readonly string[]> => {
    try {
      return (await ask) ?? [];
    } catch (error) {
      if (!isCancelled(error))
        log.info(`Attributes for completion: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  };
  const legend = new vscode.SemanticTokensLegend([...colourTypes]);
  return vscode.Disposable.from(
    vscode.languages.registerDocumentSemanticTokensProvider(language, colouring(legend), legend),
    vscode.languages.registerHoverProvider(language, { provideHover: hoverAt }),
    vscode.languages.registerCodeLensProvider(language, {
      provideCodeLenses: (document) => lensesOf(documents, document),
    }),
    vscode.languages.registerCompletionItemProvider(
      language,
      {
        async provideCompletionItems(document, position, token) {
          const place = traceqlPlace(document.getText(), document.offsetAt(position));
          const range = new vscode.Range(document.positionAt(place.from), document.positionAt(place.to));
          const source = sourceOf(document);
          const signal = signalOf(token);
          const from = place.kind === "field" ? source && names.names(source, signal) : undefined;
          const values =
            place.kind === "value" ? source && names.values(source, place.field, signal) : undefined;
          const told = await asked(from ?? values);
          if (token.isCancellationRequested) return undefined;
          const typed = document.getText().slice(place.from, place.to);
          // A scope that stands there already would be the first suggestion.
          const items = wordItems(place).filter(({ label }) => label !== typed);
          const known = new Set(items.map(({ label }) => label));
          items.push(
            ...toldItems(place, told.slice(0, mostSuggested)).filter(({ label }) => !known.has(label)),
          );
          for (const item of items) item.range = range;
          return new vscode.CompletionList(items, told.length > mostSuggested);
        },
      },
      ...[".", ":", '"', "{", "(", "|", "=", " "],
    ),
  );
}

function colouring(legend: vscode.SemanticTokensLegend): vscode.DocumentSemanticTokensProvider {
  return {
    provideDocumentSemanticTokens(document) {
      const builder = new vscode.SemanticTokensBuilder(legend);
      for (const { from, to, type } of traceqlColours(document.getText())) {
        const { line, character } = document.positionAt(from);
        builder.push(line, character, to - from, colourTypes.indexOf(type), 0);
      }
      return builder.build();
    },
  };
}

function hoverAt(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  const offset = document.offsetAt(position);
  const token = traceqlTokens(document.getText()).find(({ from, to }) => from <= offset && offset < to);
  const meaning = token === undefined || token.kind === "string" ? undefined : meaningOf(token.text);
  if (token === undefined || meaning === undefined) return undefined;
  const text = new vscode.MarkdownString().appendCodeblock(token.text, traceqlLanguage).appendText(meaning);
  return new vscode.Hover(
    text,
    new vscode.Range(document.positionAt(token.from), document.positionAt(token.to)),
  );
}

function lensesOf(documents: TraceqlDocuments, document: vscode.TextDocument): vscode.CodeLens[] {
  const top = new vscode.Range(0, 0, 0, 0);
  const targets = documents.targets(document);
  if (targets.length === 0) {
    const title = "$(add) Add a connection to Tempo to run this";
    return [new vscode.CodeLens(top, { title, command: "traceline.addConnection" })];
  }
  const { lookback, limit } = documents.formOf(document);
  const runs = targets.slice(0, 4).map((target) => {
    const title = `$(play) Run in ${target === allConnections ? "all connections" : plainLabel(target, 40)}`;
    const args = [document.uri, target];
    return new vscode.CodeLens(top, { title, command: "traceline.runTraceQL", arguments: args });
  });
  const title = `last ${lookback}, ${limit} traces`;
  const tooltip = "Change the time range and the limit in the search form";
  const change = { title, tooltip, command: "traceline.searchTraces", arguments: [document.uri] };
  return [...runs, new vscode.CodeLens(top, change)];
}

function wordItems({ kind, field }: TraceqlPlace): vscode.CompletionItem[] {
  const { CompletionItemKind: Kind } = vscode;
  switch (kind) {
    case "selector":
      return [snippet("{ }", "{ $0 }", "A selection of spans")];
    case "field":
      return [...items(intrinsics, Kind.Variable, "2"), ...items(scopes, Kind.Module, "3")];
    case "comparison":
      return items(comparisons, Kind.Operator, "1");
    case "value":
      return items(wordsOf(field) ?? constants.slice(0, 3), Kind.EnumMember, "3");
    case "condition":
      return items(
        [
          { text: "&&", means: "Both hold for the span" },
          { text: "||", means: "One of both holds for the span" },
        ],
        Kind.Operator,
        "1",
      );
    case "operator":
      return items(structural, Kind.Operator, "1");
    case "stage":
      return stages.map(({ text, means }) => {
        const isEmpty = /^(?:count|rate|count_over_time|coalesce)$/.test(text);
        return snippet(text, isEmpty ? `${text}()` : `${text}($0)`, means);
      });
    case "nothing":
      return [];
  }
}

function items(
  words: readonly TraceqlWord[],
  kind: vscode.CompletionItemKind,
  order: string,
): vscode.CompletionItem[] {
  return words.map(({ text, means }) => {
    const item = new vscode.CompletionItem(text, kind);
    item.detail = means;
    item.sortText = `${order}${text}`;
    // After "span." the names are wanted at once.
    if (text.endsWith(".")) item.command = { title: "Suggest", command: "editor.action.triggerSuggest" };
    return item;
  });
}

function snippet(label: string, text: string, means: string): vscode.CompletionItem {
  const item = new vscode.CompletionItem(label, vscode.CompletionItemKind.Function);
  item.insertText = new vscode.SnippetString(text);
  item.detail = means;
  return item;
}

/** What the backend told, as it wrote it: labels are made harmless, what is inserted is exact. */
function toldItems({ kind }: TraceqlPlace, told: readonly string[]): vscode.CompletionItem[] {
  const of = kind === "field" ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.Value;
  return told.map((text) => {
    const item = new vscode.CompletionItem(plainLabel(text), of);
    item.insertText = text;
    item.filterText = text;
    item.sortText = `1${text}`;
    return item;
  });
}
