import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import { rowOfSpan, spanIdOf } from "../model/spanId.ts";
import type { Trace } from "../model/trace.ts";
import { slowSpans } from "../source/slowSpans.ts";
import { type Channel, createChannel } from "../wire/channel.ts";
import { detailParts, packOutline } from "../wire/pack.ts";
import { pageHtml } from "../wire/pageHtml.ts";
import type { Opened, PageAction, SourceAnswer, TraceHost, TracePage } from "../wire/protocol.ts";
import { addressKey, asAddress, type TraceAddress } from "./address.ts";
import { openSource } from "./openSource.ts";
import { openUrl } from "./openUrl.ts";
import { plainLabel } from "./plainLabel.ts";
import { commandOf } from "./tell.ts";
import { rootLabel } from "./traceItem.ts";
import { traceLink } from "./traceLink.ts";
import type { LoadedTrace } from "./traceLoader.ts";
import type { TraceTools } from "./traceTools.ts";

/**
 * One tab that shows one trace: it fetches the trace as soon as it exists, answers what the page asks, and ends the fetch
 * when it is closed. The page may be thrown away and made again (hidden, moved, reloaded) as often as the editor likes: it
 * just asks `open()` anew and is answered from what was fetched.
 */
export class TraceTab implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #asked: TraceAddress;
  #address: TraceAddress;
  readonly #tools: TraceTools;
  readonly #channel: Channel<TracePage>;
  readonly #subscriptions: vscode.Disposable[] = [];
  #controller = new AbortController();
  #loading: Promise<LoadedTrace>;
  #loaded: LoadedTrace | undefined;
  #version = 0;
  #state: unknown;
  #select: string;
  #slow: Int32Array | undefined;
  #selected = -1;
  #locating: AbortController | undefined;
  /** The last fetch failed: the next `open()` begins a new one. */
  #refused = false;

  constructor(panel: vscode.WebviewPanel, address: TraceAddress, tools: TraceTools, spanId = "") {
    this.panel = panel;
    this.#asked = address;
    this.#address = address;
    this.#tools = tools;
    this.#select = spanId;
    this.#channel = createChannel<TracePage, TraceHost>(
      (message) => void panel.webview.postMessage(message),
      this.#host(),
      (error) => tools.log.error("A request of the trace page failed", error),
    );
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message) => this.#channel.receive(message)),
      panel.onDidDispose(() => this.dispose()),
    );
    this.#loading = this.#load();
    this.#loading.catch(() => {});
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
    return this.#address;
  }

  /** Whether this is the tab for an address: the one it was opened with, or where its trace turned out to be. */
  isFor(address: TraceAddress): boolean {
    const key = addressKey(address);
    return key === addressKey(this.#asked) || key === addressKey(this.#address);
  }

  get loaded(): LoadedTrace | undefined {
    return this.#loaded;
  }

  /** Brings the tab to the front and selects a span in it ("" for none). */
  show(spanId = ""): void {
    this.panel.reveal(undefined, false);
    if (spanId === "") return;
    this.#select = spanId;
    void this.#loading.then(
      (loaded) => this.#channel.tell("reveal", [rowOfSpan(loaded.trace, spanId)]),
      () => {},
    );
  }

  perform(action: PageAction): void {
    this.#channel.tell("perform", [action]);
  }

  /** Goes to the slowest span that has a line, or to the next or previous one, and opens its line. */
  async jump(which: "slowest" | "next" | "previous", row: number): Promise<void> {
    const { trace } = await this.#loading;
    this.#slow ??= slowSpans(trace);
    if (this.#slow.length === 0) {
      throw new UserError(
        "No span of this trace says where its code is. Select a span to see what would make it possible.",
      );
    }
    const at = which === "slowest" ? -1 : this.#slow.indexOf(row);
    const step = which === "previous" ? this.#slow.length - 1 : 1;
    const next = which === "slowest" || at < 0 ? 0 : (at + step) % this.#slow.length;
    const target = this.#slow[next];
    this.#selected = target;
    // A page that is still to come selects it when it opens the trace.
    this.#select = spanIdOf(trace, target);
    this.#channel.tell("reveal", [target]);
    await this.#openSource(trace, target, undefined);
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
    this.#controller.abort();
    this.#channel.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#subscriptions.length = 0;
  }

  async #load(): Promise<LoadedTrace> {
    const loaded = await this.#tools.load(this.#address, this.#controller.signal, (bytes) =>
      this.#channel.tell("progress", [bytes]),
    );
    this.#loaded = loaded;
    this.#version++;
    this.#slow = undefined;
    this.panel.title = plainLabel(rootLabel(loaded.summary), 60);
    this.#address = loaded.address;
    this.#tools.opened(this, loaded);
    return loaded;
  }

  #host(): TraceHost {
    return {
      open: (again) => this.#open(again === true),
      details: (version, part) => this.#detailsPart(version, part),
      locate: (row) => this.#locate(row),
      openSource: async (row, choice) => {
        const { trace } = await this.#loading;
        return this.#openSource(trace, this.#checked(trace, row), choice);
      },
      followLink: (row, link) => this.#followLink(row, link),
      openSibling: async (traceId) => {
        const { siblings } = await this.#loading;
        if (!siblings.some((sibling) => sibling.traceId === traceId)) return;
        this.#tools.openAddress({ ...this.#address, traceId } as TraceAddress);
      },
      jump: (which, row) => this.jump(which, Number(row)),
      copy: async (text) => {
        if (typeof text === "string") await vscode.env.clipboard.writeText(text);
      },
      copyLink: (row) => this.#copyLink(row),
      openUrl: async (row, attribute) => {
        const { trace } = await this.#loading;
        await openUrl(trace, this.#checked(trace, row), Number(attribute));
      },
      act: (action) => {
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

  async #open(again: boolean): Promise<Opened> {
    if (this.#refused || again) {
      // The page has shown the reason or an older trace, and asks again because the person did or the tab was shown anew.
      this.#refused = false;
      this.#controller.abort();
      this.#controller = new AbortController();
      this.#loading = this.#load();
    }
    const loaded = await this.#loading.catch((error: unknown) => {
      this.#refused = true;
      throw error;
    });
    const { trace, summary, siblings, from } = loaded;
    const select = this.#select === "" ? -1 : rowOfSpan(trace, this.#select);
    this.#select = "";
    return {
      version: this.#version,
      outline: packOutline(trace),
      detailParts: detailParts(trace).parts,
      summary,
      siblings: siblings.slice(0, 500),
      from,
      select,
      state: this.#state,
      address: this.#address,
    };
  }

  async #detailsPart(version: number, part: number): Promise<ArrayBuffer> {
    const { trace } = await this.#loading;
    const details = detailParts(trace);
    if (version !== this.#version || !(part >= 0 && part < details.parts)) {
      throw new UserError("The trace has changed. Load it again.");
    }
    return details.part(part);
  }

  async #locate(row: number): Promise<SourceAnswer> {
    const { trace } = await this.#loading;
    const { finder } = this.#tools;
    // Who walks through rows wants the last one: the search for the one before ends.
    this.#locating?.abort();
    const locating = new AbortController();
    this.#locating = locating;
    const signal = AbortSignal.any([this.#controller.signal, locating.signal]);
    return finder.answer(await finder.find(trace, this.#checked(trace, row), signal));
  }

  async #openSource(trace: Trace, row: number, choice: number | undefined): Promise<SourceAnswer> {
    const { finder, files } = this.#tools;
    const resolution = await finder.find(trace, row, this.#controller.signal);
    const location = await finder.choose(resolution, choice);
    if (location !== undefined) await openSource(location, files);
    return finder.answer(resolution);
  }

  async #followLink(row: number, link: number): Promise<void> {
    const { trace } = await this.#loading;
    const first = trace.links.offset[this.#checked(trace, row)];
    const at = first + Number(link);
    if (!Number.isInteger(at) || at < first || at >= trace.links.offset[row + 1]) return;
    const traceId = trace.texts.at(trace.links.traceId[at]);
    const spanId = trace.texts.at(trace.links.spanId[at]);
    if (traceId === trace.traceId) {
      const target = rowOfSpan(trace, spanId);
      if (target < 0) throw new UserError("The linked span is not in this trace.");
      this.#channel.tell("reveal", [target]);
    } else this.#tools.openAddress({ ...this.#address, traceId } as TraceAddress, spanId);
  }

  async #copyLink(row: number): Promise<void> {
    const { trace } = await this.#loading;
    const spanId = row >= 0 && row < trace.length ? spanIdOf(trace, row) : "";
    await vscode.env.clipboard.writeText(traceLink(this.#tools.extensionId, this.#address, spanId));
  }

  /** A row number from the page is a claim. */
  #checked(trace: Trace, row: unknown): number {
    if (typeof row !== "number" || !Number.isInteger(row) || row < 0 || row >= trace.length) {
      throw new UserError("There is no such span in this trace.");
    }
    return row;
  }
}

/** The address a page kept in its own state, for the tab that is restored after a restart. */
export function addressOfState(state: unknown): TraceAddress | undefined {
  return typeof state === "object" && state !== null
    ? asAddress((state as { address?: unknown }).address)
    : undefined;
}
