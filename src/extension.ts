import * as vscode from "vscode";
import { receivedConnection } from "./backends/local/receivedSource.ts";
import { Bag } from "./base/bag.ts";
import { AuthCommands } from "./editor/authCommands.ts";
import { commands } from "./editor/commands.ts";
import { connectionActions } from "./editor/connectionActions.ts";
import { connectionNotices } from "./editor/connectionNotices.ts";
import { Connections } from "./editor/connections.ts";
import { ConnectionTree } from "./editor/connectionTree.ts";
import { DocumentFunctions } from "./editor/hints/functionLines.ts";
import { hintDecorations } from "./editor/hints/hintDecorations.ts";
import { hintHover } from "./editor/hints/hintHover.ts";
import { HintLenses } from "./editor/hints/hintLenses.ts";
import { HintStore } from "./editor/hints/hintStore.ts";
import { hintView } from "./editor/hints/hintView.ts";
import { pushedHints } from "./editor/hints/pushedHints.ts";
import { SavedTexts } from "./editor/hints/savedTexts.ts";
import { hintContext, openSlowestOfLine } from "./editor/hints/slowestOfLine.ts";
import { knownTraces } from "./editor/links/knownTraces.ts";
import { links } from "./editor/links/links.ts";
import { createLog } from "./editor/log.ts";
import { openAtStart } from "./editor/openAtStart.ts";
import { openTraceFile } from "./editor/openTraceFile.ts";
import { FollowNewest } from "./editor/received/followNewest.ts";
import { receivedActions } from "./editor/received/receivedActions.ts";
import { Receiver } from "./editor/received/receiver.ts";
import { receiving } from "./editor/received/receiving.ts";
import { recentDrop } from "./editor/recentDrop.ts";
import { RecentPoll } from "./editor/recentPoll.ts";
import { RecentTraces } from "./editor/recentTraces.ts";
import { RecentTree } from "./editor/recentTree.ts";
import { RefusalMessages } from "./editor/refusalMessages.ts";
import { TraceSearch } from "./editor/searchTraces.ts";
import { SearchTree } from "./editor/searchTree.ts";
import { Secrets } from "./editor/secrets.ts";
import { onSetting, setting } from "./editor/settings.ts";
import { sourceFinder } from "./editor/sourceFinder.ts";
import { statusBar } from "./editor/statusBar.ts";
import { tell } from "./editor/tell.ts";
import { fileViewType, traceFileEditor } from "./editor/traceFileEditor.ts";
import { traceLoader } from "./editor/traceLoader.ts";
import { traceqlAssist } from "./editor/traceqlAssist.ts";
import { TraceqlDocuments } from "./editor/traceqlDocuments.ts";
import { TraceTabs, tabViewType } from "./editor/traceTabs.ts";
import { receiverState } from "./editor/tracing/receiverState.ts";
import { tracing } from "./editor/tracing/tracing.ts";
import { uriHandler } from "./editor/uriHandler.ts";
import { layoutWhenOpened } from "./editor/viewLayout.ts";
import { WorkspaceFiles } from "./editor/workspaceFiles.ts";
import type { Hotspot } from "./model/hotspot.ts";
import { createDecoder } from "./workers/decoder.ts";
import { createMapReader } from "./workers/mapReader.ts";

/** Ends well before the editor lets go of it. */
let running: Receiver | undefined;

/**
 * Makes the objects and hands them to each other. It touches no network, no port, no file and starts no thread: all of that
 * waits until something is asked for.
 */
export function activate(context: vscode.ExtensionContext): void {
  const bag = new Bag();
  context.subscriptions.push(bag);
  const log = bag.add(createLog());
  const worker = vscode.Uri.joinPath(context.extensionUri, "dist", "decode.cjs").fsPath;
  const limits = {
    get maxInflated() {
      return setting("limits.traceSize") * 2 ** 20;
    },
  };
  const decoder = bag.add(createDecoder(worker, limits));
  const secrets = new Secrets(context.secrets, log);
  const authCommands = bag.add(new AuthCommands(context.globalState, log));
  const memory = context.workspaceState;
  const connections = bag.add(
    new Connections({ memory, secrets, authCommands, decode: decoder.decode, log }),
  );
  bag.add(connectionNotices(connections, secrets, log));
  const refusals = bag.add(new RefusalMessages(connections, secrets, log));
  const say = (error: unknown) => {
    if (!refusals.tell(error)) void tell(error, log);
  };
  const recent = bag.add(new RecentTraces(context.workspaceState));
  const files = bag.add(new WorkspaceFiles(createMapReader(worker)));
  const finder = sourceFinder(files, context.workspaceState);
  const hints = bag.add(
    new HintStore(finder, (error) => log.error("Latency hints could not be worked out", error)),
  );
  hints.activate(connections.active?.name ?? "");
  const fromConnection = (connection: string, hotspots: readonly Hotspot[]) =>
    hints.add(connection, hotspots, (traceId) => ({ kind: "connection", connection, traceId }));

  const tabs: TraceTabs = bag.add(
    new TraceTabs({
      extensionUri: context.extensionUri,
      extensionId: context.extension.id,
      load: traceLoader(connections, decoder),
      isMergeable: (address) =>
        address.kind === "connection" && address.merged !== true && connections.list.length > 1,
      finder,
      files,
      log,
      opened: (tab, loaded, isGrown) => {
        const { address } = tab;
        if (isGrown) recent.grown(address, loaded.summary);
        else recent.opened(address, loaded.summary);
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
  // What wants a person is not asked in the background: neither by the clock nor because the view comes back.
  const watchRecent = () => {
    const isRefused = connections.active !== undefined && connections.isRefused(connections.active);
    poll.show(recentView.visible && !isRefused);
  };
  bag.add(recentView.onDidChangeVisibility(watchRecent));
  if (recentView.visible) watchRecent();
  bag.add(connections.onRefused(() => poll.stop()));
  bag.add(
    connections.onRetry(({ name }) => {
      if (name === connections.active?.name) watchRecent();
      const { state } = search;
      if (state !== undefined && !state.running && state.failures.length > 0)
        void search.run(state.form).catch(say);
      tabs.retry();
    }),
  );
  const sayState = () => {
    const message = recentTree.message();
    if (recentView.message !== message) recentView.message = message;
  };
  bag.add(connections.onChange(sayState));
  bag.add(recent.onChange(sayState));
  const searchTree = bag.add(new SearchTree(search));
  const searchView = bag.add(
    vscode.window.createTreeView("traceline.searchResults", { treeDataProvider: searchTree }),
  );
  let wasRunning = false;
  bag.add(
    search.onChange(() => {
      searchView.message = searchTree.message();
      searchView.description = searchTree.description();
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
      watchRecent();
    }),
  );
  bag.add(onSetting(["pathMappings"], () => hints.forgetPlaces()));
  bag.add(files.onChange(() => hints.forgetPlaces()));

  const connectionTree = bag.add(new ConnectionTree(connections));
  const connectionView = bag.add(
    vscode.window.createTreeView("traceline.connections", { treeDataProvider: connectionTree }),
  );
  for (const view of [recentView, searchView, connectionView]) bag.add(layoutWhenOpened(view));
  // `selection` is empty while the view is drawn anew, which a state that changes brings about at any time.
  let selected: unknown;
  bag.add(
    connectionView.onDidChangeSelection(({ selection }) => {
      selected = selection[0] ?? selected;
    }),
  );
  const actions = connectionActions(connections, secrets, () => selected);

  const texts = bag.add(new SavedTexts());
  bag.add(texts.onForget(() => hints.forgetPlaces()));
  const view = bag.add(hintView(hints, texts));
  const everyFile = { scheme: "*" };
  const functions = bag.add(new DocumentFunctions());
  const lenses = bag.add(new HintLenses(view, hints, functions));
  bag.add(vscode.languages.registerCodeLensProvider(everyFile, lenses));
  bag.add(vscode.languages.registerHoverProvider(everyFile, hintHover(view, functions)));
  bag.add(hintDecorations(view, hints));
  bag.add(hintContext(view, hints));
  bag.add(pushedHints(connections, hints, files, texts, log));
  const traceql = bag.add(new TraceqlDocuments(connections, search));
  bag.add(traceqlAssist(traceql, connections, log));
  bag.add(statusBar(connections));
  bag.add(vscode.window.registerUriHandler(uriHandler(connections, tabs)));
  bag.add(vscode.window.registerWebviewPanelSerializer(tabViewType, tabs));
  for (const viewType of [fileViewType, `${fileViewType}ByName`]) {
    bag.add(vscode.window.registerCustomEditorProvider(viewType, traceFileEditor(tabs)));
  }

  const storage = context.globalStorageUri;
  const localWorker = vscode.Uri.joinPath(context.extensionUri, "dist", "local.cjs").fsPath;
  const receiver = bag.add(new Receiver(localWorker, storage, decoder.decode, log));
  running = receiver;
  const follow = bag.add(new FollowNewest(tabs));
  bag.add(receiving({ receiver, connections, recent, tabs, hints, follow, log }, storage));
  const received = receivedActions(
    receiver,
    connections,
    () => {
      recent.forget(receivedConnection.name);
      hints.forget(receivedConnection.name);
    },
    say,
    () => follow.isOn,
  );

  bag.add(links(knownTraces({ receiver, recent, connections, tabs }), log));
  const traced = bag.add(tracing(context, receiverState(receiver), log));

  const parts = {
    extensionId: context.extension.id,
    connections,
    actions,
    connectionTree,
    secrets,
    authCommands,
    recent,
    poll,
    search,
    searchTree,
    traceql,
    tabs,
    hints,
    received,
    tracing: traced,
    follow,
    openSlowestOfLine: () => openSlowestOfLine(view, functions),
    log,
  };
  for (const [name, run] of Object.entries(commands(parts))) {
    const told = async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        say(error);
      }
    };
    bag.add(vscode.commands.registerCommand(name, told));
  }
  openAtStart(tabs);
}

/** Waits until what was acknowledged is on disk. */
export async function deactivate(): Promise<void> {
  await running?.close();
  running = undefined;
}
