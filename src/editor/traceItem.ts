import * as vscode from "vscode";
import { countText } from "../model/countText.ts";
import { ageText, durationText } from "../model/durationText.ts";
import type { TraceSummary } from "../model/summary.ts";
import { plainLabel } from "./plainLabel.ts";

/** "checkout · POST /checkout": the root of a trace in one label. */
export function rootLabel(summary: TraceSummary): string {
  return plainLabel(`${summary.rootService} · ${nameOf(summary)}`);
}

/** "POST /checkout": the root's name alone, for a row whose other text begins with how long it took. */
export function rowLabel(summary: TraceSummary): string {
  return plainLabel(nameOf(summary));
}

/** "1.2 s · 2 errors · 5 min ago · checkout · 31 spans": what a narrow side bar cuts off matters least. */
export function rowText(summary: TraceSummary, nowMs: number): string {
  return [
    durationText(summary.durationNs),
    ...errorsAndAge(summary, nowMs),
    plainLabel(summary.rootService),
    countText(summary.spans, "span"),
  ].join(" · ");
}

function nameOf({ rootName }: TraceSummary): string {
  return rootName === "" ? "(no name)" : rootName;
}

/** "1.2 s · 31 spans · 2 errors · 5 min ago" */
export function summaryText(summary: TraceSummary, nowMs: number): string {
  const parts = [durationText(summary.durationNs), countText(summary.spans, "span")];
  return [...parts, ...errorsAndAge(summary, nowMs)].join(" · ");
}

function errorsAndAge({ errors, startMs }: TraceSummary, nowMs: number): string[] {
  return [
    ...(errors > 0 ? [countText(errors, "error")] : []),
    ...(startMs > 0 ? [ageText(nowMs - startMs)] : []),
  ];
}

/** The tooltip: data is appended as text, so nothing in it is a link, an image or a command. */
export function summaryTooltip(summary: TraceSummary, where: string): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(`${summary.rootService} · ${summary.rootName}\n`);
  tooltip.appendText(`${where}\n`);
  if (summary.startMs > 0) tooltip.appendText(`${new Date(summary.startMs).toLocaleString()}\n`);
  tooltip.appendText(`${durationText(summary.durationNs)}, ${countText(summary.spans, "span")}`);
  tooltip.appendText(summary.errors > 0 ? `, ${countText(summary.errors, "error")}\n` : "\n");
  for (const service of summary.services.slice(0, 8)) {
    tooltip.appendText(`${service.name}: ${countText(service.spans, "span")}\n`);
  }
  tooltip.appendText(`ID ${summary.traceId}`);
  return tooltip;
}

/** An icon that says by shape and colour whether a trace has errors; of a pinned one the shape says that it is. */
export function summaryIcon(summary: TraceSummary, isPinned = false): vscode.ThemeIcon {
  const name = isPinned ? "pinned" : summary.errors > 0 ? "error" : "list-tree";
  return new vscode.ThemeIcon(
    name,
    summary.errors > 0 ? new vscode.ThemeColor("list.errorForeground") : undefined,
  );
}
