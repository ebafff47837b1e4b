import type { CriticalPath } from "../../src/model/criticalPath.ts";
import type { Outline, Trace } from "../../src/model/trace.ts";
import type { Opened, PageLog } from "../../src/wire/protocol.ts";
import { createStore, type Store } from "../kit/store.ts";
import type { TimeWindow } from "./timeWindow.ts";

/** Everything the views of the page draw from. Rows are rows of the outline. */
export interface PageState {
  readonly opened: Opened;
  readonly outline: Outline;
  /** The outline that is drawn: `outline`, or one with the times as they were sent. */
  readonly shown: Outline;
  /** The whole trace, once its details have come. */
  readonly trace: Trace | undefined;
  /** Log records by time, once they have come. */
  readonly logs: readonly PageLog[] | undefined;
  /** From the first start to the last end of what is drawn. */
  readonly whole: TimeWindow;
  readonly window: TimeWindow;
  readonly collapsed: Uint8Array;
  /** The selected row, -1 for none. */
  readonly selected: number;
  /** The rows that are drawn, ascending. */
  readonly rows: Int32Array;
  /** What the filter keeps, 1 a row; undefined when nothing is filtered. */
  readonly kept: Uint8Array | undefined;
  readonly query: string;
  /** Rows that match, ascending; undefined when nothing is looked for. */
  readonly matches: Int32Array | undefined;
  readonly onlyMatches: boolean;
  /** Indexes of the services to show; undefined for all. */
  readonly services: ReadonlySet<number> | undefined;
  readonly errorsOnly: boolean;
  /** ns */
  readonly minDuration: number;
  /** Figures that follow the first picture; undefined until they are there. */
  readonly figures: Figures | undefined;
  readonly criticalPath: boolean;
  readonly rawTimes: boolean;
  readonly filterOpen: boolean;
  readonly layout: Layout;
}

/** What is computed from the columns after the first rows are on screen; one value a row, times in ns. */
export interface Figures {
  readonly self: Float64Array;
  readonly path: CriticalPath;
  /** Sections of the path of row i: `pathSection[pathOffset[i] … pathOffset[i + 1]]`. */
  readonly pathOffset: Uint32Array;
  readonly pathSection: Uint32Array;
  /** Own time on the critical path. */
  readonly critical: Float64Array;
  /** Sum of the critical path. */
  readonly criticalTotal: number;
  /** Spans below each row that have failed. */
  readonly errorsBelow: Int32Array;
  /** Number of each row among its siblings, from 1, and how many they are. */
  readonly place: Uint32Array;
  readonly siblings: Uint32Array;
  /** Rows on the critical path by own time, longest first; those that name a place in the code when any does. */
  readonly slow: readonly number[];
  readonly depth: number;
  readonly errors: number;
}

/** What the pane beside the rows shows: the selected span, the log records, or the figures of the trace. */
export const panes = ["span", "logs", "statistics"] as const;
export type Pane = (typeof panes)[number];

/** How the page is arranged, in px; a width or height of 0 is as the page's own size suggests. */
export interface Layout {
  readonly nameWidth: number;
  readonly detailsWidth: number;
  readonly detailsHeight: number;
  readonly detailsOpen: boolean;
  readonly detailsBelow: boolean;
  readonly pane: Pane;
}

export const defaultLayout: Layout = {
  nameWidth: 0,
  detailsWidth: 0,
  detailsHeight: 0,
  detailsOpen: true,
  detailsBelow: false,
  pane: "span",
};

/** The width of the names that a waterfall of `width` px suggests: bars first. */
export function suggestedNameWidth(width: number): number {
  return Math.min(340, Math.max(180, Math.round(width * 0.36)));
}

/** The width of the details that a page of `width` px suggests. */
export function suggestedDetailsWidth(width: number): number {
  return Math.min(440, Math.max(280, Math.round(width * 0.32)));
}

/** The height of the details below the rows that a room of `height` px for both suggests: rows first. */
export function suggestedDetailsHeight(height: number): number {
  return Math.min(320, Math.max(96, Math.round(height * 0.36)));
}

export type PageStore = Store<PageState>;

/** The state of a trace as it opens, before anything is restored. */
export function firstState(opened: Opened, outline: Outline): PageState {
  const whole = wholeOf(outline);
  return {
    opened,
    outline,
    shown: outline,
    trace: undefined,
    logs: undefined,
    whole,
    window: whole,
    collapsed: new Uint8Array(outline.length),
    selected: -1,
    rows: new Int32Array(0),
    kept: undefined,
    query: "",
    matches: undefined,
    onlyMatches: false,
    services: undefined,
    errorsOnly: false,
    minDuration: 0,
    figures: undefined,
    criticalPath: true,
    rawTimes: false,
    filterOpen: false,
    layout: defaultLayout,
  };
}

export function createPageStore(state: PageState): PageStore {
  return createStore(state);
}

/** From 0, or the earliest start when raw times lie before it, to the latest end; never empty. */
export function wholeOf(o: Outline): TimeWindow {
  let from = 0;
  let to = 0;
  for (let row = 0; row < o.length; row++) {
    if (o.start[row] < from) from = o.start[row];
    const end = o.start[row] + o.duration[row];
    if (end > to) to = end;
  }
  return { from, to: Math.max(to, from + 1) };
}
