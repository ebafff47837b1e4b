import { homedir } from "node:os";
import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { type Place, readConnections, type SavedConnection } from "./connectionSettings.ts";

/** What of a connection can be changed in place. */
export type ConnectionChange = Partial<
  Pick<Connection, "auth" | "user" | "tenant" | "tls" | "secretHeaders" | "allowUntrustedCertificate">
>;

/** The connections of user and workspace settings together; in a workspace that is not trusted the user's alone. */
export function savedConnections(): { connections: SavedConnection[]; problems: string[] } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return readConnections(
    { user: listOf("user"), workspace: vscode.workspace.isTrusted ? listOf("workspace") : undefined },
    { home: homedir(), workspace: folder?.scheme === "file" ? folder.fsPath : undefined },
  );
}

/** Adds a connection at the end of the list of that place. */
export async function saveConnection(connection: Connection, place: Place): Promise<void> {
  await write(place, [...asList(listOf(place)), entryOf(connection)]);
}

/** Changes one entry; what it holds beside that stays as it was written. */
export async function changeSaved(saved: SavedConnection, change: ConnectionChange): Promise<void> {
  await edit(saved, (entry) => {
    const next = { ...entry };
    for (const [key, value] of Object.entries(change)) {
      if (isDefault(key, value)) delete next[key];
      else next[key] = value;
    }
    return next;
  });
}

/** Takes what is secret out of one entry. */
export async function hideSecrets(saved: SavedConnection): Promise<void> {
  const { connection, exposed } = saved;
  const gone = new Set(exposed.map(({ header }) => header?.toLowerCase()));
  await edit(saved, (entry) => {
    const headers = Object.entries((entry.headers ?? {}) as Record<string, unknown>);
    const next: Record<string, unknown> = {
      ...entry,
      headers: Object.fromEntries(headers.filter(([name]) => !gone.has(name.toLowerCase()))),
    };
    if (Object.keys(next.headers as object).length === 0) delete next.headers;
    if (gone.has(undefined))
      Object.assign(next, { url: connection.url, auth: "basic", user: connection.user });
    if ((connection.secretHeaders ?? []).length > 0) next.secretHeaders = connection.secretHeaders;
    return next;
  });
}

export async function removeSaved(saved: SavedConnection): Promise<void> {
  await edit(saved, () => undefined);
}

/** Opens the settings file of the entry's place with the caret at the entry. */
export async function openSaved(saved: SavedConnection): Promise<void> {
  const isUser = saved.place === "user";
  await vscode.commands.executeCommand(
    isUser ? "workbench.action.openSettingsJson" : "workbench.action.openWorkspaceSettingsFile",
    { revealSetting: { key: "traceline.connections", edit: false } },
  );
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const { document } = editor;
  const text = document.getText();
  const list = text.indexOf('"traceline.connections"');
  const at = list < 0 ? -1 : text.indexOf(JSON.stringify(saved.connection.name), list);
  if (at < 0) return;
  const start = document.positionAt(at);
  editor.selection = new vscode.Selection(start, start);
  editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

type Entry = Readonly<Record<string, unknown>>;

/** Changes the entry that stands there now: the list may have been edited since it was read. */
async function edit(saved: SavedConnection, change: (entry: Entry) => Entry | undefined): Promise<void> {
  const list = asList(listOf(saved.place));
  const { name } = saved.connection;
  const at =
    nameOf(list[saved.index]) === name ? saved.index : list.findIndex((entry) => nameOf(entry) === name);
  if (at < 0) return;
  const next = change(list[at] as Entry);
  await write(saved.place, next === undefined ? list.toSpliced(at, 1) : list.with(at, next));
}

function nameOf(entry: unknown): unknown {
  return typeof entry === "object" && entry !== null ? (entry as { name?: unknown }).name : undefined;
}

function listOf(place: Place): unknown {
  const values = vscode.workspace.getConfiguration("traceline").inspect<unknown>("connections");
  return place === "user" ? values?.globalValue : values?.workspaceValue;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

async function write(place: Place, list: readonly unknown[]): Promise<void> {
  const target = place === "user" ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  const value = list.length === 0 ? undefined : list;
  await vscode.workspace.getConfiguration("traceline").update("connections", value, target);
}

function entryOf(connection: Connection): Entry {
  const entry: Record<string, unknown> = { ...connection };
  for (const [key, value] of Object.entries(entry)) if (isDefault(key, value)) delete entry[key];
  return entry;
}

/** What need not be written: it is what is taken when it is left out. */
function isDefault(key: string, value: unknown): boolean {
  if (value === undefined || value === "" || value === false) return true;
  if (key === "auth") return value === "none";
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
