import { UserError } from "../base/userError.ts";
import { AttributeType } from "../model/attributes.ts";
import type { Trace } from "../model/trace.ts";
import { languageOf } from "../source/locate.ts";
import type { Resolution } from "../source/resolution.ts";
import { slowSpans } from "../source/slowSpans.ts";
import { attributeStackLinks, type StackLink, type StackLinks } from "../source/stackLinks.ts";
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

  /** The frames that name files of the stack trace in an attribute; none for one that is not there or is no stack trace. */
  stackFrames(trace: Trace, row: number, event: unknown, attribute: unknown): readonly StackLink[] {
    return stackOf(trace, row, event, attribute).links;
  }

  /** The line that frame `frame` of those names. */
  async openFrame(
    trace: Trace,
    row: number,
    event: unknown,
    attribute: unknown,
    frame: unknown,
  ): Promise<SourceAnswer> {
    const { links, language } = stackOf(trace, row, event, attribute);
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

/** The stack trace in an attribute of the row (`event` -1) or of one of its events: numbers from 0, and claims of the page. */
function stackOf(trace: Trace, row: number, event: unknown, attribute: unknown): StackLinks {
  const { events, labels, texts } = trace;
  const language = languageOf(trace, row);
  const [attributes, owner] =
    event === -1
      ? ([trace.attributes, row] as const)
      : ([events.attributes, numbered(events.offset, row, event)] as const);
  const at = owner < 0 ? -1 : numbered(attributes.offset, owner, attribute);
  if (at < 0 || attributes.type[at] !== AttributeType.string) return { language, links: [] };
  return attributeStackLinks(labels.at(attributes.key[at]), texts.at(attributes.value[at]), language);
}

/** Where entry `claimed` of an owner stands in a table, -1 for one that is not there. */
function numbered(offset: Uint32Array, owner: number, claimed: unknown): number {
  const count = offset[owner + 1] - offset[owner];
  const isThere = Number.isInteger(claimed) && (claimed as number) >= 0 && (claimed as number) < count;
  return isThere ? offset[owner] + (claimed as number) : -1;
}
