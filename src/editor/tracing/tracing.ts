import * as vscode from "vscode";
import { Bag } from "../../base/bag.ts";
import type { Log } from "../log.ts";
import { addSourceLines } from "./addSourceLines.ts";
import { ProgramTracing } from "./programTracing.ts";
import type { ReceiverState } from "./receiverState.ts";
import { runWithTracing } from "./runWithTracing.ts";
import { setUpTracing } from "./setUpTracing.ts";
import { TracedDebugging } from "./tracedDebugging.ts";
import { TracedTerminals } from "./tracedTerminals.ts";

/** What the commands about tracing programs do. */
export interface TracingActions {
  runWithTracing(): Promise<void>;
  addSourceLines(): Promise<void>;
  setUpTracing(): Promise<void>;
}

/** Sets the environment of terminals, tasks and debug sessions whenever the receiver starts and stops. */
export function tracing(
  context: vscode.ExtensionContext,
  receiver: ReceiverState,
  log: Log,
): TracingActions & vscode.Disposable {
  const bag = new Bag();
  const programs = new ProgramTracing(context, receiver, log);
  const terminals = bag.add(new TracedTerminals(context, programs, log));
  const debugging = new TracedDebugging(programs, log);
  bag.add(vscode.debug.registerDebugConfigurationProvider("*", debugging));
  return {
    runWithTracing: () => runWithTracing(programs, debugging, terminals, context.workspaceState),
    addSourceLines: () => addSourceLines(context.extensionUri),
    setUpTracing: () => setUpTracing(context.extensionUri),
    dispose: () => bag.dispose(),
  };
}
