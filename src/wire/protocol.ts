import type { TraceSummary } from "../model/summary.ts";

/** What the trace page asks of the editor. Rows are numbers: the page never sends a path, a URL to open or a command. */
export interface TraceHost {
  /**
   * The trace this page is for: its outline, packed. Rejects with the reason that the page shows. Asked anew on every load;
   * `again` fetches the trace anew, when the person asks for it.
   */
  open(again?: boolean): Promise<Opened>;
  /** Part `part` of the packed details, from 0; each at most 8 MB, asked one after another. */
  details(version: number, part: number): Promise<ArrayBuffer>;
  /** The log records of the trace, by time. */
  logs(version: number): Promise<readonly PageLog[]>;
  /** Puts the caret on the line that log record `log` names, or answers why there is none. */
  openLogSource(version: number, log: number): Promise<SourceAnswer>;
  /** Asks every connection for the trace and shows what they have together. */
  mergeFromAll(): Promise<void>;
  /** Puts the caret on the row's source line; answers what was found, or why nothing was. */
  openSource(row: number, choice?: number): Promise<SourceAnswer>;
  /** What `openSource` would do, without doing it: for the details pane. */
  locate(row: number): Promise<SourceAnswer>;
  /**
   * Where the stack trace that is the value of an attribute names files; nowhere when it is none. `attribute` counts from 0 among
   * those of event `event` of the row, or, where that is -1, among the row's own.
   */
  stackFrames(row: number, event: number, attribute: number): Promise<readonly StackFrame[]>;
  /** Puts the caret on the line that frame `frame` of that stack trace names, or answers why there is none. */
  openStackFrame(row: number, event: number, attribute: number, frame: number): Promise<SourceAnswer>;
  /** Opens the trace a link of `row` points to. */
  followLink(row: number, link: number): Promise<void>;
  /** Opens another trace of the same file or answer. */
  openSibling(traceId: string): Promise<void>;
  /**
   * Selects the slowest span that has a line (or the next or previous one after `row` in order of self time on the critical
   * path), through `reveal`, and opens its line. Rejects with the reason when there is none.
   */
  jump(which: "slowest" | "next" | "previous", row: number): Promise<void>;
  copy(text: string): Promise<void>;
  /** A link to the trace with this row selected (-1 for none), on the clipboard. */
  copyLink(row: number): Promise<void>;
  /** Opens an http(s) URL that is the text of attribute `attribute` of `row`, after the person has seen it whole. */
  openUrl(row: number, attribute: number): Promise<void>;
  /** Runs what an error's button says. */
  act(action: string): void;
  /** The page's view state: kept for the next load of this trace. */
  keep(state: unknown): void;
  /** A defect in the page, for the log. */
  report(message: string): void;
}

/** What the editor asks of the trace page. */
export interface TracePage {
  /** Selects a row, opens what hides it and scrolls to it. */
  reveal(row: number): void;
  /** How many bytes of the trace have been read so far, while `open()` waits. */
  progress(bytes: number): void;
  /** The person asked for the trace anew: call `open(true)`. */
  reload(): void;
  /** The editor has more of the trace: call `open()`, keep what is selected and where the rows are scrolled to. */
  grown(): void;
  /** What `Opened.growing` said has changed. */
  growing(isGrowing: boolean): void;
  /** A command of the palette or a key of the editor: "nextSlow", "previousSlow", "slowest", "find". */
  perform(action: PageAction): void;
}

export const pageActions = [
  "slowest",
  "nextSlow",
  "previousSlow",
  "find",
  "toggleCriticalPath",
  "collapseAll",
  "expandAll",
] as const;
export type PageAction = (typeof pageActions)[number];

export interface Opened {
  /** Grows with each new trace of the page: details of another version are refused. */
  readonly version: number;
  /** The packed Outline. */
  readonly outline: ArrayBuffer;
  /** How many parts the packed Details have. */
  readonly detailParts: number;
  readonly summary: TraceSummary;
  readonly siblings: readonly TraceSummary[];
  /** What was said of the answer as a whole: that it is partial, sampled, merged. Shown above the rows. */
  readonly notes: readonly string[];
  /** Spans are known to be missing. */
  readonly partial: boolean;
  /** It is fetched again while it changes. */
  readonly growing: boolean;
  /** How many log records there are. */
  readonly logs: number;
  /** Why there are none, as a sentence; "" or left out when there are some or nothing is known of it. */
  readonly noLogs?: string;
  /** There are other connections that may hold spans of it. */
  readonly mergeable: boolean;
  /** Where it came from, for the header: "Jaeger (local)", "shop.otlp.jsonl". */
  readonly from: string;
  /** Row to select, -1 for none. */
  readonly select: number;
  /** What the page kept last time, or undefined. */
  readonly state: unknown;
  /** Opaque: the page keeps it as `address` in its own state, from which the editor restores the tab after a restart. */
  readonly address: unknown;
}

/** A log record as the page shows it: its texts may be cut. */
export interface PageLog {
  /** ns after the trace's epoch. */
  readonly time: number;
  /** 1 to 24 as OTLP counts; 0 for unknown. */
  readonly severity: number;
  readonly severityText: string;
  readonly body: string;
  readonly service: string;
  readonly scope: string;
  /** The span it belongs to, -1 for none that is here. */
  readonly row: number;
  readonly attributes: readonly (readonly [key: string, value: string])[];
  /** It names its place in the code. */
  readonly place: boolean;
}

/** A frame of a stack trace: its path and line are the characters `from` to `to` of the text. */
export interface StackFrame {
  readonly from: number;
  readonly to: number;
  /** It is code of others: a library, the runtime. */
  readonly isLibrary: boolean;
}

/** Where a span's line is, or why it is not known. */
export interface SourceAnswer {
  /** "src/checkout.js:42" relative to the workspace, or "" when there is none. */
  readonly label: string;
  /** Why this place: "code.file.path and code.line.number". */
  readonly reason: string;
  readonly confidence: "sure" | "likely" | "guess" | "none";
  /** Several places are equally good: the page shows them, `openSource(row, i)` takes one. */
  readonly choices: readonly { readonly label: string; readonly reason: string }[];
  /** When there is none: what would make it possible. */
  readonly advice: string;
}
