import * as vscode from "vscode";
import { durationText } from "../model/durationText.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { TraceAddress } from "./address.ts";
import { plainLabel } from "./plainLabel.ts";
import { rootLabel } from "./traceItem.ts";
import { addressOfState, TraceTab } from "./traceTab.ts";
import type { TraceTools } from "./traceTools.ts";

export const tabViewType = "traceline.trace";

/** The open trace tabs: one for each trace, found again when it is asked for again. */
export class TraceTabs implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #tools: TraceTools;
  readonly #tabs = new Set<TraceTab>();
  readonly #summaries = new WeakMap<TraceTab, TraceSummary>();
  #last: TraceTab | undefined;

  constructor(tools: TraceTools) {
    this.#tools = {
      ...tools,
      opened: (tab, loaded, isGrown) => {
        this.#summaries.set(tab, loaded.summary);
        this.#entitle();
        tools.opened(tab, loaded, isGrown);
      },
    };
  }

  /** The tab in front, else the one that was in front last. */
  get current(): TraceTab | undefined {
    for (const tab of this.#tabs) if (tab.panel.active) return tab;
    return this.#last ?? [...this.#tabs].at(-1);
  }

  has(tab: TraceTab): boolean {
    return this.#tabs.has(tab);
  }

  /** Tells the tabs of these traces that their source has more of them. */
  received(connection: string, traceIds: ReadonlySet<string>): void {
    for (const tab of this.#tabs) {
      const { address } = tab;
      if (address.kind !== "connection" || !traceIds.has(address.traceId)) continue;
      if (address.connection === connection || address.merged === true) tab.received();
    }
  }

  /** Fetches again the traces whose last fetch failed. */
  retry(): void {
    for (const tab of this.#tabs) tab.retry();
  }

  open(address: TraceAddress, spanId = "", preserveFocus = false): TraceTab {
    for (const tab of this.#tabs) {
      if (!tab.isFor(address)) continue;
      tab.show(spanId, preserveFocus);
      return tab;
    }
    const panel = vscode.window.createWebviewPanel(
      tabViewType,
      "Trace",
      { viewColumn: columnForTraces(), preserveFocus },
      { enableScripts: true, enableFindWidget: false },
    );
    return this.adopt(panel, address, spanId);
  }

  /** Makes a trace tab of a panel that VS Code has made. */
  adopt(panel: vscode.WebviewPanel, address: TraceAddress, spanId = ""): TraceTab {
    const media = vscode.Uri.joinPath(this.#tools.extensionUri, "media");
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, "tab-light.svg"),
      dark: vscode.Uri.joinPath(media, "tab-dark.svg"),
    };
    const tab = new TraceTab(panel, address, this.#tools, spanId);
    this.#tabs.add(tab);
    this.#last = tab;
    this.#updateContext();
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#last = tab;
    });
    panel.onDidDispose(() => {
      this.#tabs.delete(tab);
      if (this.#last === tab) this.#last = undefined;
      this.#updateContext();
    });
    return tab;
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const address = addressOfState(state);
    if (address === undefined) panel.dispose();
    else this.adopt(panel, address);
  }

  dispose(): void {
    for (const tab of this.#tabs) tab.dispose();
    this.#tabs.clear();
  }

  /** The titles of the tabs, of those that are called the same with how long each took. */
  #entitle(): void {
    const named = [...this.#tabs].flatMap((tab) => {
      const summary = this.#summaries.get(tab);
      return summary === undefined ? [] : [{ tab, summary, title: plainLabel(rootLabel(summary), 60) }];
    });
    for (const { tab, summary, title } of named) {
      const isOnly = named.filter((other) => other.title === title).length === 1;
      const said = isOnly ? title : `${title} · ${durationText(summary.durationNs)}`;
      if (tab.panel.title !== said) tab.panel.title = said;
    }
  }

  #updateContext(): void {
    void vscode.commands.executeCommand("setContext", "traceline.hasTrace", this.#tabs.size > 0);
  }
}

/** Beside other traces if there are any, else where the person is. */
function columnForTraces(): vscode.ViewColumn {
  for (const group of vscode.window.tabGroups.all) {
    const input = group.activeTab?.input;
    if (input instanceof vscode.TabInputWebview && input.viewType.endsWith(tabViewType))
      return group.viewColumn;
  }
  return vscode.ViewColumn.Active;
}
