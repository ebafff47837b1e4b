import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { connectionIcon, connectionPlace } from "./connectionItem.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";

interface Choice extends vscode.QuickPickItem {
  readonly connection?: Connection;
  /** The command to run, and what it is given. */
  readonly command?: readonly [name: string, ...args: string[]];
}

const test: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("pulse"), tooltip: "Test" };
const edit: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("gear"), tooltip: "Edit" };

/**
 * The list behind the status bar item: every connection, to be made the active one, each with a button to test and to edit it,
 * and what else can be done.
 */
export async function switchConnection(connections: Connections): Promise<void> {
  if (connections.list.length === 0) {
    await vscode.commands.executeCommand("traceline.addConnection");
    return;
  }
  const box = vscode.window.createQuickPick<Choice>();
  box.title = "Switch Connection";
  box.placeholder = "The connection that searches and recent traces use";
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  const update = () => {
    box.items = [
      ...starting(connections),
      ...connections.list.map((connection) => choiceOf(connection, connections)),
      ...others(connections),
    ];
  };
  update();
  // Who comes here while nothing is received wants that first.
  const first = starting(connections).length > 0 ? box.items.slice(0, 1) : undefined;
  box.activeItems = first ?? box.items.filter(({ connection }) => connection === connections.active);
  const changes = connections.onChange(update);
  box.onDidTriggerItemButton(({ item, button }) => {
    const node = { kind: "connection", connection: item.connection?.name };
    if (button === edit) box.hide();
    void vscode.commands.executeCommand(
      button === test ? "traceline.testConnection" : "traceline.editConnections",
      node,
    );
  });
  const picked = await new Promise<Choice | undefined>((resolve) => {
    box.onDidAccept(() => {
      resolve(box.selectedItems[0]);
      box.hide();
    });
    box.onDidHide(() => resolve(undefined));
    box.show();
  });
  changes.dispose();
  box.dispose();
  if (picked?.connection !== undefined) await connections.activate(picked.connection.name);
  else if (picked?.command !== undefined) await vscode.commands.executeCommand(...picked.command);
}

/** One of the connections, picked by the person; the only one is not asked for. Undefined when it was given up. */
export async function pickConnection(
  title: string,
  offered: readonly Connection[],
  connections: Connections,
): Promise<Connection | undefined> {
  if (offered.length <= 1) return offered[0];
  const items = offered.map((connection) => ({ ...choiceOf(connection, connections), buttons: [] }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.connection;
}

function choiceOf(connection: Connection, connections: Connections): Choice {
  const isActive = connection === connections.active;
  const isOpen = connection.allowUntrustedCertificate === true;
  const parts = [
    ...(isActive ? ["active"] : []),
    ...(isOpen ? ["certificate not checked"] : []),
    connectionPlace(connection, connections),
  ];
  return {
    label: plainLabel(connection.name, 80),
    iconPath: connectionIcon(connection, connections),
    description: parts.join(" · "),
    detail: plainLabel(connections.stateOf(connection).detail),
    buttons: connections.isBuiltIn(connection) ? [test] : [test, edit],
    connection,
  };
}

/** What gets new traces, where the active connection gets none. */
function starting(connections: Connections): Choice[] {
  const { active } = connections;
  if (active === undefined || connections.stateOf(active).state !== "stopped") return [];
  return [
    { label: "$(play) Start Receiver", command: ["traceline.startReceiver"], alwaysShow: true },
    { label: "$(debug-alt) Run with Tracing", command: ["traceline.runWithTracing"], alwaysShow: true },
    { label: "connections", kind: vscode.QuickPickItemKind.Separator },
  ];
}

function others(connections: Connections): Choice[] {
  const search: Choice = {
    label: "$(search) Search All Connections…",
    command: ["traceline.searchTraces", "all"],
  };
  return [
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    { label: "$(add) Add Connection…", command: ["traceline.addConnection"], alwaysShow: true },
    { label: "$(pulse) Test Active Connection", command: ["traceline.testConnection"] },
    { label: "$(gear) Edit Connections", command: ["traceline.editConnections"] },
    ...(connections.list.length > 1 ? [search] : []),
  ];
}
