import { UserError } from "../base/userError.ts";
import { attributeText } from "../model/attributes.ts";
import type { Trace } from "../model/trace.ts";
import { languageOf } from "../source/locate.ts";
import type { Resolution } from "../source/resolution.ts";
import { slowSpans } from "../source/slowSpans.ts";
import { type StackLink, type StackLinks, stackLinks } from "../source/stackLinks.ts";
import type { SourceAnswer } from "../wire/protocol.ts";
import { openSource } from "./openSource.ts";
import { logPlace } from "./pageLogs.ts";
import { type ShownTrace, traceChanged } from "./shownTrace.ts";
import type { TraceTools } from "./traceTools.ts";

/** From the rows and log records of a shown trace to their lines. */
export class TraceCode {
  readonly #shown: ShownTrace;
  readonly #tools: Pick<TraceTools, "finder" | "files">;
  #locating: AbortController | undefined;
  #slow: { readonly trace: Trace; readonly rows: Int32Array } | undefined;

  constructor(shown: ShownTrace, tools: Pick<TraceTools, "finder" | "files">) {
    this.#shown = shown;
    this.#tools = tools;
  }

  /** What opening the row's line would do. Who walks through rows wants the last one: the search before ends. */
  async locate(trace: Trace, row: number): Promise<SourceAnswer> {
    const { finder } = this.#tools;
    this.#locating?.abort();
    const locating = new AbortController();
    this.#locating = locating;
    const signal = AbortSignal.any([this.#shown.signal, locating.signal]);
    return finder.answer(await finder.find(trace, row, signal));
  }

  async open(trace: Trace, row: number, choice: number | undefined): Promise<SourceAnswer> {
    return this.#open(await this.#tools.finder.find(trace, row, this.#shown.signal), choice);
  }

  /** The line that log record `log` of the shown version names. */
  async openLog(version: number, log: number): Promise<SourceAnswer> {
    const { logs } = await this.#shown.loading;
    const record = version === this.#shown.version ? logs?.[log] : undefined;
    if (record === undefined) throw traceChanged();
    return this.#open(await this.#tools.finder.findPlace(logPlace(record), this.#shown.signal), undefined);
  }

  /** The frames of an event's stack trace that name files; none for an event that is not there. */
  stackFrames(trace: Trace, row: number, event: unknown): readonly StackLink[] {
    return stackOf(trace, row, event).links;
  }

  /** The line that frame `frame` of those names. */
  async openFrame(trace: Trace, row: number, event: unknown, frame: unknown): Promise<SourceAnswer> {
    const { links, language } = stackOf(trace, row, event);
    const link = links[Number.isInteger(frame) ? (frame as number) : -1];
    if (link === undefined) throw traceChanged();
    const service = trace.labels.at(trace.services[trace.service[row]]);
    const { finder } = this.#tools;
    return this.#open(await finder.findFrame(link.frame, service, language, this.#shown.signal), undefined);
  }

  /** The slowest row that has a line, or the next or previous one after `row`. */
  slowRow(trace: Trace, which: "slowest" | "next" | "previous", row: number): number {
    if (this.#slow?.trace !== trace) this.#slow = { trace, rows: slowSpans(trace) };
    const { rows } = this.#slow;
    if (rows.length === 0) {
      throw new UserError(
        "No span of this trace says where its code is. Select a span to see what would make it possible.",
      );
    }
    const at = which === "slowest" ? -1 : rows.indexOf(row);
    const step = which === "previous" ? rows.length - 1 : 1;
    return rows[which === "slowest" || at < 0 ? 0 : (at + step) % rows.length];
  }

  async #open(resolution: Resolution, choice: number | undefined): Promise<SourceAnswer> {
    const { finder, files } = this.#tools;
    const location = await finder.choose(resolution, choice);
    if (location !== undefined) await openSource(location, files);
    return finder.answer(resolution);
  }
}

/** The stack trace of event `event` of a row, counted from 0: a claim of the page. */
function stackOf(trace: Trace, row: number, event: unknown): StackLinks {
  const { events, labels, texts } = trace;
  const count = events.offset[row + 1] - events.offset[row];
  const isThere = Number.isInteger(event) && (event as number) >= 0 && (event as number) < count;
  const at = events.offset[row] + (event as number);
  const key = labels.find("exception.stacktrace");
  const stack = isThere ? attributeText(events.attributes, at, key, texts) : undefined;
  return stackLinks(stack ?? "", languageOf(trace, row));
}
