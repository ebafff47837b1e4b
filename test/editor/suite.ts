import * as vscode from "vscode";
import { activationStories } from "./stories/activation.ts";
import { connectionStories } from "./stories/connections.ts";
import { floodStories } from "./stories/flood.ts";
import { hintStories } from "./stories/hints.ts";
import { hostileCommandStories } from "./stories/hostileCommands.ts";
import { jumpStories } from "./stories/jumps.ts";
import { searchTraceqlStories } from "./stories/searchTraceql.ts";
import { traceFileStories } from "./stories/traceFiles.ts";
import { runStories } from "./story.ts";

activationStories();
traceFileStories();
jumpStories();
hintStories();
connectionStories();
searchTraceqlStories();
hostileCommandStories();
// Last: what it received stays.
floodStories();

/** Called by VS Code in the extension host; resolves when every story passed. */
export async function run(): Promise<void> {
  // In a browser VS Code saves by itself: what a story types would stay in the sample.
  await vscode.workspace
    .getConfiguration("files")
    .update("autoSave", "off", vscode.ConfigurationTarget.Global);
  await runStories();
}
