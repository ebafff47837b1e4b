import * as vscode from "vscode";
import type { TraceAddress } from "./address.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";
import { readTraceLink } from "./traceLink.ts";
import type { TraceTabs } from "./traceTabs.ts";

/**
 * Opens `vscode://<publisher>.traceline/trace/<id>?connection=…&span=…`. A link comes from a stranger: it can name one of
 * the person's own connections and nothing else, and a file is read only after the person has seen its path.
 */
export function uriHandler(connections: Connections, tabs: TraceTabs): vscode.UriHandler {
  return {
    async handleUri(uri) {
      const wish = readTraceLink(uri.path, uri.query);
      if (wish === undefined) {
        void vscode.window.showErrorMessage(
          "The link is not one that Traceline knows. It should look like …/trace/<trace ID>?connection=<name>.",
        );
        return;
      }
      const address = await allowed(wish.address, connections);
      if (address !== undefined) tabs.open(address, wish.spanId);
    },
  };
}

async function allowed(address: TraceAddress, connections: Connections): Promise<TraceAddress | undefined> {
  if (address.kind === "file") {
    const open = "Open File";
    const question = "A link asks to open a trace file.";
    const choice = await vscode.window.showWarningMessage(
      question,
      { modal: true, detail: plainLabel(address.path, 2000) },
      open,
    );
    return choice === open ? address : undefined;
  }
  if (connections.named(address.connection) !== undefined) return address;
  const { active } = connections;
  if (active === undefined) {
    const add = "Add Connection";
    const missing = `The link names the connection "${plainLabel(address.connection, 60)}", which you do not have.`;
    if ((await vscode.window.showInformationMessage(missing, add)) === add) {
      await vscode.commands.executeCommand("traceline.addConnection");
    }
    return connections.active === undefined ? undefined : { ...address, connection: connections.active.name };
  }
  const look = `Look in ${active.name}`;
  const question = `The link names the connection "${plainLabel(address.connection, 60)}", which you do not have.`;
  const choice = await vscode.window.showInformationMessage(question, { modal: true }, look);
  return choice === look ? { ...address, connection: active.name } : undefined;
}
