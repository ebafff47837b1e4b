import { statSync } from "node:fs";
import { basename } from "node:path";
import * as vscode from "vscode";
import { receivedConnection } from "../../backends/local/receivedSource.ts";
import { logsPath } from "../../backends/logsPath.ts";
import { UserError } from "../../base/userError.ts";
import { countText } from "../../model/countText.ts";
import { sizeText } from "../../model/sizeText.ts";
import { withProgress } from "../aborting.ts";
import type { TraceAddress } from "../address.ts";
import type { Connections } from "../connections.ts";
import { noLinks } from "../noLinks.ts";
import { asRecent } from "../recentTraces.ts";
import { type Receiver, stateText } from "./receiver.ts";

/** What a person can do about receiving and what was received. */
export interface ReceivedActions {
  /**
   * Starts the receiver and makes its connection the active one: who starts it looks for what it receives. Quietly: only what
   * keeps it from starting is told, and which connection was active before.
   */
  start(quietly: boolean): Promise<void>;
  stop(): Promise<void>;
  /** Offers what can be done now. */
  choose(): Promise<void>;
  deleteAll(): Promise<void>;
  /** The trace of a tree item, or all. */
  exportTraces(node: unknown): Promise<void>;
  /** Keeps a received trace however old it gets, or no longer; others have nothing to be kept. */
  pin(address: TraceAddress, pinned: boolean): void;
}

type Active = Pick<Connections, "active" | "activate">;

/** `removed` hears that no received trace is kept any more; `follows` says whether the newest trace is followed. */
export function receivedActions(
  receiver: Receiver,
  connections: Active,
  removed: () => void,
  failed: (error: unknown) => void,
  follows: () => boolean,
): ReceivedActions {
  // A message that still stands offers the same.
  let isTelling = false;
  receiver.onNotRestarted(async (error) => {
    if (isTelling) return;
    isTelling = true;
    await offerPorts(receiver, undefined, { quietly: false }, error).catch(failed);
    isTelling = false;
  });
  return {
    start: (quietly) => startReceiver(receiver, connections, { quietly }),
    stop: () => receiver.stop(),
    choose: () => receiverActions(receiver, follows()),
    deleteAll: () => deleteReceived(receiver, removed),
    exportTraces: (node) => exportReceived(receiver, node),
    pin: (address, pinned) => {
      if (address.kind !== "connection" || address.connection !== receivedConnection.name) return;
      receiver.pin(address.traceId, pinned).catch(failed);
    },
  };
}

interface StartManner {
  readonly quietly: boolean;
  readonly onFreePorts?: boolean;
}

/**
 * Starts it unless it runs; a port that is taken is told, with the free ones offered, and nothing moves without a yes. The active one of
 * `connections` becomes that of received traces, which is told with a way back.
 */
async function startReceiver(
  receiver: Receiver,
  connections: Active | undefined,
  manner: StartManner,
): Promise<void> {
  const onFreePorts = manner.onFreePorts === true;
  try {
    // One that runs stays where it is: programs know its ports, which may be other ones than those of the settings.
    if (onFreePorts || !receiver.isUp) await receiver.start(onFreePorts ? { http: 0, grpc: 0 } : {});
  } catch (error) {
    await offerPorts(receiver, connections, manner, error);
    return;
  }
  const before = connections?.active;
  const left = before?.name === receivedConnection.name ? undefined : before;
  await connections?.activate(receivedConnection.name);
  const goBack = left && (() => connections?.activate(left.name));
  const used =
    left && `Search, recent traces and latency hints now use received traces instead of ${left.name}.`;
  // Ports that nobody expects are told in any case.
  if (!manner.quietly || onFreePorts) void tellReceiving(receiver, used, goBack);
  else if (used !== undefined && goBack !== undefined) void tellSwitched(used, goBack);
}

/** What can be done about a port that is taken; any other error is thrown again. */
async function offerPorts(
  receiver: Receiver,
  connections: Active | undefined,
  manner: StartManner,
  error: unknown,
): Promise<void> {
  if (!(error instanceof UserError) || error.code !== "portTaken") throw error;
  const other = "Use Free Ports";
  const retry = "Retry";
  const settings = "Open Settings";
  const choice = await vscode.window.showErrorMessage(noLinks(error.message), other, retry, settings);
  if (choice === other) await startReceiver(receiver, connections, { ...manner, onFreePorts: true });
  if (choice === retry) await startReceiver(receiver, connections, { quietly: manner.quietly });
  if (choice === settings)
    await vscode.commands.executeCommand("workbench.action.openSettings", "traceline.receiver");
}

const switchBack = "Switch Back";

async function tellReceiving(receiver: Receiver, further = "", goBack?: () => unknown): Promise<void> {
  const run = "Run with Tracing";
  const copy = "Copy Endpoint";
  const text = noLinks(`${stateText(receiver.state)} ${further}`.trim());
  const back = goBack === undefined ? [] : [switchBack];
  const choice = await vscode.window.showInformationMessage(text, run, copy, ...back);
  if (choice === run) await vscode.commands.executeCommand("traceline.runWithTracing");
  if (choice === copy) await copyEndpoint(receiver);
  if (choice === switchBack) await goBack?.();
}

async function tellSwitched(text: string, goBack: () => unknown): Promise<void> {
  if ((await vscode.window.showInformationMessage(noLinks(text), switchBack)) === switchBack) await goBack();
}

async function receiverActions(receiver: Receiver, follows: boolean): Promise<void> {
  const up = receiver.isUp;
  const command = (name: string) => () => vscode.commands.executeCommand(`traceline.${name}`);
  // The first is what Enter takes: never what ends something.
  const items: (vscode.QuickPickItem & { run: () => unknown })[] = [
    ...(up
      ? [
          { label: "$(debug-alt) Run with Tracing", run: command("runWithTracing") },
          {
            label: "$(copy) Copy Endpoint",
            description: endpointOf(receiver),
            run: () => copyEndpoint(receiver),
          },
          {
            label: `$(eye) ${follows ? "Stop Following" : "Follow"} Newest Trace`,
            description: follows ? "is on" : "is off",
            run: command("followNewest"),
          },
          { label: "$(debug-stop) Stop Receiver", run: () => receiver.stop() },
        ]
      : [{ label: "$(play) Start Receiver", run: command("startReceiver") }]),
    {
      label: "$(export) Export Received Traces",
      run: command("exportReceived"),
    },
    {
      label: "$(trash) Delete All Received Traces",
      run: command("deleteReceived"),
    },
    {
      label: "$(gear) Receiver Settings",
      run: () => vscode.commands.executeCommand("workbench.action.openSettings", "traceline.receiver"),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: "Traceline receiver",
    placeHolder: stateText(receiver.state),
  });
  await picked?.run();
}

async function deleteReceived(receiver: Receiver, removed: () => void): Promise<void> {
  const { traces, spans, bytes } = await receiver.size();
  if (traces === 0) {
    void vscode.window.showInformationMessage("No received traces are kept.");
    return;
  }
  const what = `${countText(traces, "trace")} with ${countText(spans, "span")}, ${sizeText(bytes)}`;
  const yes = "Delete All";
  const choice = await vscode.window.showWarningMessage(
    "Delete all received traces?",
    {
      modal: true,
      detail: `${what}, pinned ones included. This cannot be undone; Export Received Traces keeps a copy.`,
    },
    yes,
  );
  if (choice !== yes) return;
  await receiver.deleteAll();
  removed();
  void vscode.window.showInformationMessage(`Deleted ${countText(traces, "trace")}.`);
}

/** Writes the trace of a tree item, or all, to a file that any OpenTelemetry tool reads. */
async function exportReceived(receiver: Receiver, node: unknown): Promise<void> {
  const trace =
    typeof node === "object" && node !== null ? asRecent((node as { trace?: unknown }).trace) : undefined;
  const isOne = trace?.address.kind === "connection" && trace.address.connection === receivedConnection.name;
  const ids = isOne ? [trace.address.traceId] : undefined;
  if (ids === undefined && (await receiver.size()).traces === 0) {
    throw new UserError("No received traces are kept. Start the receiver and run a program first.");
  }
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri;
  const name = `${ids === undefined ? "received" : fileName(ids[0])}.otlp.jsonl`;
  const target = await vscode.window.showSaveDialog({
    title: "Export as OTLP JSON Lines",
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { "OTLP JSON Lines": ["jsonl"] },
  });
  if (target === undefined) return;
  if (target.scheme !== "file") throw new UserError("Traces can be exported to a file on disk only.");
  const logs = logsPath(target.fsPath);
  const before = fileNumber(logs);
  const count = await withProgress(`Exporting to ${basename(target.fsPath)}`, (signal, report) =>
    receiver.exportTo(target.fsPath, ids, signal, (written) => report(countText(written, "trace"))),
  );
  const open = "Open";
  const what = `Exported ${countText(count, "trace")} to ${basename(target.fsPath)}`;
  const text =
    fileNumber(logs) === before
      ? `${what}, which have no log records. Look the file over before you share it.`
      : `${what}, the log records to ${basename(logs)}. Look both over before you share them.`;
  const choice = await vscode.window.showInformationMessage(noLinks(text), open);
  if (choice === open) await vscode.commands.executeCommand("traceline.openTraceFile", target);
}

/** Another one once a file has been written anew. */
function fileNumber(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function endpointOf(receiver: Receiver): string {
  const { state } = receiver;
  return state.role === "receiving" || state.role === "reading" ? state.at.http || state.at.grpc : "";
}

async function copyEndpoint(receiver: Receiver): Promise<void> {
  await vscode.env.clipboard.writeText(endpointOf(receiver));
}

/** A file's name from an id that came from outside. */
function fileName(id: string): string {
  return id.replace(/[^0-9a-zA-Z]/g, "").slice(0, 32) || "trace";
}
