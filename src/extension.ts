import * as vscode from "vscode";
import { Bag } from "./base/bag.ts";
import { commands } from "./editor/commands.ts";
import { Connections } from "./editor/connections.ts";
import { DocumentFunctions } from "./editor/hints/functionLines.ts";
import { hintDecorations } from "./editor/hints/hintDecorations.ts";
import { hintHover } from "./editor/hints/hintHover.ts";
import { HintLenses } from "./editor/hints/hintLenses.ts";
import { HintStore } from "./editor/hints/hintStore.ts";
import { hintView } from "./editor/hints/hintView.ts";
import { createLog } from "./editor/log.ts";
import { openAtStart } from "./editor/openAtStart.ts";
import { openTraceFile } from "./editor/openTraceFile.ts";
import { recentDrop } from "./editor/recentDrop.ts";
import { RecentPoll } from "./editor/recentPoll.ts";
import { RecentTraces } from "./editor/recentTraces.ts";
import { RecentTree } from "./editor/recentTree.ts";
import { TraceSearch } from "./editor/searchTraces.ts";
import { SearchTree } from "./editor/searchTree.ts";
import { Secrets } from "./editor/secrets.ts";
import { onSetting, setting } from "./editor/settings.ts";
import { sourceFinder } from "./editor/sourceFinder.ts";
import { statusBar } from "./editor/statusBar.ts";
import { tell } from "./editor/tell.ts";
import { fileViewType, traceFileEditor } from "./editor/traceFileEditor.ts";
import { traceLoader } from "./editor/traceLoader.ts";
import { TraceTabs, tabViewType } from "./editor/traceTabs.ts";
import { uriHandler } from "./editor/uriHandler.ts";
import { WorkspaceFiles } from "./editor/workspaceFiles.ts";
import type { Hotspot } from "./model/hotspot.ts";
import { createDecoder } from "./workers/decoder.ts";

/**
 * Makes the objects and hands them to each other. It touches no network, no port, no file and starts no thread: all of that
 * waits until something is asked for.
 */
export function activate(context: vscode.ExtensionContext): void {
  const bag = new Bag();
  context.subscriptions.push(bag);
  const log = bag.add(createLog());
  const worker = vscode.Uri.joinPath(context.extensionUri, "dist", "decode.cjs").fsPath;
  const decoder = bag.add(createDecoder(worker, { maxInflated: setting("limits.traceSize") * 2 ** 20 }));
  const secrets = new Secrets(context.secrets, log);
  const connections = bag.add(new Connections(context.workspaceState, secrets, decoder.decode, log));
  const recent = bag.add(new RecentTraces(context.workspaceState));
  const files = bag.add(new WorkspaceFiles());
  const finder = sourceFinder(files, context.workspaceState);
  const hints = bag.add(new HintStore(finder));
  hints.activate(connections.active?.name ?? "");
  const fromConnection = (connection: string, hotspots: readonly Hotspot[]) =>
    hints.add(connection, hotspots, (traceId) => ({ kind: "connection", connection, traceId }));

  const tabs: TraceTabs = bag.add(
    new TraceTabs({
      extensionUri: context.extensionUri,
      extensionId: context.extension.id,
      load: traceLoader(connections, decoder.decodeFile),
      finder,
      files,
      log,
      opened: (tab, loaded) => {
        const { address } = tab;
        recent.opened(address, loaded.summary);
        const origin = address.kind === "connection" ? address.connection : "";
        loaded.hotspots.then(
          (hotspots) => hints.add(origin, hotspots, (traceId) => ({ ...address, traceId })),
          (error) => log.error("The latencies of a trace could not be computed", error),
        );
      },
      openAddress: (address, spanId) => tabs.open(address, spanId),
    }),
  );
  const poll = bag.add(new RecentPoll(connections, recent, fromConnection));
  const search = bag.add(new TraceSearch(connections, context.workspaceState, fromConnection));

  const recentTree = bag.add(new RecentTree(recent, connections));
  const recentView = bag.add(
    vscode.window.createTreeView("traceline.recent", {
      treeDataProvider: recentTree,
      dragAndDropController: recentDrop(
        (uris) => void openTraceFile(tabs, uris).catch((error) => tell(error, log)),
      ),
    }),
  );
  bag.add(recentView.onDidChangeVisibility(({ visible }) => poll.show(visible)));
  if (recentView.visible) poll.show(true);
  const sayState = () => {
    const state = connections.active && connections.stateOf(connections.active);
    recentView.message = state?.state === "failed" ? state.detail : undefined;
  };
  bag.add(connections.onChange(sayState));
  const searchTree = bag.add(new SearchTree(search));
  const searchView = bag.add(
    vscode.window.createTreeView("traceline.searchResults", { treeDataProvider: searchTree }),
  );
  let wasRunning = false;
  bag.add(
    search.onChange(() => {
      searchView.message = searchTree.message();
      const isRunning = search.state?.running === true;
      if (isRunning && !wasRunning) void vscode.commands.executeCommand("traceline.searchResults.focus");
      wasRunning = isRunning;
    }),
  );
  let active = connections.active?.name;
  bag.add(
    connections.onChange(() => {
      if (connections.active?.name === active) return;
      active = connections.active?.name;
      hints.activate(active ?? "");
      poll.show(recentView.visible);
    }),
  );
  bag.add(onSetting(["pathMappings"], () => hints.forgetPlaces()));
  bag.add(files.onChange(() => hints.forgetPlaces()));

  const view = bag.add(hintView(hints));
  const everyFile = { scheme: "*" };
  const functions = bag.add(new DocumentFunctions());
  const lenses = bag.add(new HintLenses(view, hints, functions));
  bag.add(vscode.languages.registerCodeLensProvider(everyFile, lenses));
  bag.add(vscode.languages.registerHoverProvider(everyFile, hintHover(view, functions)));
  bag.add(hintDecorations(view, hints));
  bag.add(statusBar(connections));
  bag.add(vscode.window.registerUriHandler(uriHandler(connections, tabs)));
  bag.add(vscode.window.registerWebviewPanelSerializer(tabViewType, tabs));
  for (const viewType of [fileViewType, `${fileViewType}ByName`]) {
    bag.add(vscode.window.registerCustomEditorProvider(viewType, traceFileEditor(tabs)));
  }

  const parts = {
    extensionId: context.extension.id,
    connections,
    secrets,
    recent,
    poll,
    search,
    tabs,
    hints,
    log,
  };
  for (const [name, run] of Object.entries(commands(parts))) {
    const told = async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        void tell(error, log);
      }
    };
    bag.add(vscode.commands.registerCommand(name, told));
  }
  openAtStart(tabs);
}
