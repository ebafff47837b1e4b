import { basename } from "node:path";
import * as vscode from "vscode";
import { addressKey } from "./address.ts";
import type { Connections } from "./connections.ts";
import { placeMark } from "./placeMark.ts";
import { plainLabel } from "./plainLabel.ts";
import type { RecentTrace, RecentTraces } from "./recentTraces.ts";
import { rootLabel, rowLabel, rowText, summaryIcon, summaryText, summaryTooltip } from "./traceItem.ts";

/** A node of the recent-traces view: a group (a connection, or the files) or a trace in it. */
export type RecentNode =
  | { readonly kind: "group"; readonly name: string; readonly isFile: boolean }
  | { readonly kind: "trace"; readonly trace: RecentTrace };

/**
 * Between two refreshes. VS Code waits until a view has told of no change for 200 ms: one that tells of more each 100 ms, as
 * traces arrive, would not be drawn anew before they stop.
 */
const refreshMs = 300;

/** The recent-traces view: newest first, by connection; one group alone is not shown as a group. */
export class RecentTree implements vscode.TreeDataProvider<RecentNode>, vscode.Disposable {
  readonly #recent: RecentTraces;
  readonly #connections: Connections;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;
  #refreshedMs = 0;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(recent: RecentTraces, connections: Connections) {
    this.#recent = recent;
    this.#connections = connections;
    const refresh = () => this.#refreshSoon();
    this.#subscriptions = [recent.onChange(refresh), connections.onChange(refresh)];
  }

  /** What stands above the traces. VS Code hides what it offers in an empty view while there is any. */
  message(): string | undefined {
    const { active } = this.#connections;
    const state = active && this.#connections.stateOf(active);
    if (state?.state === "failed") return state.detail;
    return state?.state === "stopped" && this.#recent.list().length > 0 ? state.detail : undefined;
  }

  getTreeItem(node: RecentNode): vscode.TreeItem {
    return node.kind === "group" ? this.#groupItem(node.name, node.isFile) : this.#traceItem(node.trace);
  }

  /** What is seen of an item only under the mouse. */
  resolveTreeItem(item: vscode.TreeItem, node: RecentNode): vscode.TreeItem {
    if (node.kind === "group") return item;
    const { summary, address } = node.trace;
    const where = address.kind === "file" ? basename(address.path) : address.connection;
    item.tooltip = summaryTooltip(summary, where);
    return item;
  }

  getChildren(node?: RecentNode): RecentNode[] {
    const traces = this.#recent.list();
    if (node?.kind === "trace") return [];
    if (node?.kind === "group")
      return traces.filter((trace) => groupKey(groupOf(trace)) === groupKey(node)).map(traceNode);
    const groups = new Map(traces.map((trace) => [groupKey(groupOf(trace)), groupOf(trace)]));
    if (groups.size <= 1) return traces.map(traceNode);
    const active = this.#connections.active?.name;
    return [...groups.values()]
      .map((group): RecentNode => ({ kind: "group", ...group }))
      .sort((a, b) => Number(isGroup(b, active)) - Number(isGroup(a, active)));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#refreshedMs = performance.now();
        this.#changed.fire(undefined);
      },
      Math.max(0, this.#refreshedMs + refreshMs - performance.now()),
    );
  }

  #groupItem(name: string, isFile: boolean): vscode.TreeItem {
    const item = new vscode.TreeItem(plainLabel(name), vscode.TreeItemCollapsibleState.Expanded);
    item.id = groupKey({ name, isFile });
    item.contextValue = "group";
    item.iconPath = new vscode.ThemeIcon(isFile ? "file" : "server-environment");
    if (!isFile && name === this.#connections.active?.name) item.description = "active";
    return item;
  }

  #traceItem(trace: RecentTrace): vscode.TreeItem {
    const { summary, address } = trace;
    const item = new vscode.TreeItem(rowLabel(summary));
    item.id = addressKey(address);
    item.description = rowText(summary, Date.now());
    item.iconPath = summaryIcon(summary, trace.pinned);
    item.contextValue = `trace${placeMark(address)}:${trace.pinned ? "pinned" : "unpinned"}`;
    item.command = { command: "traceline.openRecent", title: "Open", arguments: [{ kind: "trace", trace }] };
    const pinned = trace.pinned ? ", pinned" : "";
    item.accessibilityInformation = {
      label: `${rootLabel(summary)}, ${summaryText(summary, Date.now())}${pinned}`,
    };
    return item;
  }
}

function groupOf(trace: RecentTrace): { name: string; isFile: boolean } {
  if (trace.address.kind === "file") return { name: "Files", isFile: true };
  return { name: trace.address.connection, isFile: false };
}

/** A connection may be called as the files are. */
function groupKey({ name, isFile }: { readonly name: string; readonly isFile: boolean }): string {
  return `${isFile ? "files" : "group"}:${name}`;
}

function traceNode(trace: RecentTrace): RecentNode {
  return { kind: "trace", trace };
}

function isGroup(node: RecentNode, name: string | undefined): boolean {
  return node.kind === "group" && !node.isFile && node.name === name;
}
