import * as vscode from "vscode";
import { detectUrl } from "../backends/detect.ts";
import type { TraceReference } from "../model/traceReference.ts";
import type { TraceAddress } from "./address.ts";
import type { Connections } from "./connections.ts";
import { pickTrace } from "./pickTrace.ts";
import type { RecentTraces } from "./recentTraces.ts";
import type { TraceTabs } from "./traceTabs.ts";

/** The command Open Trace: one box for ids, headers, links and recent traces; several ids open several tabs. */
export async function openTrace(
  recent: RecentTraces,
  connections: Connections,
  tabs: TraceTabs,
): Promise<void> {
  const picked = await pickTrace(recent, connections);
  if (picked === undefined) return;
  if (picked.file) {
    await vscode.commands.executeCommand("traceline.openTraceFile");
    return;
  }
  for (const address of picked.addresses) tabs.open(address);
  for (const reference of picked.references.slice(0, 20)) await openReference(reference, connections, tabs);
}

/** Opens what an id or a link names, in the connection it points at, else in the active one. */
export async function openReference(
  reference: TraceReference,
  connections: Connections,
  tabs: TraceTabs,
): Promise<void> {
  const named = connections.list.find((connection) => isOf(reference, connection.url));
  if (
    named === undefined &&
    reference.origin !== undefined &&
    !(await offerConnection(reference, connections))
  )
    return;
  const connection = named ?? connections.active;
  if (connection === undefined) {
    const add = "Add Connection";
    const message = "There is no connection to look for the trace in yet.";
    if ((await vscode.window.showInformationMessage(message, add)) === add) {
      await vscode.commands.executeCommand("traceline.addConnection");
    }
    if (connections.active === undefined) return;
  }
  const address: TraceAddress = {
    kind: "connection",
    connection: (connection ?? connections.active)!.name,
    traceId: reference.traceId,
  };
  tabs.open(address, reference.spanId ?? "");
}

function isOf(reference: TraceReference, url: string): boolean {
  if (reference.origin === undefined || !URL.canParse(reference.origin) || !URL.canParse(url)) return false;
  return new URL(reference.origin).origin === new URL(url).origin;
}

/** A link to a server that is no connection yet: it is not asked before the person has said so. False ends the command. */
async function offerConnection(reference: TraceReference, connections: Connections): Promise<boolean> {
  const { origin } = reference;
  if (origin === undefined) return true;
  const detected = detectUrl(origin);
  const add = "Add Connection";
  const look = connections.active === undefined ? undefined : `Look in ${connections.active.name}`;
  const choices = [...(detected === undefined ? [] : [add]), ...(look === undefined ? [] : [look])];
  const message = `The link points to ${origin}, which is not one of your connections.`;
  const choice = await vscode.window.showInformationMessage(message, { modal: true }, ...choices);
  if (choice === add) {
    await vscode.commands.executeCommand("traceline.addConnection", origin);
    return connections.list.some((connection) => isOf(reference, connection.url));
  }
  return choice !== undefined;
}
