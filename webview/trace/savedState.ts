import { hexId, rowOfSpan } from "../../src/model/spanId.ts";
import type { Outline } from "../../src/model/trace.ts";
import { defaultLayout, type Layout, type PageState, panes, wholeOf } from "./pageState.ts";
import { clampWindow, isWhole } from "./timeWindow.ts";

/** A longer text would slow down every save; the trace then opens with all rows open. */
const MOST_COLLAPSED_TEXT = 200_000;

/** What of the page's state outlives a hidden or reloaded page: plain data, rows by number of a trace of `spans` spans. */
export function saveState(state: PageState): object {
  const { outline, window, whole, selected } = state;
  const collapsed = rowsToText(state.collapsed);
  return {
    address: state.opened.address,
    trace: outline.traceId,
    spans: outline.length,
    window: isWhole(window, whole) ? undefined : [window.from, window.to],
    selected:
      selected < 0 ? undefined : hexId(outline.spanId[2 * selected], outline.spanId[2 * selected + 1]),
    row: selected,
    collapsed: collapsed.length > MOST_COLLAPSED_TEXT ? "" : collapsed,
    query: state.query.slice(0, 1000),
    onlyMatches: state.onlyMatches,
    services: state.services && [...state.services],
    errorsOnly: state.errorsOnly,
    minDuration: state.minDuration,
    criticalPath: state.criticalPath,
    rawTimes: state.rawTimes,
    filterOpen: state.filterOpen,
    layout: state.layout,
  };
}

/**
 * What can be taken from a saved state for this outline. The state may be from another trace, another version of this one,
 * or anything at all: each part is checked by itself, and what does not fit is left out.
 */
export function restoreState(saved: unknown, state: PageState): Partial<PageState> {
  if (!isRecord(saved)) return {};
  const { outline, whole } = state;
  const change: { -readonly [K in keyof PageState]?: PageState[K] } = { layout: restoreLayout(saved.layout) };
  if (typeof saved.criticalPath === "boolean") change.criticalPath = saved.criticalPath;
  if (saved.trace !== outline.traceId) return change;

  if (typeof saved.query === "string") change.query = saved.query.slice(0, 1000);
  if (typeof saved.onlyMatches === "boolean") change.onlyMatches = saved.onlyMatches;
  if (typeof saved.errorsOnly === "boolean") change.errorsOnly = saved.errorsOnly;
  if (typeof saved.filterOpen === "boolean") change.filterOpen = saved.filterOpen;
  if (typeof saved.rawTimes === "boolean") change.rawTimes = saved.rawTimes;
  if (isFiniteNumber(saved.minDuration) && saved.minDuration >= 0) change.minDuration = saved.minDuration;
  const window = saved.window;
  if (
    Array.isArray(window) &&
    isFiniteNumber(window[0]) &&
    isFiniteNumber(window[1]) &&
    window[0] < window[1]
  ) {
    change.window = clampWindow({ from: window[0], to: window[1] }, whole);
  }
  const same = saved.spans === outline.length;
  const row = saved.row;
  if (typeof saved.selected === "string") {
    const fits = same && isRow(row, outline) && idOf(outline, row) === saved.selected;
    change.selected = fits ? row : rowOfSpan(outline, saved.selected);
  }
  if (same && typeof saved.collapsed === "string") change.collapsed = textToRows(saved.collapsed, outline);
  if (Array.isArray(saved.services)) {
    const services = saved.services.filter((index) => isIndex(index, outline.services.length));
    if (services.length > 0) change.services = new Set(services);
  }
  return change;
}

/** The state of a trace that has come anew with more spans: what was open, closed and selected stays so, by span id. */
export function carryOver(before: PageState, after: Outline): Partial<PageState> {
  const closed = new Set<string>();
  for (let row = 0; row < before.outline.length; row++) {
    if (before.collapsed[row] === 1) closed.add(idOf(before.outline, row));
  }
  const collapsed = new Uint8Array(after.length);
  if (closed.size > 0) {
    for (let row = 0; row < after.length; row++)
      if (after.size[row] > 1 && closed.has(idOf(after, row))) collapsed[row] = 1;
  }
  const selected = before.selected < 0 ? -1 : rowOfSpan(after, idOf(before.outline, before.selected));
  const whole = wholeOf(after);
  return {
    collapsed,
    selected,
    window: isWhole(before.window, before.whole) ? whole : clampWindow(before.window, whole),
    services: servicesOf(before, after),
    onlyMatches: before.onlyMatches,
    errorsOnly: before.errorsOnly,
    minDuration: before.minDuration,
  };
}

/** The services that were shown alone, by name: their indexes may be others now. */
function servicesOf(before: PageState, after: Outline): ReadonlySet<number> | undefined {
  if (before.services === undefined) return undefined;
  const names = new Set(
    [...before.services].map((index) => before.outline.labels.at(before.outline.services[index])),
  );
  const kept = [...after.services].flatMap((label, index) =>
    names.has(after.labels.at(label)) ? [index] : [],
  );
  return kept.length === 0 ? undefined : new Set(kept);
}

function restoreLayout(saved: unknown): Layout {
  if (!isRecord(saved)) return defaultLayout;
  const size = (value: unknown, otherwise: number) =>
    isFiniteNumber(value) && value > 0 ? Math.min(Math.max(value, 80), 4000) : otherwise;
  const flag = (value: unknown, otherwise: boolean) => (typeof value === "boolean" ? value : otherwise);
  return {
    nameWidth: size(saved.nameWidth, defaultLayout.nameWidth),
    detailsWidth: size(saved.detailsWidth, defaultLayout.detailsWidth),
    detailsHeight: size(saved.detailsHeight, defaultLayout.detailsHeight),
    detailsOpen: flag(saved.detailsOpen, defaultLayout.detailsOpen),
    detailsBelow: flag(saved.detailsBelow, defaultLayout.detailsBelow),
    pane: panes.find((pane) => pane === saved.pane) ?? defaultLayout.pane,
  };
}

/** Rows as the gaps between them in base 36, runs of equal gaps counted: "0,1*40,12". */
export function rowsToText(marked: Uint8Array): string {
  const parts: string[] = [];
  let last = 0;
  let gap = -1;
  let run = 0;
  const flush = () => {
    if (run > 0) parts.push(gap.toString(36) + (run > 1 ? `*${run.toString(36)}` : ""));
  };
  for (let row = 0; row < marked.length; row++) {
    if (marked[row] === 0) continue;
    if (row - last === gap) run++;
    else {
      flush();
      gap = row - last;
      run = 1;
    }
    last = row;
  }
  flush();
  return parts.join(",");
}

export function textToRows(text: string, outline: Outline): Uint8Array {
  const marked = new Uint8Array(outline.length);
  if (text.length > MOST_COLLAPSED_TEXT) return marked;
  let row = 0;
  for (const part of text.split(",")) {
    const [gapText, runText = "1"] = part.split("*");
    const gap = Number.parseInt(gapText, 36);
    const run = Number.parseInt(runText, 36);
    if (!(gap >= 0) || !(run >= 1) || (gap === 0 && run > 1)) return marked;
    for (let i = 0; i < run; i++) {
      row += gap;
      if (row >= outline.length) return marked;
      if (outline.size[row] > 1) marked[row] = 1;
    }
  }
  return marked;
}

function idOf(outline: Outline, row: number): string {
  return hexId(outline.spanId[2 * row], outline.spanId[2 * row + 1]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isIndex(value: unknown, length: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < length;
}

function isRow(value: unknown, outline: Outline): value is number {
  return isIndex(value, outline.length);
}
