import { overview } from "../../src/model/overview.ts";
import { createCanvas, watchSize } from "../kit/canvas.ts";
import { element } from "../kit/dom.ts";
import { oncePerFrame } from "../kit/frame.ts";
import type { BarStyle } from "./barPainter.ts";
import type { Browse } from "./browse.ts";
import type { PageStore } from "./pageState.ts";
import { clampWindow, isWhole, type TimeWindow } from "./timeWindow.ts";

const EDGE = 6;
const DRAG_PX = 4;
const LEAST_BAR = 1;

/** Which rows are on screen, as shares of all rows that are drawn. */
export interface RowShare {
  readonly from: number;
  readonly to: number;
}

type Drag =
  | { readonly kind: "undecided" | "range"; readonly x: number }
  | {
      readonly kind: "move";
      readonly x: number;
      readonly y: number;
      readonly window: TimeWindow;
      readonly top: number;
    }
  | { readonly kind: "rows"; readonly y: number; readonly top: number }
  | { readonly kind: "from" | "to" };

/**
 * The whole trace in a strip. Its window is dragged along and across (time and rows), its edges set the time; a drag beside
 * it, or anywhere while all of the time is on screen, makes a new one, and one straight down scrolls.
 */
export function createMinimap(
  store: PageStore,
  browse: Browse,
  style: () => BarStyle,
  rowsOnScreen: () => RowShare,
  scrollTo: (share: number) => void,
) {
  const canvas = createCanvas("minimap-canvas");
  const box = element(
    "div",
    { class: "minimap", role: "img", "aria-label": "Overview of the trace" },
    canvas.element,
  );
  const picture = createCanvas("");
  let stale = true;
  let drag: Drag | undefined;
  let range: TimeWindow | undefined;

  const xOf = (time: number) => {
    const { whole } = store.get();
    return ((time - whole.from) / (whole.to - whole.from)) * canvas.width;
  };
  const timeAt = (x: number) => {
    const { whole } = store.get();
    return (
      whole.from +
      (Math.min(Math.max(x, 0), canvas.width) / Math.max(1, canvas.width)) * (whole.to - whole.from)
    );
  };

  const drawPicture = () => {
    const { shown, whole } = store.get();
    const { looks, theme } = style();
    const { width, height } = canvas;
    picture.fit(width, height);
    const context = picture.clear();
    const inner = Math.max(1, height - 4);
    const bars = overview(shown, width, Math.min(inner, shown.length * 3), whole.from, whole.to);
    const stretch =
      bars.barHeight > 0 ? Math.min(1, inner / (bars.barHeight * Math.min(shown.length, inner))) : 1;
    for (let i = 0; i < bars.length; i++) {
      context.fillStyle = looks[bars.service[i]].color;
      const tall = Math.max(LEAST_BAR, Math.min(bars.barHeight * stretch * 0.8, 4));
      context.fillRect(bars.x[i], 2 + bars.y[i] * stretch, bars.width[i], tall);
      if (bars.errorWidth[i] > 0) {
        context.fillStyle = theme.error;
        context.fillRect(bars.errorX[i], 2 + bars.y[i] * stretch, Math.max(2, bars.errorWidth[i]), tall);
      }
    }
    stale = false;
  };

  const paint = oncePerFrame(() => {
    const { width, height } = canvas;
    if (width === 0) return;
    if (stale) drawPicture();
    const { window, whole } = store.get();
    const { theme } = style();
    const context = canvas.clear();
    context.drawImage(picture.element, 0, 0, width, height);
    const shownWindow = range ?? window;
    const left = xOf(shownWindow.from);
    const right = Math.max(left + 2, xOf(shownWindow.to));
    const all = range === undefined && isWhole(window, whole);
    const rows = rowsOnScreen();
    const top = rows.from * height;
    const bottom = Math.max(top + 3, rows.to * height);
    context.fillStyle = theme.background;
    context.globalAlpha = 0.65;
    context.fillRect(0, 0, left, height);
    context.fillRect(right, 0, width - right, height);
    if (range === undefined && rows.to - rows.from < 0.999) {
      context.globalAlpha = 0.45;
      context.fillRect(left, 0, right - left, top);
      context.fillRect(left, bottom, right - left, height - bottom);
    }
    context.globalAlpha = 1;
    context.strokeStyle = theme.accent;
    context.lineWidth = 1;
    if (rows.to - rows.from < 0.999 && range === undefined) {
      context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
    }
    if (!all) {
      context.fillStyle = theme.accent;
      context.fillRect(left, 0, 1, height);
      context.fillRect(right - 1, 0, 1, height);
      for (const x of [left, right]) {
        context.beginPath();
        context.roundRect(x - 3, height / 2 - 9, 6, 18, 3);
        context.fill();
      }
    }
  });

  const place = (x: number, y: number): Drag => {
    const { window, whole } = store.get();
    const left = xOf(window.from);
    const right = xOf(window.to);
    const all = isWhole(window, whole);
    const top = rowsOnScreen().from;
    if (Math.abs(x - left) <= EDGE && (!all || x <= EDGE)) return { kind: "from" };
    if (Math.abs(x - right) <= EDGE && (!all || x >= canvas.width - EDGE)) return { kind: "to" };
    if (!all && x > left && x < right) return { kind: "move", x, y, window, top };
    return { kind: "undecided", x };
  };
  const cursors = {
    from: "ew-resize",
    to: "ew-resize",
    move: "grab",
    undecided: "crosshair",
    range: "crosshair",
    rows: "ns-resize",
  };

  const dragTo = (x: number, y: number) => {
    const { window, whole } = store.get();
    if (drag === undefined) return;
    if (drag.kind === "range") range = ordered(timeAt(drag.x), timeAt(x));
    else if (drag.kind === "from") browse.showWindow(clampWindow(ordered(timeAt(x), window.to), whole));
    else if (drag.kind === "to") browse.showWindow(clampWindow(ordered(window.from, timeAt(x)), whole));
    else if (drag.kind === "rows") scrollTo(drag.top + (y - drag.y) / canvas.height);
    else if (drag.kind === "move") {
      const by = timeAt(x) - timeAt(drag.x);
      browse.showWindow(clampWindow({ from: drag.window.from + by, to: drag.window.to + by }, whole));
      scrollTo(drag.top + (y - drag.y) / canvas.height);
    }
    paint();
  };

  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const edge = box.getBoundingClientRect();
    const at = (of: PointerEvent) => [of.clientX - edge.left, of.clientY - edge.top] as const;
    const [x0, y0] = at(event);
    box.setPointerCapture(event.pointerId);
    drag = place(x0, y0);
    let moved = false;
    const move = (now: PointerEvent) => {
      const [x, y] = at(now);
      moved ||= Math.hypot(x - x0, y - y0) >= DRAG_PX;
      if (!moved) return;
      if (drag?.kind === "undecided") {
        const down = Math.abs(y - y0) > Math.abs(x - x0);
        drag = down ? { kind: "rows", y: y0, top: rowsOnScreen().from } : { kind: "range", x: x0 };
      }
      dragTo(x, y);
    };
    const end = (last: PointerEvent) => {
      if (last.type === "pointerup") {
        if (!moved) jump(x0, y0);
        else if (range !== undefined) browse.showWindow(clampWindow(range, store.get().whole));
      }
      range = undefined;
      drag = undefined;
      paint();
      box.removeEventListener("pointermove", move);
      box.removeEventListener("pointerup", end);
      box.removeEventListener("pointercancel", end);
    };
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
  });
  const jump = (x: number, y: number) => {
    const { window, whole } = store.get();
    const half = (window.to - window.from) / 2;
    if (!isWhole(window, whole)) {
      browse.showWindow(clampWindow({ from: timeAt(x) - half, to: timeAt(x) + half }, whole));
    }
    const rows = rowsOnScreen();
    scrollTo(y / canvas.height - (rows.to - rows.from) / 2);
  };
  box.addEventListener("pointermove", (event) => {
    if (drag === undefined) box.style.cursor = cursors[place(event.offsetX, event.offsetY).kind];
  });
  box.addEventListener("dblclick", () => browse.showAll());

  const redraw = () => {
    stale = true;
    paint();
  };
  store.watch(["window", "rows"], paint);
  store.watch(["shown", "whole"], redraw);
  watchSize(box, (width, height) => {
    if (canvas.fit(width, height)) redraw();
  });
  return { element: box, paint, redraw };
}

function ordered(a: number, b: number): TimeWindow {
  return a < b ? { from: a, to: b } : { from: b, to: a };
}
