import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import { addConnection, askForSecret, testConnection } from "./addConnection.ts";
import type { Connections } from "./connections.ts";
import type { HintStore } from "./hints/hintStore.ts";
import type { Log } from "./log.ts";
import { noLinks } from "./noLinks.ts";
import { openTrace } from "./openTrace.ts";
import { openTraceFile } from "./openTraceFile.ts";
import { plainLabel } from "./plainLabel.ts";
import type { RecentPoll } from "./recentPoll.ts";
import { asRecent, type RecentTrace, type RecentTraces } from "./recentTraces.ts";
import type { TraceSearch } from "./searchTraces.ts";
import type { Secrets } from "./secrets.ts";
import { setting } from "./settings.ts";
import { traceLink } from "./traceLink.ts";
import type { TraceTabs } from "./traceTabs.ts";

/** What the commands work on. */
export interface CommandParts {
  readonly extensionId: string;
  readonly connections: Connections;
  readonly secrets: Secrets;
  readonly recent: RecentTraces;
  readonly poll: RecentPoll;
  readonly search: TraceSearch;
  readonly tabs: TraceTabs;
  readonly hints: HintStore;
  readonly log: Log;
}

type Command = (...args: unknown[]) => unknown;

/**
 * Every command by name. Other extensions and links can call them with anything, so arguments are checked here; a test holds
 * this list and package.json to each other.
 */
export function commands(parts: CommandParts): Readonly<Record<string, Command>> {
  const { extensionId, connections, secrets, recent, poll, search, tabs, hints, log } = parts;
  const settingsOf = () => vscode.workspace.getConfiguration("traceline");
  return {
    "traceline.openTrace": () => openTrace(recent, connections, tabs),
    "traceline.searchTraces": () => search.ask(),
    "traceline.cancelSearch": () => search.cancel(),
    "traceline.openTraceFile": (uri, uris) => openTraceFile(tabs, urisOf(uri, uris)),
    "traceline.addConnection": async (url) => {
      const added = await addConnection(connections, secrets, log, typeof url === "string" ? url : undefined);
      if (added !== undefined) await poll.refresh();
    },
    "traceline.switchConnection": () => switchConnection(connections),
    "traceline.testConnection": async () => {
      const { active } = connections;
      if (active === undefined) throw noConnection();
      const says = await testConnection(connections, active);
      void vscode.window.showInformationMessage(noLinks(`${active.name}: ${says}`));
    },
    "traceline.setSecret": () => setSecret(connections, secrets),
    "traceline.forgetSecrets": async () => {
      const count = await secrets.forgetAll();
      void vscode.window.showInformationMessage(
        count === 0 ? "No token or password was kept." : `Forgot ${count}.`,
      );
    },
    "traceline.editConnections": () =>
      vscode.commands.executeCommand("workbench.action.openSettings", "traceline.connections"),
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
      const trace = traceOf(node);
      if (trace?.address.kind !== "connection") return;
      const connection = connections.named(trace.address.connection);
      const link = connection && connections.source(connection).link(trace.address.traceId);
      if (link !== undefined) await vscode.env.openExternal(vscode.Uri.parse(link, true));
    },
    "traceline.pinTrace": (node) => withTrace(node, (trace) => recent.pin(trace, true)),
    "traceline.unpinTrace": (node) => withTrace(node, (trace) => recent.pin(trace, false)),
    "traceline.removeTrace": (node) => withTrace(node, (trace) => recent.remove(trace)),
    "traceline.clearRecent": () => recent.clear(),
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

function noConnection(): UserError {
  return new UserError("There is no connection yet. Use Traceline: Add Connection.");
}

async function openFirst(tabs: TraceTabs): Promise<NonNullable<TraceTabs["current"]>> {
  await vscode.commands.executeCommand("traceline.openTrace");
  if (tabs.current === undefined) throw new UserError("Open a trace first.");
  return tabs.current;
}

async function switchConnection(connections: Connections): Promise<void> {
  if (connections.list.length === 0) {
    await vscode.commands.executeCommand("traceline.addConnection");
    return;
  }
  const picked = await vscode.window.showQuickPick(
    [
      ...connections.list.map((connection) => ({
        label: plainLabel(connection.name),
        description: connection === connections.active ? "active" : "",
        detail: `${plainLabel(connection.url)} · ${plainLabel(connections.stateOf(connection).detail)}`,
        name: connection.name,
      })),
      { label: "$(add) Add Connection…", name: undefined },
    ],
    { title: "Switch Connection", placeHolder: "The connection that searches and recent traces use" },
  );
  if (picked === undefined) return;
  if (picked.name === undefined) await vscode.commands.executeCommand("traceline.addConnection");
  else await connections.activate(picked.name);
}

async function setSecret(connections: Connections, secrets: Secrets): Promise<void> {
  const { active, list } = connections;
  if (active === undefined) throw noConnection();
  const name =
    list.length === 1
      ? active.name
      : await vscode.window.showQuickPick(
          list.map((connection) => connection.name),
          { title: "Set Token or Password" },
        );
  const connection = name === undefined ? undefined : connections.named(name);
  if (connection === undefined) return;
  const how = await askForSecret(connection, secrets);
  if (how !== undefined && how.auth !== connection.auth) {
    void vscode.window.showWarningMessage(
      `The secret is kept. Set "auth": "${how.auth}" for ${plainLabel(connection.name)} in traceline.connections to have it sent.`,
    );
  }
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
