import * as vscode from "vscode";
import { countText } from "../../model/countText.ts";
import { ageText, durationText, shareText } from "../../model/durationText.ts";
import { callsText, type LineHint } from "../../source/hints.ts";
import type { DocumentFunctions } from "./functionLines.ts";
import type { AnchoredHint } from "./hintAnchors.ts";
import type { HintView } from "./hintView.ts";
import { placedHints } from "./placedHints.ts";

/** The hover on a line that has a hint: how its calls were spread, its own time, and the slowest traces to open. */
export function hintHover(view: HintView, functions: DocumentFunctions): vscode.HoverProvider {
  return {
    provideHover(document, position) {
      const hints = view.hints(document);
      // The line that was measured, and the line its lens stands above.
      const shown = placedHints(hints, functions.known(document) ?? []);
      const here = hints.filter(
        (anchored, i) => anchored.line === position.line || shown[i].line === position.line,
      );
      if (here.length === 0) return undefined;
      return new vscode.Hover(here.map(hoverText), document.lineAt(position.line).range);
    },
  };
}

/** What telemetry says is appended as text or stands in a code block: nothing of it is a link, an image or an icon. */
function hoverText({ hint, stale }: AnchoredHint): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.isTrusted = { enabledCommands: ["traceline.openHintTrace", "traceline.searchHintPlace"] };
  text.appendMarkdown("**");
  text.appendText(hint.names.slice(0, 3).join(", ") || `Line ${hint.line}`);
  text.appendMarkdown("** ");
  text.appendText(`· ${hint.service}`);
  if (stale) text.appendMarkdown("\n\n*Measured before the last edit of this line.*");
  text.appendMarkdown(`\n\n${timesText(hint)}`);
  // Before the distribution: VS Code cuts a hover at 250 px.
  appendSlowest(text, hint);
  text.appendMarkdown(`\n\n${originText(hint)}`);
  if (hint.distribution.length > 1) text.appendCodeblock(distributionText(hint), "text");
  return text;
}

function appendSlowest(text: vscode.MarkdownString, hint: LineHint): void {
  if (hint.slowest.length === 0) {
    const args = argumentsText([hint.place]);
    text.appendMarkdown(
      `\n\n[Search for these calls](command:traceline.searchHintPlace?${args} "No trace of them is known yet")`,
    );
    return;
  }
  text.appendMarkdown("\n\nSlowest: ");
  hint.slowest.forEach((call, index) => {
    const args = argumentsText([call.traceId, call.spanId]);
    const when = call.startMs > 0 ? `, ${ageText(Date.now() - call.startMs)}` : "";
    const label = `${durationText(call.duration)}${call.error ? ", error" : ""}${when}`;
    text.appendMarkdown(
      `${index > 0 ? " · " : ""}[${label}](command:traceline.openHintTrace?${args} "Open the trace at this span")`,
    );
  });
}

/** What URIs leave as it is would end a Markdown link. */
function argumentsText(args: readonly unknown[]): string {
  return encodeURIComponent(JSON.stringify(args)).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
}

function timesText(hint: LineHint): string {
  const parts = [hint.calls === 1 ? durationText(hint.p50) : `p50 ${durationText(hint.p50)}`];
  if (hint.p95 !== undefined) parts.push(`p95 ${durationText(hint.p95)}`);
  if (hint.p99 !== undefined) parts.push(`p99 ${durationText(hint.p99)}`);
  parts.push(callsText(hint));
  if (hint.errors > 0) parts.push(countText(hint.errors, "error"));
  const figures = parts.join(" · ");
  if (hint.ownP50 === undefined) return figures;
  const share = hint.criticalShare > 0 ? `, ${shareText(hint.criticalShare, 1)} of the critical path` : "";
  const median = hint.calls === 1 ? "" : " (median)";
  return `${figures}  \nOwn time: ${durationText(hint.ownP50)}${median}${share}`;
}

/** Of what the figures were made, so that a sample is not taken for the whole. */
function originText(hint: LineHint): string {
  const about = hint.estimated === undefined ? hint.calls : Math.round(hint.estimated);
  const seen =
    about === hint.calls ? "" : `Seen ${countText(hint.calls)} of about ${countText(about)}, sampled. `;
  const origin = hint.isWhole
    ? `Computed by the backend over ${hint.sampled ? "a part" : "all"} of the spans it keeps.`
    : hint.sampled
      ? `From ${countText(hint.traces, "sampled trace")}: there may be more calls.`
      : `From ${countText(hint.traces, "trace")} seen.`;
  return `*${seen}${origin}*`;
}

const widest = 24;

/** One line a bucket that has calls, its bar as long as its share of the fullest. */
function distributionText(hint: LineHint): string {
  const most = Math.max(1, ...hint.distribution.map((bucket) => bucket.count));
  return hint.distribution
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => {
      const range = `${durationText(from)} – ${durationText(to)}`.padEnd(20);
      const bar = "█".repeat(Math.max(1, Math.round((count / most) * widest)));
      return `${range} ${bar} ${Math.round(count)}`;
    })
    .join("\n");
}
