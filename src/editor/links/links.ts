import * as vscode from "vscode";
import { Bag } from "../../base/bag.ts";
import { normalSpanId, normalTraceId } from "../../model/traceReferenceId.ts";
import type { Log } from "../log.ts";
import { onSetting, setting } from "../settings.ts";
import { tell } from "../tell.ts";
import { openMentioned, registerDocumentLinks } from "./documentLinks.ts";
import type { KnownTraces } from "./mentionedTraces.ts";
import { terminalLinks } from "./terminalLinks.ts";

/** Trace IDs in terminals and editors as links, each kind as long as its setting is on. */
export function links(traces: KnownTraces, log: Log): vscode.Disposable {
  const bag = new Bag();
  const open = async (traceId: unknown, spanId: unknown) => {
    const id = typeof traceId === "string" ? normalTraceId(traceId) : undefined;
    if (id === undefined) return;
    try {
      await traces.open(id, typeof spanId === "string" ? normalSpanId(spanId) : undefined);
    } catch (error) {
      void tell(error, log);
    }
  };
  const safe: KnownTraces = { known: (traceIds) => traces.known(traceIds), open };
  bag.add(vscode.commands.registerCommand(openMentioned, open));
  bag.add(whileSet("links.terminal", () => vscode.window.registerTerminalLinkProvider(terminalLinks(safe))));
  bag.add(whileSet("links.documents", () => registerDocumentLinks(safe)));
  return bag;
}

function whileSet(
  name: "links.terminal" | "links.documents",
  register: () => vscode.Disposable,
): vscode.Disposable {
  let registered = setting(name) ? register() : undefined;
  const listening = onSetting([name], () => {
    registered?.dispose();
    registered = setting(name) ? register() : undefined;
  });
  return vscode.Disposable.from(listening, { dispose: () => registered?.dispose() });
}
