import * as vscode from "vscode";
import { countText } from "../model/countText.ts";
import { addressKey, type TraceAddress } from "./address.ts";
import { placeMark } from "./placeMark.ts";
import { plainLabel } from "./plainLabel.ts";
import type { RecentNode } from "./recentTree.ts";
import type { FoundTrace } from "./searchFound.ts";
import { allConnections, searchTitle } from "./searchQuery.ts";
import type { SearchState, TraceSearch } from "./searchTraces.ts";
import { rootLabel, rowLabel, rowText, summaryIcon, summaryTooltip } from "./traceItem.ts";

/** Rows shown at first, and added by each "Show more": a list of thousands is drawn slowly and read by nobody. */
const page = 200;

/** A row of the results: what is to be said of them, a trace, or the last one, which shows more. */
export type SearchNode =
  | Extract<RecentNode, { kind: "trace" }>
  | { readonly kind: "note"; readonly text: string; readonly isProblem: boolean }
  | { readonly kind: "more"; readonly hidden: number };

/**
 * The search-results view: what was asked beside its title, how many were found in its message, and in its rows why that may
 * not be all, and the traces, 200 at a time.
 */
export class SearchTree implements vscode.TreeDataProvider<SearchNode>, vscode.Disposable {
  readonly #search: TraceSearch;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;
  #found = new Map<string, FoundTrace>();
  #form: unknown;
  #shown = page;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(search: TraceSearch) {
    this.#search = search;
    this.#subscription = search.onChange(() => {
      if (search.state?.form !== this.#form) this.#shown = page;
      this.#form = search.state?.form;
      this.#changed.fire(undefined);
    });
  }

  /** What was asked, for beside the title. */
  description(): string {
    const { state } = this.#search;
    return state === undefined ? "" : searchTitle(state.form);
  }

  /** What stands above the results. */
  message(): string {
    const { state } = this.#search;
    if (state === undefined) return "";
    const isOfAll = state.form.connection === allConnections;
    if (state.running) return `Searching ${isOfAll ? "all connections" : state.form.connection}…`;
    const count = state.traces.length;
    if (count > 0) return countText(count, "trace");
    return state.failures.length > 0 ? "" : "No traces found. Widen the time range or remove a filter.";
  }

  showMore(): void {
    this.#shown += page;
    this.#changed.fire(undefined);
  }

  getTreeItem(node: SearchNode): vscode.TreeItem {
    if (node.kind === "note") return noteItem(node.text, node.isProblem);
    if (node.kind === "more") {
      const item = new vscode.TreeItem(`Show ${Math.min(page, node.hidden)} more`);
      item.id = "more";
      item.description = `${countText(node.hidden)} not shown`;
      item.iconPath = new vscode.ThemeIcon("ellipsis");
      item.command = { command: "traceline.showMoreResults", title: "Show More Results" };
      return item;
    }
    const { summary, address } = node.trace;
    const item = new vscode.TreeItem(rowLabel(summary));
    item.id = addressKey(address);
    const isOfAll = this.#search.state?.form.connection === allConnections;
    const text = rowText(summary, Date.now());
    // Before what a narrow side bar cuts off.
    item.description = isOfAll ? text.replace(" · ", () => ` · ${plainLabel(this.#namesOf(node))} · `) : text;
    item.accessibilityInformation = { label: `${rootLabel(summary)}, ${item.description}` };
    item.iconPath = summaryIcon(summary);
    item.contextValue = `trace${placeMark(address)}:unpinned`;
    item.command = { command: "traceline.openRecent", title: "Open", arguments: [node] };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: SearchNode): vscode.TreeItem {
    if (node.kind === "trace") item.tooltip = summaryTooltip(node.trace.summary, this.#namesOf(node));
    return item;
  }

  getChildren(node?: SearchNode): SearchNode[] {
    const { state } = this.#search;
    if (node !== undefined || state === undefined) return [];
    this.#found = new Map();
    const nodes = state.traces.slice(0, this.#shown).map((found): SearchNode => {
      const { summary, connections } = found;
      const address: TraceAddress = {
        kind: "connection",
        connection: connections[0],
        traceId: summary.traceId,
      };
      this.#found.set(addressKey(address), found);
      return { kind: "trace", trace: { address, summary, pinned: false, openedMs: 0 } };
    });
    const hidden = state.traces.length - nodes.length;
    return [...notesOf(state), ...nodes, ...(hidden > 0 ? [{ kind: "more" as const, hidden }] : [])];
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** "Jaeger, Tempo": the connections that have the trace. */
  #namesOf({ trace }: Extract<SearchNode, { kind: "trace" }>): string {
    return this.#found.get(addressKey(trace.address))?.connections.join(", ") ?? "";
  }
}

function notesOf({ form, failures, notes, limited, running }: SearchState): SearchNode[] {
  const note = (text: string, isProblem: boolean): SearchNode => ({ kind: "note", text, isProblem });
  const who = form.connection === allConnections ? `${limited.join(" and ")} may have` : "There may be";
  return [
    ...failures.map((text) => note(text, true)),
    ...(limited.length > 0 && !running ? [note(`${who} more. Raise the limit to see it.`, false)] : []),
    ...notes.map((text) => note(text, false)),
  ];
}

function noteItem(text: string, isProblem: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(plainLabel(text, 300));
  item.iconPath = isProblem
    ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
    : new vscode.ThemeIcon("info");
  item.tooltip = new vscode.MarkdownString().appendText(text);
  item.contextValue = "note";
  return item;
}
