import { countText } from "../../src/model/durationText.ts";
import { watchSize } from "../kit/canvas.ts";
import { element, setText } from "../kit/dom.ts";
import { oncePerFrame } from "../kit/frame.ts";
import { visibleText } from "../kit/visibleText.ts";
import type { BarStyle } from "./barPainter.ts";
import type { PageStore } from "./pageState.ts";

/** More are in the filter bar. */
const MOST = 60;

/** The services in their colours, most spans first: a click shows one alone, another click all again. */
export function createLegend(store: PageStore, style: () => BarStyle) {
  const box = element("div", { class: "legend", role: "group", "aria-label": "Services" });
  const more = element("button", {
    type: "button",
    class: "legend-more",
    tabindex: -1,
    on: { click: () => store.set({ filterOpen: true }) },
  });
  more.hidden = true;
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
    countMore();
  };
  /** Says how many services there is no room for, or none once they have been scrolled to. */
  const countMore = oncePerFrame(() => {
    const { scrollTop, clientHeight, clientWidth } = box;
    const bottom = scrollTop + clientHeight;
    const cut = buttons.filter(
      ({ element: button }) => button.offsetLeft + button.offsetWidth > clientWidth + 1,
    );
    const seen = buttons.filter((button) => {
      const middle = button.element.offsetTop + button.element.offsetHeight / 2;
      return middle > scrollTop && middle < bottom && !cut.includes(button);
    });
    for (const button of buttons) button.element.classList.toggle("cut", cut.includes(button));
    const unseen = store.get().outline.services.length - seen.length;
    const end = bottom >= box.scrollHeight - 2 && buttons.length === store.get().outline.services.length;
    more.hidden = unseen <= 0 || (end && scrollTop > 0);
    setText(more, `+${countText(unseen)}`);
    more.title = `${countText(unseen, "more service")}. Scroll, or click to see all in the filter.`;
  });
  const update = () => {
    const { services } = store.get();
    for (const { service, element: button } of buttons) {
      const on = services === undefined || services.has(service);
      button.classList.toggle("off", !on);
      button.setAttribute("aria-pressed", String(services !== undefined && on));
    }
  };
  store.watch(["services"], update);
  box.addEventListener("scroll", countMore, { passive: true });
  watchSize(box, countMore);
  redraw();
  return { element: element("div", { class: "legend-box" }, box, more), redraw };
}
