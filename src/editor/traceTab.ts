import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import { samplingNote } from "../model/samplingNote.ts";
import { rowOfSpan, spanIdOf } from "../model/spanId.ts";
import type { Trace } from "../model/trace.ts";
import { type Channel, createChannel } from "../wire/channel.ts";
import { detailParts, packOutline } from "../wire/pack.ts";
import { pageHtml } from "../wire/pageHtml.ts";
import type { Opened, PageAction, TraceHost, TracePage } from "../wire/protocol.ts";
import { asAddress, type TraceAddress } from "./address.ts";
import { offeringText, openAsText } from "./openAsText.ts";
import { openUrl } from "./openUrl.ts";
import { pageLogs, whyNoLogs } from "./pageLogs.ts";
import { isPinned } from "./pinnedTab.ts";
import { ShownTrace, traceChanged } from "./shownTrace.ts";
import { commandOf, isCancelled } from "./tell.ts";
import { TraceCode } from "./traceCode.ts";
import { traceLink } from "./traceLink.ts";
import type { LoadedTrace } from "./traceLoader.ts";
import type { TraceTools } from "./traceTools.ts";

/**
 * One tab that shows one trace and answers what its page asks. The page may be thrown away and made again (hidden, moved,
 * reloaded) as often as the editor likes: it just asks `open()` anew and is answered from what was fetched.
 */
export class TraceTab implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #tools: TraceTools;
  readonly #channel: Channel<TracePage>;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #shown: ShownTrace;
  readonly #code: TraceCode;
  #state: unknown;
  /** The span that the page is to select when it opens the trace next. */
  #select: string;
  #selected = -1;
  /** The trace that the page on screen has been given: the rows it names are of that one. */
  #given: Trace | undefined;

  constructor(panel: vscode.WebviewPanel, address: TraceAddress, tools: TraceTools, spanId = "") {
    this.panel = panel;
    this.#tools = tools;
    this.#select = spanId;
    this.#channel = createChannel<TracePage, TraceHost>(
      (message) => void panel.webview.postMessage(message),
      this.#host(),
      (error) => {
        if (!isCancelled(error)) tools.log.error("A request of the trace page failed", error);
      },
    );
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message) => this.#channel.receive(message)),
      panel.onDidDispose(() => this.dispose()),
      panel.onDidChangeViewState(() => {
        if (panel.visible) this.#shown.seen();
        // VS Code throws the page of a hidden tab away.
        else this.#given = undefined;
      }),
    );
    this.#shown = new ShownTrace(address, tools.load, {
      progress: (bytes) => this.#channel.tell("progress", [bytes]),
      loaded: (loaded, isGrown) => {
        tools.opened(this, loaded, isGrown);
      },
      grown: () => this.#channel.tell("grown", []),
      growing: (isGrowing) => this.#channel.tell("growing", [isGrowing]),
      isSeen: () => panel.visible,
    });
    this.#code = new TraceCode(this.#shown, tools);
    const media = vscode.Uri.joinPath(tools.extensionUri, "dist", "webview");
    panel.webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [media] };
    panel.webview.html = pageHtml({
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(18).toString("base64"),
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, "trace.js")).toString(),
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, "trace.css")).toString(),
      title: "Trace",
      address: JSON.stringify(address),
    });
  }

  get address(): TraceAddress {
    return this.#shown.address;
  }

  isFor(address: TraceAddress): boolean {
    return this.#shown.isFor(address);
  }

  /** Whether the person has pinned it. */
  get isPinned(): boolean {
    return isPinned(this.panel);
  }

  get loaded(): LoadedTrace | undefined {
    return this.#shown.loaded;
  }

  /** Brings the tab to the front and selects a span in it ("" for none). */
  show(spanId = "", preserveFocus = false): void {
    this.panel.reveal(undefined, preserveFocus);
    if (spanId === "") return;
    this.#select = spanId;
    void this.#onScreen().then(
      (trace) => this.#reveal(rowOfSpan(trace, spanId)),
      () => {},
    );
  }

  /** Shows another trace in the same tab. */
  goTo(address: TraceAddress): void {
    if (this.isFor(address)) return;
    this.#shown.goTo(address);
    this.#channel.tell("reload", []);
  }

  /** Its source has more of the trace. */
  received(): void {
    // One that was opened before it came.
    if (this.#shown.isStale) this.retry();
    else this.#shown.received();
  }

  /** Asks every connection for the trace and shows what they have together. */
  async mergeFromAll(): Promise<void> {
    const { address } = this.#shown;
    if (address.kind !== "connection") throw new UserError("A trace of a file has no other connections.");
    this.#shown.goTo({ ...address, merged: true });
    this.#channel.tell("reload", []);
  }

  /** Fetches the trace again when the last fetch failed. */
  retry(): void {
    if (this.#shown.isStale) this.#channel.tell("reload", []);
  }

  perform(action: PageAction): void {
    this.#channel.tell("perform", [action]);
  }

  /** Goes to the slowest span that has a line, or to the next or previous one, and opens its line. */
  async jump(which: "slowest" | "next" | "previous", row: number): Promise<void> {
    const trace = await this.#onScreen();
    const target = this.#code.slowRow(trace, which, row);
    this.#selected = target;
    // A page that is still to come selects it when it opens the trace.
    this.#select = spanIdOf(trace, target);
    this.#reveal(target);
    await this.#code.open(trace, target, undefined);
  }

  /** Walks on from the span that is selected in the page, or, when the page is hidden, from the one jumped to last. */
  async step(which: "next" | "previous"): Promise<void> {
    if (this.panel.visible) this.perform(which === "next" ? "nextSlow" : "previousSlow");
    else await this.jump(which, this.#selected);
  }

  copyLink(): Promise<void> {
    return this.#copyLink(-1);
  }

  dispose(): void {
    this.#shown.dispose();
    this.#channel.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#subscriptions.length = 0;
  }

  #host(): TraceHost {
    /** The trace and a row of it: what the page names is a claim. */
    const at = async (row: unknown) => {
      const trace = await this.#onScreen();
      return { trace, row: checkedRow(trace, row) };
    };
    return {
      open: (again) => this.#open(again === true),
      details: (version, part) => this.#detailsPart(version, part),
      logs: async (version) => {
        const { trace, logs } = await this.#shown.loading;
        if (version !== this.#shown.version) throw traceChanged();
        return pageLogs(trace, logs ?? []);
      },
      openLogSource: (version, log) => this.#code.openLog(version, log),
      mergeFromAll: () => this.mergeFromAll(),
      locate: async (claimed) => {
        const { trace, row } = await at(claimed);
        return this.#code.locate(trace, row);
      },
      openSource: async (claimed, choice) => {
        const { trace, row } = await at(claimed);
        return this.#code.open(trace, row, choice);
      },
      stackFrames: async (claimed, event, attribute) => {
        const { trace, row } = await at(claimed);
        const frames = this.#code.stackFrames(trace, row, event, attribute);
        return frames.map(({ from, to, isLibrary }) => ({ from, to, isLibrary }));
      },
      openStackFrame: async (claimed, event, attribute, frame) => {
        const { trace, row } = await at(claimed);
        return this.#code.openFrame(trace, row, event, attribute, frame);
      },
      followLink: (row, link) => this.#followLink(row, link),
      openSibling: async (traceId) => {
        const { siblings } = await this.#shown.loading;
        if (!siblings.some((sibling) => sibling.traceId === traceId)) return;
        this.#tools.openAddress({ ...this.address, traceId } as TraceAddress);
      },
      jump: (which, row) => this.jump(which, Number(row)),
      copy: async (text) => {
        if (typeof text === "string") await vscode.env.clipboard.writeText(text);
      },
      copyLink: (row) => this.#copyLink(row),
      openUrl: async (claimed, attribute) => {
        const { trace, row } = await at(claimed);
        await openUrl(trace, row, Number(attribute));
      },
      act: (action) => {
        if (action === "openAsText") void openAsText(this.address);
        const command = typeof action === "string" ? commandOf(action) : undefined;
        if (command !== undefined) void vscode.commands.executeCommand(command);
      },
      keep: (state) => {
        this.#state = state;
      },
      report: (message) =>
        this.#tools.log.error("The trace page reported an error", String(message).slice(0, 4000)),
    };
  }

  /** The trace whose rows the page names, which may be older than what has been fetched since; else that. */
  async #onScreen(): Promise<Trace> {
    return this.#given ?? (await this.#shown.loading).trace;
  }

  #reveal(row: number): void {
    if (row < 0) return;
    this.#channel.tell("reveal", [row]);
    // A page that has opened the trace has heard it, and is not to select it again whenever the trace grows.
    if (this.#given !== undefined) this.#select = "";
  }

  async #open(again: boolean): Promise<Opened> {
    const opening = this.#shown.open(again).catch((error: unknown) => {
      throw offeringText(error, this.address);
    });
    const { trace, summary, siblings, from, notes, partial, logs } = await opening;
    const select = this.#select === "" ? -1 : rowOfSpan(trace, this.#select);
    this.#select = "";
    this.#given = trace;
    return {
      version: this.#shown.version,
      outline: packOutline(trace),
      detailParts: detailParts(trace).parts,
      summary,
      siblings: siblings.slice(0, 500),
      from,
      notes: [...(notes ?? []), samplingNote(trace) ?? ""].filter(
        (note) => note !== "" && !trace.notes.includes(note),
      ),
      partial: partial === true,
      growing: this.#shown.isGrowing,
      logs: logs?.length ?? 0,
      noLogs: whyNoLogs(logs, from),
      mergeable: this.#tools.isMergeable(this.address),
      select,
      state: this.#state,
      address: this.address,
    };
  }

  async #detailsPart(version: number, part: number): Promise<ArrayBuffer> {
    const { trace } = await this.#shown.loading;
    const details = detailParts(trace);
    if (version !== this.#shown.version || !(part >= 0 && part < details.parts)) throw traceChanged();
    return details.part(part);
  }

  async #followLink(claimed: number, link: number): Promise<void> {
    const trace = await this.#onScreen();
    const row = checkedRow(trace, claimed);
    const at = trace.links.offset[row] + Number(link);
    if (!Number.isInteger(at) || at < trace.links.offset[row] || at >= trace.links.offset[row + 1]) return;
    const traceId = trace.texts.at(trace.links.traceId[at]);
    const spanId = trace.texts.at(trace.links.spanId[at]);
    if (traceId === trace.traceId) {
      const target = rowOfSpan(trace, spanId);
      if (target < 0) throw new UserError("The linked span is not in this trace.");
      this.#channel.tell("reveal", [target]);
    } else this.#tools.openAddress({ ...this.address, traceId } as TraceAddress, spanId);
  }

  async #copyLink(row: number): Promise<void> {
    const trace = await this.#onScreen();
    const spanId = row >= 0 && row < trace.length ? spanIdOf(trace, row) : "";
    await vscode.env.clipboard.writeText(traceLink(this.#tools.extensionId, this.address, spanId));
  }
}

/** The address a page kept in its own state, for the tab that is restored after a restart. */
export function addressOfState(state: unknown): TraceAddress | undefined {
  return typeof state === "object" && state !== null
    ? asAddress((state as { address?: unknown }).address)
    : undefined;
}

function checkedRow(trace: Trace, row: unknown): number {
  if (typeof row !== "number" || !Number.isInteger(row) || row < 0 || row >= trace.length) {
    throw new UserError("There is no such span in this trace.");
  }
  return row;
}
