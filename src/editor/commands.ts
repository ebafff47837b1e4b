import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import { addConnection, connectTo } from "./addConnection.ts";
import type { AuthCommands } from "./authCommands.ts";
import { type ConnectionActions, openInBrowser } from "./connectionActions.ts";
import { switchConnection } from "./connectionPick.ts";
import type { Connections } from "./connections.ts";
import type { ConnectionTree } from "./connectionTree.ts";
import type { HintStore } from "./hints/hintStore.ts";
import { asPlace, placeSearch } from "./hints/placeSearch.ts";
import type { Log } from "./log.ts";
import { openTrace } from "./openTrace.ts";
import { openTraceFile } from "./openTraceFile.ts";
import type { FollowNewest } from "./received/followNewest.ts";
import type { ReceivedActions } from "./received/receivedActions.ts";
import type { RecentPoll } from "./recentPoll.ts";
import { asRecent, type RecentTrace, type RecentTraces } from "./recentTraces.ts";
import { allConnections, asForm } from "./searchQuery.ts";
import type { TraceSearch } from "./searchTraces.ts";
import type { SearchTree } from "./searchTree.ts";
import type { Secrets } from "./secrets.ts";
import { setting } from "./settings.ts";
import { traceLink } from "./traceLink.ts";
import type { TraceqlDocuments } from "./traceqlDocuments.ts";
import type { TraceTabs } from "./traceTabs.ts";
import type { TracingActions } from "./tracing/tracing.ts";

/** What the commands work on. */
export interface CommandParts {
  readonly extensionId: string;
  readonly connections: Connections;
  readonly actions: ConnectionActions;
  readonly connectionTree: ConnectionTree;
  readonly secrets: Secrets;
  readonly authCommands: AuthCommands;
  readonly recent: RecentTraces;
  readonly poll: RecentPoll;
  readonly search: TraceSearch;
  readonly searchTree: SearchTree;
  readonly traceql: TraceqlDocuments;
  readonly tabs: TraceTabs;
  readonly hints: HintStore;
  readonly received: ReceivedActions;
  readonly tracing: TracingActions;
  readonly follow: FollowNewest;
  /** Opens the slowest trace of the caret's line. */
  readonly openSlowestOfLine: () => Promise<void>;
  readonly log: Log;
}

type Command = (...args: unknown[]) => unknown;

/**
 * Every command by name. Other extensions and links can call them with anything, so arguments are checked here; a test holds
 * this list and package.json to each other.
 */
export function commands(parts: CommandParts): Readonly<Record<string, Command>> {
  const {
    extensionId,
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
    tracing,
    follow,
    openSlowestOfLine,
    log,
  } = parts;
  const settingsOf = () => vscode.workspace.getConfiguration("traceline");
  const pin = (trace: RecentTrace, pinned: boolean) => {
    recent.pin(trace, pinned);
    received.pin(trace.address, pinned);
  };
  return {
    "traceline.openTrace": () =>
      openTrace(recent, connections, tabs, async (url) => {
        const added = await connectTo(url, connections, secrets);
        if (added !== undefined) void poll.refresh();
        return added;
      }),
    "traceline.searchTraces": (given) => {
      if (given instanceof vscode.Uri) return traceql.changeForm(given);
      return search.ask(given === "all" ? search.formOf(allConnections) : undefined);
    },
    "traceline.showMoreResults": () => searchTree.showMore(),
    "traceline.editTraceQL": (form) => traceql.edit(asForm(form)),
    "traceline.runTraceQL": (uri, connection) =>
      traceql.run(
        uri instanceof vscode.Uri ? uri : undefined,
        typeof connection === "string" ? connection : undefined,
      ),
    "traceline.searchHintPlace": async (given) => {
      const place = asPlace(given);
      const { active } = connections;
      if (place === undefined || active === undefined) return;
      const { can } = connections.source(active);
      await search.run(placeSearch(place, search.formOf(active.name), can));
    },
    "traceline.cancelSearch": () => search.cancel(),
    "traceline.openTraceFile": (uri, uris) => openTraceFile(tabs, urisOf(uri, uris)),
    "traceline.addConnection": async (url) => {
      const added = await addConnection(connections, secrets, log, typeof url === "string" ? url : undefined);
      if (added !== undefined) await poll.refresh();
    },
    "traceline.switchConnection": () => switchConnection(connections),
    "traceline.testConnection": (node) => actions.test(node),
    "traceline.testAllConnections": async () => {
      connectionTree.refresh();
      await actions.testAll();
    },
    "traceline.activateConnection": (node) => actions.activate(node),
    "traceline.removeConnection": (node) => actions.remove(node),
    "traceline.copyUrl": (node) => actions.copyUrl(node),
    "traceline.setSecret": (node) => actions.setSecret(node),
    "traceline.forgetSecrets": async () => {
      const count = (await secrets.forgetAll()) + authCommands.forgetTokens();
      void vscode.window.showInformationMessage(
        count === 0 ? "No token or password was kept." : `Forgot ${count}.`,
      );
    },
    "traceline.editConnections": (node) => actions.edit(node),
    "traceline.openSettings": () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${extensionId}`),
    "traceline.jumpToSlowestSpan": async (node) => {
      const trace = traceOf(node);
      if (trace !== undefined) return tabs.open(trace.address).jump("slowest", -1);
      return (tabs.current ?? (await openFirst(tabs))).jump("slowest", -1);
    },
    "traceline.nextSlowSpan": () => tabs.current?.step("next"),
    "traceline.previousSlowSpan": () => tabs.current?.step("previous"),
    "traceline.findInTrace": () => tabs.current?.perform("find"),
    "traceline.toggleHints": () =>
      settingsOf().update("hints.enabled", !setting("hints.enabled"), vscode.ConfigurationTarget.Global),
    "traceline.chooseHintDisplay": () => chooseHintDisplay(),
    "traceline.clearHints": () => hints.clear(),
    "traceline.openSlowestOfLine": () => openSlowestOfLine(),
    "traceline.openHintTrace": (traceId, spanId) => {
      if (typeof traceId !== "string" || typeof spanId !== "string") return;
      const address = hints.addressOf(traceId);
      if (address === undefined)
        throw new UserError("The trace behind this hint is no longer known. Open it by its ID.");
      tabs.open(address, spanId);
    },
    "traceline.refreshRecent": () => (connections.active === undefined ? undefined : poll.refresh()),
    "traceline.openRecent": (node) => {
      const trace = traceOf(node);
      if (trace !== undefined) tabs.open(trace.address);
    },
    "traceline.openRecentAtSlowest": (node) => {
      const trace = traceOf(node);
      return trace === undefined ? undefined : tabs.open(trace.address).jump("slowest", -1);
    },
    "traceline.copyTraceId": async (node) => {
      const trace = traceOf(node);
      if (trace !== undefined) await vscode.env.clipboard.writeText(trace.summary.traceId);
    },
    "traceline.copyLink": async (node) => {
      const trace = traceOf(node);
      if (trace === undefined) return tabs.current?.copyLink();
      await vscode.env.clipboard.writeText(traceLink(extensionId, trace.address, ""));
    },
    "traceline.openInBrowser": async (node) => {
      if (await actions.openInBrowser(node)) return;
      const trace = traceOf(node);
      if (trace?.address.kind !== "connection") return;
      const connection = connections.named(trace.address.connection);
      const link = connection && connections.source(connection).link(trace.address.traceId);
      if (link !== undefined) await openInBrowser(link);
    },
    "traceline.pinTrace": (node) => withTrace(node, (trace) => pin(trace, true)),
    "traceline.unpinTrace": (node) => withTrace(node, (trace) => pin(trace, false)),
    "traceline.removeTrace": (node) => withTrace(node, (trace) => recent.remove(trace)),
    "traceline.clearRecent": () => recent.clear(),
    "traceline.startReceiver": (quietly) => received.start(quietly === true),
    "traceline.runWithTracing": () => tracing.runWithTracing(),
    "traceline.addSourceLines": () => tracing.addSourceLines(),
    "traceline.setUpTracing": () => tracing.setUpTracing(),
    "traceline.stopReceiver": () => received.stop(),
    "traceline.receiverActions": () => received.choose(),
    "traceline.deleteReceived": () => received.deleteAll(),
    "traceline.exportReceived": () => received.exportTraces(undefined),
    "traceline.exportTrace": (node) =>
      traceOf(node) === undefined ? undefined : received.exportTraces(node),
    "traceline.followNewest": () => follow.toggle(),
    "traceline.showLog": () => log.show(),
  };
}

function urisOf(uri: unknown, uris: unknown): vscode.Uri[] {
  const list = Array.isArray(uris) && uris.length > 0 ? uris : [uri];
  return list.filter((entry): entry is vscode.Uri => entry instanceof vscode.Uri);
}

/** The trace of a tree node, checked. */
function traceOf(node: unknown): RecentTrace | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  return asRecent((node as { trace?: unknown }).trace);
}

function withTrace(node: unknown, task: (trace: RecentTrace) => void): void {
  const trace = traceOf(node);
  if (trace !== undefined) task(trace);
}

async function openFirst(tabs: TraceTabs): Promise<NonNullable<TraceTabs["current"]>> {
  await vscode.commands.executeCommand("traceline.openTrace");
  if (tabs.current === undefined) throw new UserError("Open a trace first.");
  return tabs.current;
}

async function chooseHintDisplay(): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: "Above the function", description: "CodeLens", value: "codeLens" },
      { label: "At the end of the line", description: "moves no lines", value: "endOfLine" },
      { label: "Both", value: "both" },
    ],
    { title: "Where latency hints are shown" },
  );
  if (picked === undefined) return;
  const target = vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("traceline").update("hints.display", picked.value, target);
}
