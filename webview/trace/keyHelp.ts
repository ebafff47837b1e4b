import { iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { keyText } from "../kit/keys.ts";
import type { Action } from "./action.ts";
import { gridKeyTexts } from "./gridKeys.ts";

const pointerTexts: readonly (readonly [string, string])[] = [
  ["Drag on the time line", "Zoom to what is marked"],
  ["Double-click on the time line", "Show the whole trace"],
  ["Ctrl+wheel", "Zoom at the pointer"],
  ["Shift+wheel, middle drag", "Move in time"],
  ["Double-click a row", "Open its source line"],
];

/** The list of all keys, over the page; Esc or a click beside it closes it. */
export function createKeyHelp(actions: readonly Action[]) {
  const line = (keys: readonly string[], label: string) =>
    element(
      "div",
      { class: "key-line" },
      element("dt", {}, ...keys.map((key) => element("kbd", {}, key))),
      element("dd", {}, label),
    );
  const group = (title: string, lines: HTMLElement[]) =>
    element("section", {}, element("h3", {}, title), element("dl", {}, ...lines));
  const groups = [...new Set(actions.map((action) => action.group))].map((name) =>
    group(
      name,
      actions
        .filter((action) => action.group === name)
        .map((action) => line(action.keys.map(keyText), action.label)),
    ),
  );
  const dialog = element(
    "dialog",
    { class: "key-help", "aria-label": "Keyboard shortcuts" },
    element(
      "div",
      { class: "key-help-head" },
      element("h2", {}, "Keyboard shortcuts"),
      iconButton("close", "Close", () => dialog.close()),
    ),
    element(
      "div",
      { class: "key-groups" },
      group(
        "In the rows",
        gridKeyTexts.map(([key, label]) => line([key], label)),
      ),
      ...groups,
      group(
        "With the pointer",
        pointerTexts.map(([key, label]) => line([key], label)),
      ),
    ),
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return {
    element: dialog,
    toggle() {
      if (dialog.open) dialog.close();
      else dialog.showModal();
    },
  };
}
