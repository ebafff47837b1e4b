import { countText } from "../../src/model/durationText.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";
import type { BarStyle } from "./barPainter.ts";
import type { PageStore } from "./pageState.ts";

/** More are in the filter bar. */
const MOST = 60;

/** The services in their colours, most spans first: a click shows one alone, another click all again. */
export function createLegend(store: PageStore, style: () => BarStyle) {
  const box = element("div", { class: "legend", role: "group", "aria-label": "Services" });
  let buttons: { readonly service: number; readonly element: HTMLElement }[] = [];

  const choose = (service: number) => {
    const { services } = store.get();
    const alone = services?.size === 1 && services.has(service);
    store.set({ services: alone ? undefined : new Set([service]) });
  };
  const redraw = () => {
    const { outline } = store.get();
    const { looks } = style();
    const counts = new Uint32Array(outline.services.length);
    for (let row = 0; row < outline.length; row++) counts[outline.service[row]]++;
    const order = Array.from(counts, (_, service) => service)
      .sort((a, b) => counts[b] - counts[a] || a - b)
      .slice(0, MOST);
    buttons = order.map((service) => {
      const name = visibleText(outline.labels.at(outline.services[service]).slice(0, 100));
      const letters = element("span", { class: "letters" }, looks[service].letters);
      letters.style.backgroundColor = looks[service].color;
      letters.style.color = looks[service].ink;
      const button = element(
        "button",
        {
          type: "button",
          // The filter bar (L) is the way for the keyboard: sixty more tab stops would be none.
          tabindex: -1,
          title: `${name}: ${countText(counts[service], "span")}. Click to show it alone.`,
          on: { click: () => choose(service) },
        },
        letters,
        element("bdi", {}, name),
      );
      return { service, element: button };
    });
    box.replaceChildren(...buttons.map((button) => button.element));
    update();
  };
  const update = () => {
    const { services } = store.get();
    for (const { service, element: button } of buttons) {
      const on = services === undefined || services.has(service);
      button.classList.toggle("off", !on);
      button.setAttribute("aria-pressed", String(services !== undefined && on));
    }
  };
  store.watch(["services"], update);
  redraw();
  return { element: box, redraw };
}
