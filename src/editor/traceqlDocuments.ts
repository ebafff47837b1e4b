import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { traceqlSearch } from "../backends/traceqlSearch.ts";
import { UserError } from "../base/userError.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";
import { allConnections, anyTrace, queryOf, type SearchForm } from "./searchQuery.ts";
import type { TraceSearch } from "./searchTraces.ts";
import { serverPlace } from "./traceqlServerPlace.ts";
import { blocking, placeText, type SyntaxProblem, syntaxProblems } from "./traceqlSyntax.ts";

export const traceqlLanguage = "traceql";
/** How long typing pauses before a query is checked, ms. */
const checkedAfter = 200;

/** Documents that hold a TraceQL query: what is wrong with it, and where, how and over which time it is run. */
export class TraceqlDocuments implements vscode.Disposable {
  readonly #connections: Connections;
  readonly #search: TraceSearch;
  readonly #problems = vscode.languages.createDiagnosticCollection(traceqlLanguage);
  /** Where, how far back and how much: of the form that a document was opened from. */
  readonly #forms = new Map<string, SearchForm>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #watch: vscode.Disposable;

  constructor(connections: Connections, search: TraceSearch) {
    this.#connections = connections;
    this.#search = search;
    for (const document of vscode.workspace.textDocuments) this.#checkSoon(document);
    this.#watch = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => this.#checkSoon(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
    );
  }

  /** Opens a new document with what the form asks, as TraceQL. */
  async edit(form?: SearchForm): Promise<void> {
    const content = form === undefined || (form.text === "" && isAnything(form)) ? "{  }" : textOf(form);
    const document = await vscode.workspace.openTextDocument({ language: traceqlLanguage, content });
    if (form !== undefined) this.#forms.set(document.uri.toString(), form);
    const caret = document.positionAt(content === "{  }" ? 2 : content.length);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(caret, caret) });
  }

  /** What runs the document's query: the form without its other fields. */
  formOf(document: vscode.TextDocument): SearchForm {
    const [asked] = this.targets(document);
    const known = this.#forms.get(document.uri.toString()) ?? this.#search.formOf(asked ?? "");
    const { lookback, limit } = known;
    return { ...anyTrace, connection: asked ?? "", lookback, limit, text: document.getText() };
  }

  /** Names of the connections that a document can be run in, the usual one first; `allConnections` where the form had it. */
  targets(document: vscode.TextDocument): readonly string[] {
    const { active } = this.#connections;
    const wanted = this.#forms.get(document.uri.toString())?.connection ?? active?.name;
    const able = this.able().map(({ name }) => name);
    if (wanted === allConnections && able.length > 0) return [allConnections, ...able];
    return able.sort((a, b) => Number(b === wanted) - Number(a === wanted));
  }

  /** The connections that understand the language. */
  able(): readonly Connection[] {
    return this.#connections.list.filter(
      (connection) => this.#connections.source(connection).can.language === "traceql",
    );
  }

  /** Runs a document's query, that of the editor in front when none is named. Nothing wrong is sent unasked. */
  async run(uri?: vscode.Uri, connection?: string): Promise<void> {
    const document = documentOf(uri);
    if (document === undefined) return;
    const text = document.getText();
    const targets = this.targets(document);
    if (targets.length === 0)
      throw new UserError("No connection understands TraceQL. Add one to Tempo: Traceline: Add Connection.");
    if (text.trim() === "") throw new UserError("The query is empty. { } finds every trace.");
    const wrong = blocking(await syntaxProblems(text));
    if (wrong !== undefined && !(await this.#isSentAnyway(document, wrong))) return;
    const target = connection !== undefined && targets.includes(connection) ? connection : targets[0];
    try {
      await this.#search.run({ ...this.formOf(document), connection: target, text });
    } catch (error) {
      const place = error instanceof UserError ? serverPlace(text, error.message) : undefined;
      if (place === undefined || document.isClosed) throw error;
      const message = (error as UserError).message.replace(/^.*?\(\d{3}\): /, "");
      this.#tell(document, [{ ...place, message, isSure: true }], plainLabel(target));
    }
  }

  /** The form with the document's query in it, to change where and how far back it looks. */
  async changeForm(uri?: vscode.Uri): Promise<void> {
    const document = documentOf(uri);
    if (document !== undefined) await this.#search.ask(this.formOf(document));
  }

  dispose(): void {
    this.#watch.dispose();
    this.#problems.dispose();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  async #isSentAnyway(document: vscode.TextDocument, wrong: SyntaxProblem): Promise<boolean> {
    const place = new vscode.Range(document.positionAt(wrong.from), document.positionAt(wrong.to));
    await vscode.window.showTextDocument(document, { selection: place });
    const send = "Send Anyway";
    const message = plainLabel(`The query was not sent. ${placeText(document.getText(), wrong)}`, 300);
    return (await vscode.window.showWarningMessage(message, send)) === send;
  }

  #checkSoon(document: vscode.TextDocument): void {
    if (document.languageId !== traceqlLanguage) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#check(document), checkedAfter),
    );
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    this.#timers.delete(document.uri.toString());
    const { version } = document;
    const text = document.getText();
    const problems = text.trim() === "" ? [] : await syntaxProblems(text);
    if (document.isClosed || document.version !== version) return;
    this.#tell(document, problems, "Traceline");
  }

  #tell(document: vscode.TextDocument, problems: readonly SyntaxProblem[], source: string): void {
    const diagnostics = problems.map(({ from, to, message, isSure }) => {
      // What is missing has no width: the sign before it is marked.
      const start = document.positionAt(to > from ? from : Math.max(0, from - 1));
      const severity = vscode.DiagnosticSeverity[isSure ? "Error" : "Warning"];
      const sentence = message.charAt(0).toUpperCase() + message.slice(1);
      const range = new vscode.Range(start, document.positionAt(Math.max(to, from)));
      const diagnostic = new vscode.Diagnostic(range, sentence, severity);
      diagnostic.source = source;
      return diagnostic;
    });
    this.#problems.set(document.uri, diagnostics);
  }

  #forget({ uri }: vscode.TextDocument): void {
    const key = uri.toString();
    this.#forms.delete(key);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#problems.delete(uri);
  }
}

function documentOf(uri: vscode.Uri | undefined): vscode.TextDocument | undefined {
  const inFront = vscode.window.activeTextEditor?.document;
  const document =
    uri === undefined
      ? inFront
      : vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  return document?.languageId === traceqlLanguage ? document : undefined;
}

function textOf(form: SearchForm): string {
  return form.text === "" ? traceqlSearch(queryOf(form, 0)) : form.text;
}

function isAnything(form: SearchForm): boolean {
  return traceqlSearch(queryOf(form, 0)) === "{}";
}
