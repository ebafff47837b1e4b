import * as vscode from "vscode";
import { type ErrorAction, UserError } from "../base/userError.ts";
import type { Log } from "./log.ts";
import { noLinks } from "./noLinks.ts";

const buttons: Record<ErrorAction, { label: string; command: string }> = {
  openSettings: { label: "Open Settings", command: "traceline.openSettings" },
  editConnection: { label: "Edit Connections", command: "traceline.editConnections" },
  enterSecret: { label: "Set Token or Password", command: "traceline.setSecret" },
  retry: { label: "Retry", command: "" },
  openLog: { label: "Show Log", command: "traceline.showLog" },
  openAsText: { label: "Open as Text", command: "" },
};

/** The command behind an error's button, or undefined. */
export function commandOf(action: string): string | undefined {
  const found = buttons[action as ErrorAction];
  return Object.hasOwn(buttons, action) && found.command !== "" ? found.command : undefined;
}

/** Whether an error only says that nobody wants the answer any more. */
export function isCancelled(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === "AbortError");
}

/** Tells a person what went wrong, with the button that helps; a defect of ours goes to the log and says so. */
export async function tell(error: unknown, log: Log, retry?: () => void): Promise<void> {
  if (isCancelled(error)) return;
  if (!(error instanceof UserError)) {
    log.error("Unexpected error", error);
    const choice = await vscode.window.showErrorMessage(
      "Traceline ran into an unexpected error.",
      "Show Log",
    );
    if (choice !== undefined) log.show();
    return;
  }
  log.info(error.message);
  const offered: string[] = [];
  const button = error.action && buttons[error.action];
  if (button !== undefined && button.command !== "") offered.push(button.label);
  if (retry !== undefined) offered.push("Retry");
  const choice = await vscode.window.showErrorMessage(noLinks(error.message), ...offered);
  if (choice === "Retry") retry?.();
  else if (choice !== undefined && button !== undefined) {
    await vscode.commands.executeCommand(button.command);
  }
}
