import { countText } from "../../src/model/durationText.ts";
import { watchSize } from "../kit/canvas.ts";
import { divider, iconButton, setDisabled, setPressed, textField } from "../kit/controls.ts";
import { element, setAttribute, setText } from "../kit/dom.ts";
import { showTipsOnFocus } from "../kit/focusTip.ts";
import { debounced } from "../kit/frame.ts";
import type { MenuItem } from "../kit/menu.ts";
import { type Action, actionTitle, disabledReason, perform } from "./action.ts";
import { firstAfter } from "./browse.ts";
import type { PageState, PageStore } from "./pageState.ts";
import { filtersSet } from "./rowsShown.ts";
import { buttonGroup, createToolbarRoom } from "./toolbarRoom.ts";

/** A find over 200,000 spans takes some 30 ms: it waits no longer than a quick typist between two keys. */
const FIND_WAIT_MS = 50;

/** Makes the buttons of actions and keeps them in step with the state; one that cannot be used has `say` tell why. */
export function actionButtons(store: PageStore, actions: readonly Action[], say: (text: string) => void) {
  const made: { readonly action: Action; readonly element: HTMLElement }[] = [];
  const update = (state: Readonly<PageState>) => {
    for (const { action, element } of made) {
      if (action.pressed !== undefined) setPressed(element, action.pressed(state));
      if (action.enabled === undefined) continue;
      setDisabled(element, disabledReason(action, state));
      setAttribute(element, "title", actionTitle(action, state));
    }
  };
  store.watch(
    [
      "selected",
      "matches",
      "onlyMatches",
      "filterOpen",
      "criticalPath",
      "rawTimes",
      "layout",
      "opened",
      "trace",
      "figures",
    ],
    update,
  );
  return (id: string): HTMLElement => {
    const action = actions.find((each) => each.id === id)!;
    const press = () => perform(action, store.get(), say);
    const button = iconButton(action.icon, action.label, press, actionTitle(action, store.get()));
    made.push({ action, element: button });
    update(store.get());
    return button;
  };
}

/**
 * The find field with its count and buttons, then the buttons of everything else, on one line: what has no room there is in
 * a menu, with `others` at its end.
 */
export function createToolbar(
  store: PageStore,
  actions: readonly Action[],
  buttonOf: (id: string) => HTMLElement,
  stepMatch: (by: 1 | -1) => void,
  others: readonly MenuItem[],
  say: (text: string) => void,
) {
  const search = debounced(FIND_WAIT_MS, () => {
    if (store.get().query === field.value) return;
    store.set({ query: field.value });
    const { matches, selected } = store.get();
    // The first match from the selected row on, unless that one is itself a match.
    if (
      matches !== undefined &&
      matches.length > 0 &&
      matches[firstAfter(matches, selected - 1)] !== selected
    )
      stepMatch(1);
  });
  const field = textField("Find in trace", "Find in names, services, attributes, IDs", search);
  field.element.classList.add("find-field");
  field.set(store.get().query);
  const count = element("span", { class: "find-count", role: "status" });
  field.element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (store.get().query !== field.value) store.set({ query: field.value });
    stepMatch(event.shiftKey ? -1 : 1);
  });

  // The toolkit's own badge writes a style attribute, which the page's policy refuses.
  const filterCount = element("span", { class: "filter-count" });
  const find = buttonGroup(["previousMatch", "nextMatch", "onlyMatches", "filter"], buttonOf);
  find.element.classList.add("find");
  find.element.prepend(field.element, count);
  find.element.append(filterCount);
  const groups = [
    ["slowest", "previousSlow", "nextSlow", "previousError", "nextError"],
    ["zoomIn", "zoomOut", "panLeft", "panRight", "zoomSelection", "zoomReset"],
    ["criticalPath", "rawTimes", "details", "detailsBelow", "logs", "statistics"],
    ["copyLink", "reload", "merge", "help"],
  ].map((ids) => buttonGroup(ids, buttonOf));
  const rest = element(
    "div",
    { class: "toolbar-rest" },
    ...groups.flatMap((group, index) => (index === 0 ? [group.element] : [divider(), group.element])),
  );
  const room = createToolbarRoom(
    store,
    actions,
    [find, ...groups].map((group) => group.buttons),
    rest,
    others,
    say,
  );
  rest.append(room.more);
  const bar = element(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Trace" },
    find.element,
    rest,
  );
  watchSize(bar, room.fit);
  showTipsOnFocus(bar);
  const update = () => {
    const state = store.get();
    const { matches, selected } = state;
    let text = "";
    if (matches !== undefined) {
      const at = matches.length === 0 ? -1 : firstAfter(matches, selected - 1);
      const on = at >= 0 && matches[at] === selected;
      text =
        matches.length === 0
          ? "No matches"
          : on
            ? `${countText(at + 1)} of ${countText(matches.length)}`
            : countText(matches.length, "match", "matches");
      if (state.trace === undefined) text += "…";
    }
    setText(count, text);
    count.classList.toggle("none", matches?.length === 0);
    const filters = filtersSet(state);
    filterCount.hidden = filters === 0;
    setText(filterCount, String(filters));
  };
  store.watch(["matches", "selected", "trace", "services", "errorsOnly", "minDuration"], update);
  store.watch(["query"], () => field.set(store.get().query));
  update();
  return { element: bar, focusFind: () => field.focus() };
}
