import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import type { Trace } from "../model/trace.ts";

/**
 * Opens the http or https URL that an attribute's value is, after the person has seen all of it. Values of any other scheme
 * (javascript:, command:, file:, vscode:) are refused. `attribute` counts from the row's first.
 */
export async function openUrl(trace: Trace, row: number, attribute: number): Promise<void> {
  const at = trace.attributes.offset[row] + attribute;
  if (!(at >= trace.attributes.offset[row] && at < trace.attributes.offset[row + 1])) return;
  const text = trace.texts.at(trace.attributes.value[at]).trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw new UserError("The value is not a web address.");
  const open = "Open";
  // `href` shows an internationalised host in its ASCII form, so that look-alikes are seen.
  const { href } = new URL(text);
  const choice = await vscode.window.showWarningMessage(
    "Open this address from the trace?",
    { modal: true, detail: href },
    open,
  );
  if (choice === open) await vscode.env.openExternal(vscode.Uri.parse(href, true));
}
