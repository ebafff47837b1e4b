import * as vscode from "vscode";
import { connectionFacts } from "./connectionItem.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";

/** The status bar item: the active connection and whether it answered; a click switches. */
export function statusBar(connections: Connections): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("traceline.connection", vscode.StatusBarAlignment.Left, 20);
  item.name = "Traceline connection";
  item.command = "traceline.switchConnection";
  const update = () => {
    const { active } = connections;
    if (active === undefined) {
      item.hide();
      return;
    }
    const { state, detail, refused } = connections.stateOf(active);
    const failed = refused ? "key" : "warning";
    const icon = {
      unknown: "list-tree",
      checking: "loading~spin",
      ok: "pass",
      stopped: "circle-slash",
      failed,
    }[state];
    const unchecked = active.allowUntrustedCertificate === true;
    item.text = `$(${icon}) ${unchecked ? "$(unlock) " : ""}${plainLabel(active.name, 40)}`;
    if (state === "stopped") item.text += ": not receiving";
    item.tooltip = new vscode.MarkdownString().appendText(
      `Traceline: ${connectionFacts(active, connections).join("\n")}`,
    );
    item.accessibilityInformation = { label: `Traceline connection ${active.name}: ${detail}` };
    item.backgroundColor =
      state === "failed" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    item.show();
  };
  update();
  return vscode.Disposable.from(item, connections.onChange(update));
}
