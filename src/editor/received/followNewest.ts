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
  /**
   * When the newest trace that has come began, by the clock of its program: only that clock says what is newer than it, as
   * that of a container may be behind ours. One from the future counts as of now, or nothing would be newer.
   */
  #cameMs = 0;
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
    this.#forget();
    void vscode.commands.executeCommand("setContext", "traceline.following", this.#isOn);
    this.#changed.fire(this.#isOn);
    void vscode.window.setStatusBarMessage(
      this.#isOn ? "Traceline: following the newest received trace" : "Traceline: no longer following",
      4000,
    );
  }

  received(summaries: readonly TraceSummary[]): void {
    let newest = this.#newest;
    for (const summary of summaries) {
      if (summary.startMs > Math.max(this.#cameMs, newest?.startMs ?? 0)) newest = summary;
    }
    if (!this.#isOn) {
      if (newest !== undefined) this.#came(newest);
      return;
    }
    this.#newest = newest;
    if (this.#newest === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#show(), burstMs);
  }

  dispose(): void {
    this.#isOn = false;
    this.#forget();
  }

  #came({ startMs }: TraceSummary): void {
    this.#cameMs = Math.min(startMs, Date.now());
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
    this.#came(newest);
    const address = {
      kind: "connection",
      connection: receivedConnection.name,
      traceId: newest.traceId,
    } as const;
    const isFree = this.#tab !== undefined && this.#tabs.has(this.#tab) && !this.#tab.isPinned;
    if (isFree) this.#tab?.goTo(address);
    else this.#tab = this.#tabs.open(address, "", true);
  }
}
