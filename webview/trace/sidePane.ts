import { tabs } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import type { DetailsPane } from "./detailsPane.ts";
import type { PageStore } from "./pageState.ts";
import type { StatisticsPane } from "./statisticsPane.ts";

/** The pane beside or below the rows: the selected span, and the figures of the whole trace. */
export function createSidePane(
  store: PageStore,
  details: DetailsPane,
  statistics: StatisticsPane,
  closeButton: HTMLElement,
) {
  const pages = tabs(
    [
      { label: "Span", content: details.element },
      { label: "Statistics", content: statistics.element },
    ],
    (index) => store.set({ layout: { ...store.get().layout, statistics: index === 1 } }),
  );
  closeButton.classList.add("side-close");
  const follow = () => pages.show(store.get().layout.statistics ? 1 : 0);
  store.watch(["layout"], follow);
  follow();
  return element("aside", { class: "details", "aria-label": "Details" }, pages.element, closeButton);
}
