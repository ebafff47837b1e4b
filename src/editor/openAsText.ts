import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import type { TraceAddress } from "./address.ts";

/** Codes of what is wrong within a file, which its text shows. */
const ofContent: ReadonlySet<string | undefined> = new Set(["format", "json", "json-cut"]);

/** An error about what is in a file offers to look at it; every other one is left as it is. */
export function offeringText(error: unknown, address: TraceAddress): unknown {
  const isContent = error instanceof UserError && error.action === undefined && ofContent.has(error.code);
  if (!isContent || address.kind !== "file") return error;
  return new UserError(error.message, { action: "openAsText", code: error.code, cause: error });
}

/** Opens the file of a trace in the text editor; a trace that is of no file has none. */
export async function openAsText(address: TraceAddress): Promise<void> {
  if (address.kind !== "file") return;
  await vscode.commands.executeCommand("vscode.openWith", vscode.Uri.file(address.path), "default");
}
