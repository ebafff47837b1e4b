import type * as vscode from "vscode";
import type { LineHint } from "../../source/hints.ts";
import { setting } from "../settings.ts";
import { fileIdOf } from "../workspaceFiles.ts";
import { type AnchoredHint, HintAnchors } from "./hintAnchors.ts";
import type { HintStore } from "./hintStore.ts";
import type { SavedTexts } from "./savedTexts.ts";

/** What is to be shown of the hints in a document, for lenses, decorations and hovers alike. */
export interface HintView extends vscode.Disposable {
  /** From memory alone: no request, no file is read. */
  hints(document: vscode.TextDocument): readonly AnchoredHint[];
  readonly enabled: boolean;
  shows(where: "codeLens" | "endOfLine"): boolean;
}

export function hintView(store: HintStore, texts: SavedTexts): HintView {
  const anchors = new HintAnchors(texts);
  return {
    get enabled() {
      return setting("hints.enabled");
    },
    shows(where) {
      const display = setting("hints.display");
      return setting("hints.enabled") && (display === where || display === "both");
    },
    hints(document) {
      if (!setting("hints.enabled")) return [];
      const thresholds = {
        minCalls: setting("hints.minimumCalls"),
        minLatencyMs: setting("hints.minimumLatency"),
      };
      const { starts } = texts.of(document);
      const hints: readonly LineHint[] = store.hints(fileIdOf(document.uri), thresholds, starts);
      return anchors.anchored(document, hints);
    },
    dispose: () => anchors.dispose(),
  };
}
