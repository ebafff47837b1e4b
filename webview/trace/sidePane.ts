import { tabs } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import type { DetailsPane } from "./detailsPane.ts";
import type { LogsPane } from "./logsPane.ts";
import { type PageStore, panes } from "./pageState.ts";
import type { StatisticsPane } from "./statisticsPane.ts";

/** The pane beside or below the rows: the selected span, the log records, and the figures of the whole trace. */
export function createSidePane(
  store: PageStore,
  details: DetailsPane,
  logs: LogsPane,
  statistics: StatisticsPane,
  closeButton: HTMLElement,
) {
  const pages = tabs(
    [
      { label: "Span", content: details.element },
      { label: "Logs", content: logs.element },
      { label: "Statistics", content: statistics.element },
    ],
    (index) => store.set({ layout: { ...store.get().layout, pane: panes[index] } }),
  );
  closeButton.classList.add("side-close");
  const follow = () => {
    const { layout, opened } = store.get();
    const without = opened.logs === 0;
    pages.hide(panes.indexOf("logs"), without);
    pages.show(panes.indexOf(layout.pane === "logs" && without ? "span" : layout.pane));
  };
  store.watch(["layout", "opened"], follow);
  follow();
  return element("aside", { class: "details", "aria-label": "Details" }, pages.element, closeButton);
}
