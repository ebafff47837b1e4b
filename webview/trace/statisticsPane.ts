import { countText, durationText, shareText } from "../../src/model/durationText.ts";
import { type Statistic, statistics } from "../../src/model/statistics.ts";
import { dropdown } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { oncePerFrame } from "../kit/frame.ts";
import { visibleText } from "../kit/visibleText.ts";
import type { BarStyle } from "./barPainter.ts";
import type { Browse } from "./browse.ts";
import { pagedList } from "./pagedList.ts";
import type { PageState, PageStore } from "./pageState.ts";

/** Of fewer calls the 95th percentile is only another name for the longest. */
const LEAST_FOR_P95 = 5;

export interface StatisticsPane {
  readonly element: HTMLElement;
  readonly redraw: () => void;
}

/** Where the time went: operations or services by their self time; a click on one selects its longest span. */
export function createStatisticsPane(
  store: PageStore,
  browse: Browse,
  style: () => BarStyle,
): StatisticsPane {
  let byService = false;
  const list = element("div", { class: "statistics", role: "list" });
  const choice = dropdown("Group by", ["Operations", "Services"], 0, (index) => {
    byService = index === 1;
    redraw();
  });
  const head = element(
    "div",
    { class: "statistics-head" },
    choice,
    element("span", { class: "count" }, "Self time, most first"),
  );
  const box = element("div", { class: "details-body statistics-body", tabindex: -1 }, head, list);

  const draw = () => {
    const state = store.get();
    if (!state.layout.detailsOpen || state.layout.pane !== "statistics") return;
    const { outline, figures } = state;
    if (figures === undefined) return;
    const all = statistics(outline, figures.self, figures.critical);
    const shown = byService ? all.services : all.operations;
    const total = shown.reduce((sum, each) => sum + each.self, 0);
    list.replaceChildren();
    pagedList(list, shown.length, byService ? "service" : "operation", (index) =>
      line(state, shown[index], total, style(), () => browse.select(longestOf(state, shown[index]))),
    );
  };
  const redraw = oncePerFrame(draw);
  store.watch(["figures", "layout"], redraw);
  redraw();
  return { element: box, redraw };
}

function line(
  state: PageState,
  of: Statistic,
  total: number,
  style: BarStyle,
  select: () => void,
): HTMLElement {
  const { outline } = state;
  const look = style.looks[of.service];
  const service = visibleText(outline.labels.at(outline.services[of.service]).slice(0, 200));
  const operation = of.name < 0 ? "" : visibleText(outline.labels.at(of.name).slice(0, 200)) || "(no name)";
  const letters = element("span", { class: "letters" }, look.letters);
  letters.style.backgroundColor = look.color;
  letters.style.color = look.ink;
  const bar = element("span", { class: "share" });
  bar.style.width = `${total > 0 ? (100 * of.self) / total : 0}%`;
  bar.style.backgroundColor = look.color;
  const figure = (label: string, value: string, title?: string) =>
    element(
      "span",
      { class: "figure", title },
      element("span", { class: "figure-label" }, label),
      " ",
      value,
    );
  const p95 =
    of.count < LEAST_FOR_P95
      ? figure(
          "p95",
          "–",
          `${countText(of.count, "call")} are too few for a 95th percentile: see the longest, max`,
        )
      : figure("p95", durationText(of.p95));
  return element(
    "div",
    { role: "listitem" },
    element(
      "button",
      {
        type: "button",
        class: "statistic",
        title: `${operation === "" ? "" : `${operation}, `}${service}\nSelect the longest of these spans`,
        on: { click: select },
      },
      element(
        "span",
        { class: "statistic-name" },
        letters,
        element("bdi", { class: "span-name" }, operation === "" ? service : operation),
        operation !== "" && element("bdi", { class: "span-service" }, service),
        element(
          "span",
          { class: "statistic-self" },
          `${durationText(of.self)} · ${shareText(of.self, total)}`,
        ),
      ),
      element("span", { class: "share-track" }, bar),
      element(
        "span",
        { class: "figures" },
        element("span", { class: "figure" }, countText(of.count, "call")),
        of.errors > 0 && element("span", { class: "figure figure-error" }, countText(of.errors, "error")),
        of.critical > 0 && figure("critical path", shareText(of.critical, state.figures?.criticalTotal ?? 0)),
        of.count > 1 && figure("p50", durationText(of.p50)),
        of.count > 1 && p95,
        figure(of.count > 1 ? "max" : "duration", durationText(of.max)),
      ),
    ),
  );
}

function longestOf({ outline }: PageState, of: Statistic): number {
  let longest = -1;
  for (let row = 0; row < outline.length; row++) {
    if (outline.service[row] !== of.service || (of.name >= 0 && outline.name[row] !== of.name)) continue;
    if (longest < 0 || outline.duration[row] > outline.duration[longest]) longest = row;
  }
  return longest;
}
