import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { receivedConnection } from "../../backends/local/receivedSource.ts";
import { storePath } from "../../backends/local/store/storeFile.ts";
import { Bag } from "../../base/bag.ts";
import type { Connections } from "../connections.ts";
import type { HintStore } from "../hints/hintStore.ts";
import type { Log } from "../log.ts";
import type { RecentTraces } from "../recentTraces.ts";
import { setting } from "../settings.ts";
import type { TraceTabs } from "../traceTabs.ts";
import type { FollowNewest } from "./followNewest.ts";
import { goneTraces } from "./goneTraces.ts";
import type { Receiver } from "./receiver.ts";
import { receiverStatus } from "./receiverStatus.ts";

interface Parts {
  readonly receiver: Receiver;
  readonly connections: Connections;
  readonly recent: RecentTraces;
  readonly tabs: TraceTabs;
  readonly hints: HintStore;
  readonly follow: FollowNewest;
  readonly log: Log;
}

/**
 * Ties the receiver to the rest of the editor: its connection, the recent traces, open tabs, and the status bar. The connection
 * is there from the first start on, and as long as something may be kept.
 */
export function receiving(
  { receiver, connections, recent, tabs, hints, follow, log }: Parts,
  storage: vscode.Uri,
): vscode.Disposable {
  const bag = new Bag();
  const { name } = receivedConnection;
  let isAdded = false;
  const addConnection = () => {
    if (isAdded) return;
    isAdded = true;
    connections.setStopped(name, !receiver.isUp);
    bag.add(connections.addBuiltIn(receivedConnection, receiver.source));
  };
  // Whether the file is there costs microseconds, and a tab that is restored needs its connection.
  if (existsSync(storePath(storage.fsPath))) addConnection();
  bag.add(
    receiver.onChange(({ role }) => {
      connections.setStopped(name, !receiver.isUp);
      if (role !== "off") addConnection();
      if (role !== "receiving") return;
      for (const { address, pinned } of recent.list()) {
        if (!pinned || address.kind !== "connection" || address.connection !== name) continue;
        receiver.pin(address.traceId, true).catch((error) => log.error("A trace could not be pinned", error));
      }
    }),
  );
  bag.add(
    receiver.onReceived((summaries) => {
      recent.seen(name, summaries, 0);
      tabs.received(name, new Set(summaries.map(({ traceId }) => traceId)));
      follow.received(summaries);
    }),
  );
  bag.add(goneTraces(receiver, recent, () => hints.forget(name)));
  bag.add(receiverStatus(receiver, follow));
  const startAutomatically = () => {
    if (!setting("receiver.startAutomatically") || !vscode.workspace.isTrusted || receiver.isUp) return;
    receiver.start().catch((error) => log.error("The receiver could not be started with the window", error));
  };
  bag.add(vscode.workspace.onDidGrantWorkspaceTrust(startAutomatically));
  startAutomatically();
  return bag;
}
