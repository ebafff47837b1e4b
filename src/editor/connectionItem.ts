import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { backendOf } from "../backends/index.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";

/** "Jaeger · jaeger.example.com:16686": what a connection is and where, in one label. */
export function connectionPlace(connection: Connection, connections: Connections): string {
  if (connections.isBuiltIn(connection)) return "in this editor";
  const { host } = new URL(connection.url);
  return plainLabel(`${backendOf(connection.kind)?.label ?? connection.kind} · ${host}`);
}

/** The icon of its state; the failed ones differ by shape, not by colour alone. */
export function connectionIcon(connection: Connection, connections: Connections): vscode.ThemeIcon {
  const { state, refused } = connections.stateOf(connection);
  if (state === "stopped") return new vscode.ThemeIcon("circle-slash");
  if (connections.isBuiltIn(connection) && state !== "failed") return new vscode.ThemeIcon("inbox");
  if (state === "unknown") return new vscode.ThemeIcon("circle-outline");
  if (state === "checking") return new vscode.ThemeIcon("loading~spin");
  if (state === "ok") return new vscode.ThemeIcon("pass", new vscode.ThemeColor("testing.iconPassed"));
  return refused
    ? new vscode.ThemeIcon("key", new vscode.ThemeColor("list.warningForeground"))
    : new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
}

/** All there is to say of a connection, as text: names and answers are a stranger's. */
export function connectionFacts(connection: Connection, connections: Connections): string[] {
  const saved = connections.savedOf(connection);
  const { detail } = connections.stateOf(connection);
  const facts = [connection.name];
  if (!connections.isBuiltIn(connection)) facts.push(connection.url);
  facts.push(detail);
  if (saved !== undefined)
    facts.push(saved.place === "workspace" ? "From the workspace's settings" : "From your settings");
  if (saved?.hidesUsers) facts.push("It stands in for the connection of this name in your settings.");
  if (connection.tenant !== "") facts.push(`Tenant ${connection.tenant}`);
  if (connection.allowUntrustedCertificate === true) facts.push("Its certificate is not checked.");
  return facts;
}

/** What a backend said without the beginning that names it, for where its name stands: "refused the connection." */
export function reasonOf(message: string): string {
  return message.replace(/^\w+(?: \w+)? at https?:\/\/\S+ (?=\S)/, "");
}
