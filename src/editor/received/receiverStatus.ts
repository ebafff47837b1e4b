import * as vscode from "vscode";
import type { FollowNewest } from "./followNewest.ts";
import { type Receiver, stateText } from "./receiver.ts";

/** The status bar item of the receiver: shown once it was started; a click offers what can be done. */
export function receiverStatus(receiver: Receiver, follow: FollowNewest): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("traceline.receiver", vscode.StatusBarAlignment.Left, 19);
  item.name = "Traceline receiver";
  item.command = "traceline.receiverActions";
  const update = () => {
    const { state } = receiver;
    if (state.role === "off") {
      item.hide();
      return;
    }
    const failed = state.role === "failed";
    const following = follow.isOn ? " $(eye)" : "";
    item.text = failed
      ? "$(warning) Receiver"
      : `$(broadcast) ${portOf(state.at.http || state.at.grpc)}${following}`;
    const said = `${stateText(state)}${follow.isOn ? " The newest trace is followed." : ""}`;
    item.tooltip = new vscode.MarkdownString().appendText(`Traceline: ${said}`);
    item.accessibilityInformation = { label: `Traceline receiver: ${said}` };
    item.backgroundColor = failed ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    item.show();
  };
  update();
  return vscode.Disposable.from(item, receiver.onChange(update), follow.onChange(update));
}

function portOf(address: string): string {
  return URL.canParse(address) ? new URL(address).port : address;
}
