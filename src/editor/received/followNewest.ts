import * as vscode from "vscode";
import { receivedConnection } from "../../backends/local/receivedSource.ts";
import { Emitter } from "../../base/event.ts";
import type { TraceSummary } from "../../model/summary.ts";
import type { TraceTab } from "../traceTab.ts";
import type { TraceTabs } from "../traceTabs.ts";

/** What comes within this time is one burst: only its newest trace is shown. */
const burstMs = 400;

/** While it is on, one tab always shows the trace that came last; the focus stays where the person is. */
export class FollowNewest implements vscode.Disposable {
  readonly #tabs: TraceTabs;
  #tab: TraceTab | undefined;
  #newest: TraceSummary | undefined;
  #shownMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOn = false;
  readonly #changed = new Emitter<boolean>();
  readonly onChange = this.#changed.event;

  constructor(tabs: TraceTabs) {
    this.#tabs = tabs;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  toggle(): void {
    this.#isOn = !this.#isOn;
    this.#shownMs = Date.now();
    this.#forget();
    void vscode.commands.executeCommand("setContext", "traceline.following", this.#isOn);
    this.#changed.fire(this.#isOn);
    void vscode.window.setStatusBarMessage(
      this.#isOn ? "Traceline: following the newest received trace" : "Traceline: no longer following",
      4000,
    );
  }

  received(summaries: readonly TraceSummary[]): void {
    if (!this.#isOn) return;
    for (const summary of summaries) {
      if (summary.startMs > Math.max(this.#shownMs, this.#newest?.startMs ?? 0)) this.#newest = summary;
    }
    if (this.#newest === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#show(), burstMs);
  }

  dispose(): void {
    this.#isOn = false;
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#newest = undefined;
  }

  #show(): void {
    this.#timer = undefined;
    const newest = this.#newest;
    this.#newest = undefined;
    if (newest === undefined || !this.#isOn) return;
    this.#shownMs = newest.startMs;
    const address = {
      kind: "connection",
      connection: receivedConnection.name,
      traceId: newest.traceId,
    } as const;
    if (this.#tab !== undefined && this.#tabs.has(this.#tab)) this.#tab.goTo(address);
    else this.#tab = this.#tabs.open(address, "", true);
  }
}
