import * as vscode from "vscode";
import type { TraceAddress } from "./address.ts";
import { addressOfState, TraceTab } from "./traceTab.ts";
import type { TraceTools } from "./traceTools.ts";

export const tabViewType = "traceline.trace";

/** The open trace tabs: one for each trace, found again when it is asked for again. */
export class TraceTabs implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #tools: TraceTools;
  readonly #tabs = new Set<TraceTab>();
  #last: TraceTab | undefined;

  constructor(tools: TraceTools) {
    this.#tools = tools;
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
