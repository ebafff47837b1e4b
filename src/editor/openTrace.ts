import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { detectUrl } from "../backends/detect.ts";
import type { TraceReference } from "../model/traceReference.ts";
import type { Connections } from "./connections.ts";
import { linkedConnection, linkOf } from "./linkedConnection.ts";
import { pickTrace } from "./pickTrace.ts";
import { plainLabel } from "./plainLabel.ts";
import type { RecentTraces } from "./recentTraces.ts";
import type { TraceTabs } from "./traceTabs.ts";

/** Adds a connection to the server of a URL that the person has agreed to ask; undefined when it was given up. */
export type Connect = (url: string) => Promise<Connection | undefined>;

/** The command Open Trace: one box for ids, headers, links and recent traces; several ids open several tabs. */
export async function openTrace(
  recent: RecentTraces,
  connections: Connections,
  tabs: TraceTabs,
  connect: Connect,
): Promise<void> {
  const picked = await pickTrace(recent, connections);
  if (picked === undefined) return;
  if (picked.file) {
    await vscode.commands.executeCommand("traceline.openTraceFile");
    return;
  }
  for (const address of picked.addresses) tabs.open(address);
  for (const reference of picked.references.slice(0, 20)) {
    const linked = await connectionFor(reference, picked.text, connections, connect);
    if (linked !== "none") await openReference(reference, connections, tabs, linked);
  }
}

/** Opens what an id or a link names, in the connection it points at, else in the active one. */
export async function openReference(
  reference: TraceReference,
  connections: Connections,
  tabs: TraceTabs,
  linked?: Connection,
): Promise<void> {
  let connection = linked ?? connections.active;
  if (connection === undefined) {
    const add = "Add Connection";
    const message = "There is no connection to look for the trace in yet.";
    if ((await vscode.window.showInformationMessage(message, add)) === add) {
      await vscode.commands.executeCommand("traceline.addConnection");
    }
    connection = connections.active;
    if (connection === undefined) return;
  }
  const { traceId, spanId = "" } = reference;
  tabs.open({ kind: "connection", connection: connection.name, traceId }, spanId);
}

/**
 * The connection a link points at; undefined for a plain id, and where the person chose the active one. A server that is no
 * connection yet is not asked before the person has said so; "none" when they did not.
 */
async function connectionFor(
  reference: TraceReference,
  text: string,
  connections: Connections,
  connect: Connect,
): Promise<Connection | undefined | "none"> {
  const { origin } = reference;
  const named = linkedConnection(reference, text, connections.list);
  if (named !== undefined || origin === undefined) return named;
  const link = linkOf(reference, text);
  const detected = detectUrl(link);
  const add = "Add Connection";
  const { active } = connections;
  const look = active === undefined ? undefined : `Look in ${plainLabel(active.name, 40)}`;
  const choices = [...(detected === undefined ? [] : [add]), ...(look === undefined ? [] : [look])];
  const message = `${plainLabel(origin)} is not one of your connections.`;
  const detail = "Add it as a connection to open the trace there. Nothing is sent to it until you do.";
  const choice = await vscode.window.showInformationMessage(message, { modal: true, detail }, ...choices);
  if (choice === add) return (await connect(link)) ?? "none";
  return choice === undefined ? "none" : active;
}
