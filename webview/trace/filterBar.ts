import { countText } from "../../src/model/durationText.ts";
import { button, checkbox, textField } from "../kit/controls.ts";
import { element, setText } from "../kit/dom.ts";
import { debounced } from "../kit/frame.ts";
import { visibleText } from "../kit/visibleText.ts";
import type { BarStyle } from "./barPainter.ts";
import { durationOf } from "./durationInput.ts";
import { pagedList } from "./pagedList.ts";
import type { PageStore } from "./pageState.ts";

/** Which spans to show: their services (which is the key to the colours as well), whether they failed, how long they took. */
export function createFilterBar(store: PageStore, style: () => BarStyle) {
  const services = element("div", { class: "services", role: "group", "aria-label": "Services" });
  const errors = checkbox("Only errors", "Only errors", (errorsOnly) => store.set({ errorsOnly }));
  const problem = element("span", { class: "field-problem", role: "status" });
  const setDuration = debounced(150, () => {
    const ns = durationOf(duration.value);
    setText(problem, ns === undefined ? "For example 10ms or 1.5s" : "");
    if (ns !== undefined) store.set({ minDuration: ns });
  });
  const duration = textField("At least this long", "At least, such as 10ms", setDuration);
  duration.element.classList.add("duration-field");
  const left = element("span", { class: "filter-left", role: "status" });
  const clear = button(
    "Clear",
    () => {
      duration.set("");
      setText(problem, "");
      store.set({ services: undefined, errorsOnly: false, minDuration: 0, onlyMatches: false });
    },
    { secondary: true, title: "Show all spans" },
  );
  const bar = element(
    "div",
    { class: "filter-bar", role: "region", "aria-label": "Filter" },
    element("div", { class: "filter-line" }, errors.element, duration.element, problem, left, clear),
    services,
  );
  let boxes: { set(checked: boolean): void }[] = [];

  const choose = (index: number, checked: boolean) => {
    const { outline } = store.get();
    const all = outline.services.length;
    const chosen = new Set(store.get().services ?? Array.from({ length: all }, (_, i) => i));
    if (checked) chosen.add(index);
    else chosen.delete(index);
    store.set({ services: chosen.size === all ? undefined : chosen });
  };
  const drawServices = () => {
    const { outline } = store.get();
    const { looks } = style();
    const counts = new Uint32Array(outline.services.length);
    for (let row = 0; row < outline.length; row++) counts[outline.service[row]]++;
    boxes = [];
    services.replaceChildren();
    pagedList(services, outline.services.length, "service", (index) => {
      const name = visibleText(outline.labels.at(outline.services[index]).slice(0, 200));
      const letters = element("span", { class: "letters" }, looks[index].letters);
      letters.style.backgroundColor = looks[index].color;
      letters.style.color = looks[index].ink;
      const label = element(
        "span",
        { class: "service-label" },
        letters,
        element("bdi", {}, name),
        element("span", { class: "count" }, countText(counts[index])),
      );
      const box = checkbox(label, `${name}, ${countText(counts[index], "span")}`, (checked) =>
        choose(index, checked),
      );
      const only = button("Only", () => store.set({ services: new Set([index]) }), {
        secondary: true,
        title: `Show only ${name}`,
      });
      only.classList.add("only");
      const chosen = store.get().services;
      box.set(chosen === undefined || chosen.has(index));
      boxes.push(box);
      return element("div", { class: "service" }, box.element, only);
    });
    update();
  };
  const update = () => {
    const state = store.get();
    errors.set(state.errorsOnly);
    boxes.forEach((box, index) => {
      box.set(state.services === undefined || state.services.has(index));
    });
    const kept = state.kept;
    let count = 0;
    if (kept !== undefined) for (const one of kept) count += one;
    setText(
      left,
      kept === undefined ? "" : `${countText(count)} of ${countText(state.outline.length, "span")}`,
    );
  };
  const show = () => {
    const { filterOpen } = store.get();
    if (filterOpen && boxes.length === 0) drawServices();
    bar.hidden = !filterOpen;
  };
  store.watch(["filterOpen"], show);
  store.watch(["kept", "services", "errorsOnly", "minDuration"], update);
  show();
  return {
    element: bar,
    focus: () => errors.element.focus(),
    redraw: () => {
      if (boxes.length > 0) drawServices();
    },
  };
}
