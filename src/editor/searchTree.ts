import * as vscode from "vscode";
import { countText } from "../model/countText.ts";
import { addressKey, type TraceAddress } from "./address.ts";
import { plainLabel } from "./plainLabel.ts";
import type { RecentNode } from "./recentTree.ts";
import type { FoundTrace } from "./searchFound.ts";
import { allConnections, searchTitle } from "./searchQuery.ts";
import type { TraceSearch } from "./searchTraces.ts";
import { rootLabel, rowLabel, rowText, summaryIcon, summaryTooltip } from "./traceItem.ts";

/** Rows shown at first, and added by each "Show more": a list of thousands is drawn slowly and read by nobody. */
const page = 200;

/** A row of the results: a trace, or the last one, which shows more. */
export type SearchNode =
  | Extract<RecentNode, { kind: "trace" }>
  | { readonly kind: "more"; readonly hidden: number };

/** The search-results view: the traces found, 200 at a time, and in its message what was asked and why there is nothing. */
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

  /** What stands above the results. */
  message(): string {
    const { state } = this.#search;
    if (state === undefined) return "";
    const title = searchTitle(state.form);
    const where = state.form.connection === allConnections ? "all connections" : state.form.connection;
    if (state.running) return `Searching ${where}: ${title}`;
    const count = state.traces.length;
    const failures = state.failures.join(" ");
    if (count === 0 && failures !== "") return failures;
    const found =
      count === 0 ? "Nothing found. Widen the time range or drop a filter." : `${countText(count, "trace")}.`;
    const inWhich = state.form.connection === allConnections ? ` in ${state.limited.join(" and ")}` : "";
    const more = state.limited.length > 0 ? `There may be more${inWhich}: raise the limit.` : "";
    return [`${title}: ${found}`, more, failures, ...state.notes].filter((part) => part !== "").join(" ");
  }

  showMore(): void {
    this.#shown += page;
    this.#changed.fire(undefined);
  }

  getTreeItem(node: SearchNode): vscode.TreeItem {
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
    item.contextValue = "trace:web:unpinned";
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
    return hidden > 0 ? [...nodes, { kind: "more", hidden }] : nodes;
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
