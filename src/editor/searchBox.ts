import * as vscode from "vscode";
import { countText } from "../model/countText.ts";
import { plainLabel } from "./plainLabel.ts";
import { namesShown } from "./searchNames.ts";
import { isCancelled } from "./tell.ts";

/** A list that is fetched while the box is open; what is typed may be taken even when it is not in the list. */
export function pickFetched(
  title: string,
  fetch: (signal: AbortSignal) => Promise<readonly string[]>,
  active: string,
  none: string,
): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<vscode.QuickPickItem & { value?: string }>();
  const controller = new AbortController();
  let names: readonly string[] = [];
  let problem = "";
  box.title = title;
  box.placeholder = active === "" ? "Type to filter" : active;
  box.busy = true;
  const update = () => {
    const text = box.value.trim();
    const { shown, hidden } = namesShown(names, text);
    box.items = [
      { label: none, value: "" },
      ...shown.map((value) => ({ label: plainLabel(value), value })),
      ...(hidden === 0 ? [] : [{ label: `${countText(hidden)} more: type to narrow`, alwaysShow: true }]),
      ...(text !== "" && !names.includes(text)
        ? [{ label: `Use "${plainLabel(text)}"`, value: text, alwaysShow: true }]
        : []),
      ...(problem === "" ? [] : [{ label: plainLabel(problem), alwaysShow: true }]),
    ];
  };
  update();
  void fetch(controller.signal).then(
    (list) => {
      names = list;
      box.busy = false;
      if (list.length === 0) problem = `No ${title.toLowerCase()} is known there yet.`;
      update();
    },
    (error: unknown) => {
      box.busy = false;
      if (!isCancelled(error)) problem = error instanceof Error ? error.message : String(error);
      update();
    },
  );
  return new Promise((resolve) => {
    box.onDidChangeValue(update);
    box.onDidAccept(() => {
      const text = box.value.trim();
      const value = box.selectedItems[0]?.value ?? (text === "" ? undefined : text);
      if (value === undefined) return;
      resolve(value);
      box.hide();
    });
    box.onDidHide(() => {
      controller.abort();
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
