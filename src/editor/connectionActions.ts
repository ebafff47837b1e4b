import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { isLoopback } from "../backends/baseUrl.ts";
import { datadogPage } from "../backends/datadogSite.ts";
import { UserError } from "../base/userError.ts";
import { withProgress } from "./aborting.ts";
import { pickConnection } from "./connectionPick.ts";
import type { Connections } from "./connections.ts";
import { noLinks } from "./noLinks.ts";
import { plainLabel } from "./plainLabel.ts";
import { enterSecret } from "./refusalMessages.ts";
import type { Secrets } from "./secrets.ts";
import { isCancelled } from "./tell.ts";

/** What can be done with a connection of a list; each takes the node of a tree, which may be anything. */
export interface ConnectionActions {
  activate(node: unknown): Promise<void>;
  test(node: unknown): Promise<void>;
  testAll(): Promise<void>;
  edit(node: unknown): Promise<void>;
  remove(node: unknown): Promise<void>;
  setSecret(node: unknown): Promise<void>;
  /** False when the node is no connection. */
  openInBrowser(node: unknown): Promise<boolean>;
  copyUrl(node: unknown): Promise<void>;
}

/** What stands in the place of a node when a key is pressed in the view: the node selected there is meant. */
export const selectedNode = "selected";

/** The actions on connections. `selected` is what is selected in the connections view. */
export function connectionActions(
  connections: Connections,
  secrets: Secrets,
  selected: () => unknown = () => undefined,
): ConnectionActions {
  const named = (given: unknown): Connection | undefined => {
    const node = given === selectedNode ? selected() : given;
    if (typeof node !== "object" || node === null) return undefined;
    const name: unknown = (node as { connection?: unknown }).connection;
    return typeof name === "string" ? connections.named(name) : undefined;
  };
  const withUrl = (node: unknown): Connection | undefined => {
    const connection = named(node);
    return connection === undefined || connections.isBuiltIn(connection) ? undefined : connection;
  };
  return {
    async activate(node) {
      const connection = named(node);
      if (connection !== undefined) await connections.activate(connection.name);
    },
    async test(node) {
      const connection = named(node) ?? (node === undefined ? connections.active : undefined);
      if (connection !== undefined) await test(connections, connection);
      else if (node === undefined)
        throw new UserError("There is no connection yet. Use Traceline: Add Connection.");
    },
    testAll: () => testAll(connections),
    async edit(node) {
      const connection = withUrl(node);
      if (connection !== undefined) await connections.edit(connection);
      else if (node === undefined)
        await vscode.commands.executeCommand("workbench.action.openSettings", "traceline.connections");
    },
    async remove(node) {
      const connection = withUrl(node);
      if (connection !== undefined) await remove(connections, secrets, connection);
    },
    async setSecret(node) {
      if (node !== undefined && withUrl(node) === undefined) return;
      const own = connections.list.filter((connection) => !connections.isBuiltIn(connection));
      if (own.length === 0) throw new UserError("There is no connection yet. Use Traceline: Add Connection.");
      const refused = own.filter((connection) => connections.isRefused(connection));
      const connection =
        withUrl(node) ??
        (refused.length === 1
          ? refused[0]
          : await pickConnection("Set Token or Password", refused.length > 0 ? refused : own, connections));
      if (connection === undefined) return;
      await enterSecret(connection, connections, secrets, !connections.isRefused(connection));
    },
    async openInBrowser(node) {
      const connection = withUrl(node);
      if (connection !== undefined) await openInBrowser(datadogPage(connection.url) ?? connection.url);
      return connection !== undefined;
    },
    async copyUrl(node) {
      const connection = withUrl(node);
      if (connection !== undefined) await vscode.env.clipboard.writeText(connection.url);
    },
  };
}

/**
 * Opens a page of a backend in the browser of the person. In a remote window a port of this machine is not theirs: VS Code
 * then says by which address they reach it.
 */
export async function openInBrowser(url: string): Promise<void> {
  const uri = vscode.Uri.parse(url, true);
  await vscode.env.openExternal(isLoopback(url) ? await vscode.env.asExternalUri(uri) : uri);
}

async function test(connections: Connections, connection: Connection): Promise<void> {
  const says = await withProgress(`Testing ${plainLabel(connection.name, 60)}`, (signal) =>
    connections.test(connection, signal),
  );
  void vscode.window.showInformationMessage(noLinks(`${connection.name}: ${says}`));
}

async function testAll(connections: Connections): Promise<void> {
  const { list } = connections;
  if (list.length === 0) return;
  await withProgress("Testing all connections", async (signal, report) => {
    let done = 0;
    for (let first = 0; first < list.length; first += 4) {
      const tests = list.slice(first, first + 4).map(async (connection) => {
        await connections.test(connection, signal).catch((error: unknown) => {
          // What it said stands beside it in the view.
          if (!(error instanceof UserError) && !isCancelled(error)) throw error;
        });
        done++;
        report(`${done} of ${list.length}`);
      });
      await Promise.all(tests);
      signal.throwIfAborted();
    }
  });
}

async function remove(connections: Connections, secrets: Secrets, connection: Connection): Promise<void> {
  const { origin } = new URL(connection.url);
  const isShared = connections.list.some(
    (other) => other !== connection && !connections.isBuiltIn(other) && new URL(other.url).origin === origin,
  );
  const kept = isShared ? 0 : await secrets.count(origin);
  const place =
    connections.savedOf(connection)?.place === "workspace" ? "the workspace's settings" : "your settings";
  const removeOnly = kept > 0 ? "Remove, Keep Secret" : "Remove";
  const removeBoth = "Remove with Secret";
  const choice = await vscode.window.showWarningMessage(
    noLinks(`Remove the connection "${plainLabel(connection.name, 80)}" from ${place}?`),
    {
      modal: true,
      detail:
        kept > 0
          ? `${connection.url}\nA token or password is kept for ${origin}.`
          : `${connection.url}\nNothing is deleted in the backend.`,
    },
    ...(kept > 0 ? [removeBoth, removeOnly] : [removeOnly]),
  );
  if (choice === undefined) return;
  await connections.remove(connection);
  if (choice === removeBoth) await secrets.forget(origin);
}
