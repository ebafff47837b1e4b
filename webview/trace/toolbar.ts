import { countText } from "../../src/model/durationText.ts";
import { divider, iconButton, setDisabled, setPressed, textField } from "../kit/controls.ts";
import { element, setText } from "../kit/dom.ts";
import { debounced } from "../kit/frame.ts";
import { keyText } from "../kit/keys.ts";
import type { Action } from "./action.ts";
import { firstAfter } from "./browse.ts";
import type { PageState, PageStore } from "./pageState.ts";
import { filtersSet } from "./rowsShown.ts";

/** A find over 200,000 spans takes some 30 ms: it waits no longer than a quick typist between two keys. */
const FIND_WAIT_MS = 50;

/** Makes the buttons of actions and keeps them in step with the state. */
export function actionButtons(store: PageStore, actions: readonly Action[]) {
  const made: { readonly action: Action; readonly element: HTMLElement }[] = [];
  const update = (state: Readonly<PageState>) => {
    for (const { action, element } of made) {
      if (action.pressed !== undefined) setPressed(element, action.pressed(state));
      if (action.enabled !== undefined) setDisabled(element, !action.enabled(state));
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
    const title = `${action.label} (${action.keys.map(keyText).join(", ")})`;
    const button = iconButton(action.icon, action.label, action.run, title);
    made.push({ action, element: button });
    update(store.get());
    return button;
  };
}

/** The find field with its count and buttons, then the buttons of everything else. */
export function createToolbar(
  store: PageStore,
  buttonOf: (id: string) => HTMLElement,
  stepMatch: (by: 1 | -1) => void,
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

  const filterButton = buttonOf("filter");
  // The toolkit's own badge writes a style attribute, which the page's policy refuses.
  const filterCount = element("span", { class: "filter-count" });
  const group = (...ids: string[]) => element("div", { class: "toolbar-group" }, ...ids.map(buttonOf));
  const bar = element(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Trace" },
    element(
      "div",
      { class: "toolbar-group find" },
      field.element,
      count,
      buttonOf("previousMatch"),
      buttonOf("nextMatch"),
      buttonOf("onlyMatches"),
      filterButton,
      filterCount,
    ),
    element(
      "div",
      { class: "toolbar-rest" },
      group("slowest", "previousSlow", "nextSlow", "previousError", "nextError"),
      divider(),
      group("zoomIn", "zoomOut", "panLeft", "panRight", "zoomSelection", "zoomReset"),
      divider(),
      group("criticalPath", "rawTimes", "details", "detailsBelow", "logs", "statistics"),
      divider(),
      group("copyLink", "reload", "merge", "help"),
    ),
  );
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
