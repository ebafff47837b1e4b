import { element } from "../kit/dom.ts";
import { keyText } from "../kit/keys.ts";
import { type MenuItem, menuButton } from "../kit/menu.ts";
import { type Action, disabledReason, perform } from "./action.ts";
import type { PageStore } from "./pageState.ts";

/** In the order in which buttons leave a toolbar that is too short: what is used least goes first, pairs go together. */
const leaving: readonly (readonly string[])[] = [
  ["help"],
  ["merge"],
  ["reload"],
  ["copyLink"],
  ["panLeft", "panRight"],
  ["rawTimes"],
  ["detailsBelow"],
  ["zoomIn", "zoomOut"],
  ["statistics"],
  ["previousSlow"],
  ["previousError"],
  ["zoomSelection"],
  ["zoomReset"],
  ["logs"],
  ["nextSlow"],
  ["details"],
  ["criticalPath"],
  ["nextError"],
  ["slowest"],
  ["onlyMatches"],
  ["previousMatch"],
];

const GAP_PX = 4;
/** The find field with its buttons takes this share of the bar, within limits, before any other button has to leave. */
const FIND_SHARE = 0.46;
const LEAST_FIND = 200;
const MOST_FIND = 420;

/** Keeps a toolbar on one line: buttons for which there is no room are lines of the menu behind "More actions…". */
export interface ToolbarRoom {
  readonly more: HTMLElement;
  /** Hides what does not fit beside the find field in a bar of `width` px. */
  fit(width: number): void;
}

/**
 * `groups` are buttons of actions by their ids, in the order in which they stand; `rest` holds all but those beside the find
 * field. `others` stand at the end of the menu and nowhere else. `say` is told why a line cannot be used that was chosen.
 */
export function createToolbarRoom(
  store: PageStore,
  actions: readonly Action[],
  groups: readonly ReadonlyMap<string, HTMLElement>[],
  rest: HTMLElement,
  others: readonly MenuItem[],
  say: (text: string) => void,
): ToolbarRoom {
  const buttons = new Map(groups.flatMap((group) => [...group]));
  const itemOf = (id: string): MenuItem => {
    const action = actions.find((each) => each.id === id)!;
    const state = store.get();
    return {
      label: action.label,
      icon: action.icon,
      key: keyText(action.keys[0]),
      checked: action.pressed?.(state),
      disabled: disabledReason(action, state),
      run: () => perform(action, store.get(), say),
    };
  };
  const more = menuButton("more", "More actions…", () => [
    ...groups.map((group) => [...group].filter(([, button]) => button.hidden).map(([id]) => itemOf(id))),
    others,
  ]);

  const fit = (width: number) => {
    if (width === 0) return;
    const focused = document.activeElement;
    for (const button of buttons.values()) button.hidden = false;
    more.hidden = true;
    drawDividers(rest);
    const find = Math.min(MOST_FIND, Math.max(LEAST_FIND, width * FIND_SHARE));
    let over = rest.offsetWidth + find - width;
    if (over <= 0) return;
    more.hidden = false;
    over += more.offsetWidth + GAP_PX;
    for (const ids of leaving) {
      if (over <= 0) break;
      for (const button of ids.flatMap((id) => buttons.get(id) ?? [])) {
        over -= button.offsetWidth + 2;
        button.hidden = true;
      }
    }
    drawDividers(rest);
    if (focused instanceof HTMLElement && focused.hidden) more.focus();
  };
  return { more, fit };
}

/** A line between two groups is drawn only where something stands on both of its sides. */
function drawDividers(rest: HTMLElement): void {
  let line: HTMLElement | undefined;
  let before = false;
  for (const child of rest.children as Iterable<HTMLElement>) {
    if (child.classList.contains("toolbar-group")) {
      const seen = [...child.children].some((button) => !(button as HTMLElement).hidden);
      child.hidden = !seen;
      if (seen && line !== undefined) line.hidden = false;
      if (seen) line = undefined;
      before ||= seen;
    } else if (child.tagName === "VSCODE-DIVIDER") {
      child.hidden = true;
      if (before) line = child;
    }
  }
}

/** Buttons of actions in a row. */
export function buttonGroup(
  ids: readonly string[],
  buttonOf: (id: string) => HTMLElement,
): { readonly element: HTMLElement; readonly buttons: ReadonlyMap<string, HTMLElement> } {
  const buttons = new Map(ids.map((id) => [id, buttonOf(id)] as const));
  return { element: element("div", { class: "toolbar-group" }, ...buttons.values()), buttons };
}
