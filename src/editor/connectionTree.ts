import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { UserError } from "../base/userError.ts";
import { countText } from "../model/countText.ts";
import type { Dependency } from "../model/dependency.ts";
import { withProgress } from "./aborting.ts";
import { connectionFacts, connectionIcon, connectionPlace, reasonOf } from "./connectionItem.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";
import { isCancelled } from "./tell.ts";

/** A node of the connections view: a connection, the calls between its services, one of those calls, or why there is none. */
export type ConnectionNode =
  | { readonly kind: "connection"; readonly connection: string }
  | { readonly kind: "calls"; readonly connection: string }
  | { readonly kind: "call"; readonly connection: string; readonly call: Dependency }
  | { readonly kind: "note"; readonly connection: string; readonly text: string };

const callsShown = 500;
const callsHours = 24;

/** The connections view: every connection with its state, and below those that know it, which services call which. */
export class ConnectionTree implements vscode.TreeDataProvider<ConnectionNode>, vscode.Disposable {
  readonly #connections: Connections;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[];
  /** Loaded when first looked at, and kept until the person refreshes. */
  #calls = new WeakMap<Connection, Promise<ConnectionNode[]>>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(connections: Connections) {
    this.#connections = connections;
    this.#subscriptions = [
      connections.onChange(() => this.#changed.fire(undefined)),
      connections.onRetry((connection) => this.#calls.delete(connection)),
    ];
  }

  /** Forgets the calls between services, so that they are asked anew when they are looked at. */
  refresh(): void {
    this.#calls = new WeakMap();
    this.#changed.fire(undefined);
  }

  getTreeItem(node: ConnectionNode): vscode.TreeItem {
    if (node.kind === "call") return callItem(node.call);
    if (node.kind === "note") return noteItem(node.text);
    if (node.kind === "calls") {
      const item = new vscode.TreeItem("Service calls", vscode.TreeItemCollapsibleState.Collapsed);
      item.id = `calls:${node.connection}`;
      item.iconPath = new vscode.ThemeIcon("type-hierarchy-sub");
      item.contextValue = "serviceCalls";
      return item;
    }
    const connection = this.#connections.named(node.connection);
    return connection === undefined ? noteItem("No longer there") : this.#connectionItem(connection);
  }

  getChildren(node?: ConnectionNode): vscode.ProviderResult<ConnectionNode[]> {
    if (node === undefined) {
      return this.#connections.list.map(({ name }) => ({ kind: "connection", connection: name }));
    }
    if (node.kind === "connection")
      return this.#hasCalls(node.connection) ? [{ kind: "calls", connection: node.connection }] : [];
    return node.kind === "calls" ? this.#callsOf(node.connection) : [];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #connectionItem(connection: Connection): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      plainLabel(connection.name, 100),
      this.#hasCalls(connection.name) ? Collapsed : None,
    );
    const isActive = connection === this.#connections.active;
    const isBuiltIn = this.#connections.isBuiltIn(connection);
    const { state, detail } = this.#connections.stateOf(connection);
    const isOpen = connection.allowUntrustedCertificate === true;
    const parts = [
      ...(isActive ? ["active"] : []),
      ...(isOpen ? ["certificate not checked"] : []),
      ...(state === "failed" ? [plainLabel(reasonOf(detail), 120)] : []),
      ...(state === "stopped" ? ["not receiving"] : []),
      connectionPlace(connection, this.#connections),
    ];
    item.id = `connection:${connection.name}`;
    item.description = `${isOpen ? "⚠ " : ""}${parts.join(" · ")}`;
    item.iconPath = connectionIcon(connection, this.#connections);
    item.tooltip = new vscode.MarkdownString().appendText(
      connectionFacts(connection, this.#connections).join("\n"),
    );
    const marks = [isActive ? "active" : "other", isBuiltIn ? "builtIn" : "saved"];
    item.contextValue = `connection:${marks.join(":")}`;
    item.accessibilityInformation = {
      label: [connection.name, isActive ? "active" : "", detail, ...parts.slice(-1)]
        .filter((part) => part !== "")
        .join(", "),
    };
    return item;
  }

  #hasCalls(name: string): boolean {
    const connection = this.#connections.named(name);
    if (connection === undefined) return false;
    try {
      const source = this.#connections.source(connection);
      return source.can.dependencies === true && source.dependencies !== undefined;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  #callsOf(name: string): Promise<ConnectionNode[]> | ConnectionNode[] {
    const connection = this.#connections.named(name);
    if (connection === undefined) return [];
    const known = this.#calls.get(connection);
    if (known !== undefined) return known;
    // Not at once: the question changes the connection's state, which draws the tree anew.
    const asking = Promise.resolve().then(() => this.#askForCalls(connection));
    const asked = asking.catch((error: unknown): ConnectionNode[] => {
      if (isCancelled(error)) return [noteNode(name, "Cancelled. Refresh the view to ask again.")];
      if (error instanceof UserError) return [noteNode(name, error.message)];
      throw error;
    });
    this.#calls.set(connection, asked);
    return asked;
  }

  async #askForCalls(connection: Connection): Promise<ConnectionNode[]> {
    const { name } = connection;
    const toMs = Date.now();
    const range = { fromMs: toMs - callsHours * 3_600_000, toMs };
    const calls = await withProgress(`Loading the service calls of ${plainLabel(name, 60)}`, (signal) =>
      this.#connections.use(connection, async (source) => (await source.dependencies?.(range, signal)) ?? []),
    );
    if (calls.length === 0) return [noteNode(name, noCalls(connection.kind))];
    const sorted = [...calls].sort((a, b) => b.calls - a.calls);
    const rest = sorted.length - callsShown;
    return [
      ...sorted
        .slice(0, callsShown)
        .map((call): ConnectionNode => ({ kind: "call", connection: name, call })),
      ...(rest > 0 ? [noteNode(name, `${rest.toLocaleString("en-US")} more are not shown.`)] : []),
    ];
  }
}

function noteNode(connection: string, text: string): ConnectionNode {
  return { kind: "note", connection, text };
}

function callItem(call: Dependency): vscode.TreeItem {
  const label = `${call.parent} → ${call.child}`;
  const item = new vscode.TreeItem(plainLabel(label));
  const hasErrors = call.errors !== undefined && call.errors > 0;
  const counts = [countText(call.calls, "call")];
  if (hasErrors) counts.push(countText(call.errors!, "error"));
  item.description = counts.join(" · ");
  item.iconPath = hasErrors
    ? new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"))
    : new vscode.ThemeIcon("arrow-right");
  item.tooltip = new vscode.MarkdownString().appendText(
    `${label}\n${counts.join(", ")} in the last ${callsHours} hours`,
  );
  item.contextValue = "serviceCall";
  return item;
}

function noteItem(text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(plainLabel(text, 300));
  item.iconPath = new vscode.ThemeIcon("info");
  item.tooltip = new vscode.MarkdownString().appendText(text);
  item.contextValue = "note";
  return item;
}

/** Servers whose traces are in a database know the calls only once a job has counted them. */
function noCalls(kind: string): string {
  const none = `No calls between services in the last ${callsHours} hours.`;
  if (kind === "jaeger")
    return `${none} Jaeger counts them in a job of its own (spark-dependencies) unless its traces are in memory.`;
  if (kind === "zipkin")
    return `${none} Zipkin counts them in a job of its own (zipkin-dependencies) unless its traces are in memory.`;
  return none;
}
