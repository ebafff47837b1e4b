import { activationStories } from "./stories/activation.ts";
import { connectionStories } from "./stories/connections.ts";
import { hintStories } from "./stories/hints.ts";
import { hostileCommandStories } from "./stories/hostileCommands.ts";
import { jumpStories } from "./stories/jumps.ts";
import { traceFileStories } from "./stories/traceFiles.ts";
import { runStories } from "./story.ts";

activationStories();
traceFileStories();
jumpStories();
hintStories();
connectionStories();
hostileCommandStories();

/** Called by VS Code in the extension host; resolves when every story passed. */
export async function run(): Promise<void> {
  await runStories();
}
