import type * as vscode from "vscode";
import type { TraceAddress } from "./address.ts";
import type { Log } from "./log.ts";
import type { SourceFinder } from "./sourceFinder.ts";
import type { LoadedTrace, LoadTrace } from "./traceLoader.ts";
import type { TraceTab } from "./traceTab.ts";
import type { WorkspaceFiles } from "./workspaceFiles.ts";

/** What a trace tab needs of the rest of the editor. */
export interface TraceTools {
  readonly extensionUri: vscode.Uri;
  /** "publisher.name": the host part of links to traces. */
  readonly extensionId: string;
  readonly load: LoadTrace;
  readonly finder: SourceFinder;
  readonly files: WorkspaceFiles;
  readonly log: Log;
  /** Whether other connections may hold spans of the trace. */
  isMergeable(address: TraceAddress): boolean;
  /** A tab has its trace; `isGrown` when it was there before, with less in it. */
  opened(tab: TraceTab, loaded: LoadedTrace, isGrown: boolean): void;
  /** Opens, or brings to the front, the tab of another trace. */
  openAddress(address: TraceAddress, spanId?: string): void;
}
