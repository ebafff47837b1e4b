import * as vscode from "vscode";
import { countText } from "../model/countText.ts";
import type { TraceAddress } from "./address.ts";
import type { RecentNode } from "./recentTree.ts";
import { searchTitle } from "./searchQuery.ts";
import type { TraceSearch } from "./searchTraces.ts";
import { rootLabel, summaryIcon, summaryText, summaryTooltip } from "./traceItem.ts";

/** The search-results view: the traces found, and in its message what was asked and why there is nothing. */
export class SearchTree implements vscode.TreeDataProvider<RecentNode>, vscode.Disposable {
  readonly #search: TraceSearch;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(search: TraceSearch) {
    this.#search = search;
    this.#subscription = search.onChange(() => this.#changed.fire(undefined));
  }

  /** What stands above the results. */
  message(): string {
    const { state } = this.#search;
    if (state === undefined) return "";
    const title = searchTitle(state.form);
    if (state.running) return `Searching ${state.form.connection}: ${title}`;
    if (state.failure !== "") return state.failure;
    const count = state.summaries.length;
    const found =
      count === 0 ? "Nothing found. Widen the time range or drop a filter." : countText(count, "trace");
    const more = state.limited ? "There may be more: raise the limit." : "";
    return [`${title}: ${found}`, more, ...state.notes].filter((part) => part !== "").join(" ");
  }

  getTreeItem(node: RecentNode): vscode.TreeItem {
    if (node.kind === "group") return new vscode.TreeItem(node.name);
    const { summary, address } = node.trace;
    const item = new vscode.TreeItem(rootLabel(summary));
    item.description = summaryText(summary, Date.now());
    item.tooltip = summaryTooltip(summary, address.kind === "connection" ? address.connection : "");
    item.iconPath = summaryIcon(summary);
    item.contextValue = "trace:web:unpinned";
    item.command = { command: "traceline.openRecent", title: "Open", arguments: [node] };
    return item;
  }

  getChildren(node?: RecentNode): RecentNode[] {
    const { state } = this.#search;
    if (node !== undefined || state === undefined) return [];
    return state.summaries.map((summary) => {
      const address: TraceAddress = {
        kind: "connection",
        connection: state.form.connection,
        traceId: summary.traceId,
      };
      return { kind: "trace", trace: { address, summary, pinned: false, openedMs: 0 } };
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
