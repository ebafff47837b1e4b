import { indexOfRow } from "../../src/model/rows.ts";
import { createCanvas, watchSize } from "../kit/canvas.ts";
import { element, setAttribute } from "../kit/dom.ts";
import { splitter } from "../kit/splitter.ts";
import { VirtualRows } from "../kit/virtualRows.ts";
import { type BarStyle, paintBars } from "./barPainter.ts";
import type { Browse } from "./browse.ts";
import { createLegend } from "./legend.ts";
import { createMinimap } from "./minimap.ts";
import { type PageStore, suggestedNameWidth } from "./pageState.ts";
import { createSpanRow, type SpanRow } from "./rowElement.ts";
import { createRuler, ticksFor } from "./ruler.ts";
import { createTooltip } from "./tooltip.ts";

const ROW_HEIGHT = 24;
const LEAST_NAME = 120;
/** The bars keep some room however narrow the page is. */
const MOST_NAME = 0.6;

export interface Waterfall {
  readonly element: HTMLElement;
  /** The treegrid: the one tab stop of all rows. */
  readonly grid: HTMLElement;
  /** Brings the selected row on screen, in the middle when it is far. */
  revealSelected(): void;
  /** Draws all anew: the theme or the services have changed. */
  restyle(): void;
  /** Rows that fit on screen. */
  page(): number;
}

/** Minimap, time line and rows. `headButtons` stand over the names; `openRow` is what Enter and a double click do. */
export function createWaterfall(
  store: PageStore,
  browse: Browse,
  style: () => BarStyle,
  headButtons: HTMLElement,
  openRow: () => void,
): Waterfall {
  const canvas = createCanvas("bars");
  const tooltip = createTooltip(store);
  const rows = new VirtualRows<SpanRow>({
    rowHeight: ROW_HEIGHT,
    make: createSpanRow,
    fill: (row, index) => row.fill(store.get(), style().looks, index, nameWidth()),
    painted(on) {
      const state = store.get();
      const marks = ticksFor(state.window, canvas.width).map((tick) => tick.at);
      paintBars(canvas, state, style(), on, ROW_HEIGHT, marks);
      pointAtSelected();
      minimap.paint();
    },
  });
  rows.layer.append(canvas.element);
  const cursor = element("div", { class: "time-cursor" });
  rows.layer.append(cursor);

  const ruler = createRuler(store, browse, () => style().theme);
  const share = () => {
    const all = Math.max(1, store.get().rows.length * ROW_HEIGHT);
    return { from: rows.top / all, to: Math.min(1, (rows.top + rows.height) / all) };
  };
  const minimap = createMinimap(store, browse, style, share, (to) =>
    rows.scrollTo(to * store.get().rows.length * ROW_HEIGHT),
  );
  const gridHead = element(
    "div",
    { class: "visually-hidden", role: "row", "aria-rowindex": 1 },
    element("span", { role: "columnheader", "aria-colindex": 1 }, "Span"),
    element("span", { role: "columnheader", "aria-colindex": 2 }, "Time"),
  );
  const grid = element(
    "div",
    {
      class: "grid",
      role: "treegrid",
      tabindex: 0,
      "aria-label": "Spans",
      "aria-colcount": 2,
      "aria-multiselectable": "false",
    },
    gridHead,
    rows.scroller,
  );
  let boxWidth = 0;
  const nameWidth = () => {
    const wanted = store.get().layout.nameWidth || suggestedNameWidth(boxWidth);
    return Math.min(wanted, Math.max(LEAST_NAME, Math.floor(boxWidth * MOST_NAME)));
  };
  const nameHead = element(
    "div",
    { class: "name-head" },
    element("span", { class: "head-title" }, "Spans"),
    headButtons,
  );
  const head = element("div", { class: "waterfall-head" }, nameHead, ruler.element);
  const divider = splitter({
    label: "Width of the name column",
    direction: "column",
    after: false,
    size: () => nameWidth(),
    limits: () => [LEAST_NAME, Math.max(LEAST_NAME, Math.floor(boxWidth * MOST_NAME))],
    onMove: (nameWidth) => store.set({ layout: { ...store.get().layout, nameWidth } }),
  });
  divider.element.classList.add("name-splitter");
  const legend = createLegend(store, style);
  const overview = element("div", { class: "overview" }, legend.element, minimap.element);
  const box = element("div", { class: "waterfall" }, overview, head, grid, divider.element, tooltip.element);

  const layout = () => {
    const width = nameWidth();
    box.style.setProperty("--name-width", `${width}px`);
    divider.set(width);
    rows.refill();
  };
  watchSize(box, (width) => {
    boxWidth = width;
    layout();
  });
  // A probe in the layer has the size of the time column whatever the scroll bar and the splitter do.
  const probe = element("div", { class: "time-probe" });
  rows.layer.append(probe);
  watchSize(probe, (width, height) => {
    box.style.setProperty("--scroll-bar", `${rows.scroller.offsetWidth - rows.scroller.clientWidth}px`);
    if (canvas.fit(width, height)) rows.paintSoon();
  });

  const pointAtSelected = () => {
    const { rows: shown, selected } = store.get();
    const index = selected < 0 ? -1 : indexOfRow(shown, selected);
    const row = index >= 0 && shown[index] === selected ? rows.rowAt(index) : undefined;
    setAttribute(grid, "aria-activedescendant", row?.element.id);
  };

  const rowAt = (event: MouseEvent) => {
    const y = event.clientY - rows.layer.getBoundingClientRect().top + rows.top;
    const index = Math.floor(y / ROW_HEIGHT);
    const shown = store.get().rows;
    return index >= 0 && index < shown.length ? shown[index] : -1;
  };
  rows.layer.addEventListener("click", (event) => {
    const row = rowAt(event);
    if (row < 0) return;
    const onTwistie = event.target instanceof Element && event.target.closest(".twistie:not(.leaf)") !== null;
    if (onTwistie) browse.toggle(row);
    store.set({ selected: row });
    grid.focus({ preventScroll: true });
  });
  rows.layer.addEventListener("dblclick", (event) => {
    const onTwistie = event.target instanceof Element && event.target.closest(".twistie:not(.leaf)") !== null;
    if (rowAt(event) >= 0 && !onTwistie) openRow();
  });
  let pointedAt = 0;
  rows.layer.addEventListener("pointermove", (event) => {
    pointedAt = rows.scroller.scrollTop;
    const x = event.clientX - probe.getBoundingClientRect().left;
    const over = x >= 0;
    cursor.hidden = !over;
    if (over) cursor.style.transform = `translateX(${Math.round(x)}px)`;
    ruler.point(over ? x : -1);
    tooltip.over(rowAt(event), event);
  });
  // The event of a scroll comes after it: a pointer that has moved since is on the row that it was moved to.
  rows.scroller.addEventListener(
    "scroll",
    () => {
      if (rows.scroller.scrollTop !== pointedAt) tooltip.over(-1);
    },
    { passive: true },
  );
  rows.layer.addEventListener("pointerleave", () => {
    cursor.hidden = true;
    ruler.point(-1);
    tooltip.over(-1);
  });
  cursor.hidden = true;

  box.addEventListener(
    "wheel",
    (event) => {
      const onTime = event.clientX >= probe.getBoundingClientRect().left;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const left = probe.getBoundingClientRect().left;
        const unit = event.deltaMode === 1 ? 33 : 1;
        browse.zoom(
          Math.exp(event.deltaY * unit * 0.003),
          onTime ? ruler.timeAt(event.clientX - left) : undefined,
        );
      } else if (sideways !== 0 && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
        event.preventDefault();
        browse.pan((sideways * (event.deltaMode === 1 ? 33 : 1)) / Math.max(1, canvas.width));
      }
      tooltip.over(-1);
    },
    { passive: false, capture: true },
  );
  rows.layer.addEventListener("pointerdown", (event) => {
    if (event.button !== 1) return;
    event.preventDefault();
    rows.layer.setPointerCapture(event.pointerId);
    box.classList.add("panning");
    let x = event.clientX;
    let y = event.clientY;
    const move = (moved: PointerEvent) => {
      browse.pan((x - moved.clientX) / Math.max(1, canvas.width));
      rows.scrollTo(rows.top + y - moved.clientY);
      x = moved.clientX;
      y = moved.clientY;
    };
    const end = () => {
      box.classList.remove("panning");
      rows.layer.removeEventListener("pointermove", move);
      rows.layer.removeEventListener("pointerup", end);
      rows.layer.removeEventListener("pointercancel", end);
    };
    rows.layer.addEventListener("pointermove", move);
    rows.layer.addEventListener("pointerup", end);
    rows.layer.addEventListener("pointercancel", end);
  });

  const revealSelected = (middle = true) => {
    const { rows: shown, selected, outline } = store.get();
    if (selected < 0) return;
    const index = indexOfRow(shown, selected, outline);
    if (index >= 0)
      rows.reveal(index, middle && Math.abs(rows.offsetOf(index) - rows.height / 2) > rows.height);
  };
  /** The row that stays where it is when rows come or go: the selected one when it is on screen, else the first. */
  let before = store.get().rows;
  const keepPlace = () => {
    const { rows: shown, selected, outline } = store.get();
    const { first, last } = rows.onScreen;
    let anchor = before[first];
    let offset = rows.offsetOf(first);
    const at = selected < 0 ? -1 : indexOfRow(before, selected, outline);
    if (at >= first && at < last) {
      anchor = before[at];
      offset = rows.offsetOf(at);
    }
    before = shown;
    const index = anchor === undefined || anchor >= outline.length ? -1 : indexOfRow(shown, anchor, outline);
    rows.setLength(shown.length, index < 0 ? undefined : { index, offset });
    setAttribute(grid, "aria-rowcount", String(shown.length + 1));
  };
  rows.setLength(before.length);
  setAttribute(grid, "aria-rowcount", String(before.length + 1));
  // A selected row that is on screen stays there when the grid gets lower, as when its line is opened beside the trace:
  // in the middle, so that what is below it is seen too.
  let lastHeight = 0;
  watchSize(rows.scroller, (_, height) => {
    const { rows: shown, selected, outline } = store.get();
    const index = selected < 0 ? -1 : indexOfRow(shown, selected, outline);
    const offset = index < 0 ? -1 : rows.offsetOf(index);
    if (offset >= 0 && offset < lastHeight && offset + ROW_HEIGHT > height) rows.reveal(index, true);
    lastHeight = height;
  });

  store.watch(["rows"], keepPlace);
  store.watch(["selected"], () => {
    revealSelected();
    rows.refill();
  });
  store.watch(["matches", "trace", "figures", "kept", "shown", "criticalPath"], () => rows.refill());
  store.watch(["window"], rows.paintSoon);
  store.watch(["layout"], layout);

  return {
    element: box,
    grid,
    revealSelected: () => revealSelected(),
    restyle() {
      rows.refill();
      ruler.paint();
      minimap.redraw();
      legend.redraw();
    },
    page: () => rows.page,
  };
}
