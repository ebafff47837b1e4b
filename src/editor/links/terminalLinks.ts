import type * as vscode from "vscode";
import { traceMentions } from "../../model/traceMentions.ts";
import { type KnownTraces, type MentionedTrace, mentionedTraces } from "./mentionedTraces.ts";

interface TraceTerminalLink extends vscode.TerminalLink {
  readonly trace: MentionedTrace;
}

/** Trace IDs in the output of terminals, as links that open the trace. */
export function terminalLinks(traces: KnownTraces): vscode.TerminalLinkProvider<TraceTerminalLink> {
  return {
    async provideTerminalLinks({ line }, token) {
      const mentions = traceMentions(line).map((mention) => ({ ...mention, at: 0 }));
      if (mentions.length === 0) return [];
      const found = await mentionedTraces(mentions, traces);
      if (token.isCancellationRequested) return [];
      return found.map((trace) => ({
        startIndex: trace.start,
        length: trace.end - trace.start,
        tooltip: "Open trace in Traceline",
        trace,
      }));
    },
    handleTerminalLink: ({ trace }) => void traces.open(trace.traceId, trace.spanId),
  };
}
