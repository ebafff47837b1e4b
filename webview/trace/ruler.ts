import { durationText } from "../../src/model/durationText.ts";
import { ticks } from "../../src/model/ticks.ts";
import { createCanvas, watchSize } from "../kit/canvas.ts";
import { element } from "../kit/dom.ts";
import { oncePerFrame } from "../kit/frame.ts";
import type { Theme } from "../kit/theme.ts";
import type { Browse } from "./browse.ts";
import type { PageStore } from "./pageState.ts";
import type { TimeWindow } from "./timeWindow.ts";

const LABEL_PX = 90;
const LABEL_GAP = 6;
const DRAG_PX = 4;

/** The marks that fit on a time line of `width` px. */
export function ticksFor(window: TimeWindow, width: number) {
  return ticks(window.from, window.to, Math.max(1, Math.floor(width / LABEL_PX)));
}

/** The time line over the bars: a drag along it comes closer, a double click shows the whole trace. */
export function createRuler(store: PageStore, browse: Browse, theme: () => Theme) {
  const canvas = createCanvas("ruler-canvas");
  const box = element(
    "div",
    { class: "ruler", title: "Drag to zoom in. Double-click to see the whole trace." },
    canvas.element,
  );
  let dragged: { from: number; to: number } | undefined;
  let pointer = -1;

  const paint = oncePerFrame(() => {
    const { width, height } = canvas;
    const { window } = store.get();
    const { foreground, muted, grid, accent, background, font } = theme();
    const context = canvas.clear();
    const scale = width / (window.to - window.from);
    context.font = `11px ${font}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    let free = 0;
    for (const tick of ticksFor(window, width)) {
      const x = Math.round((tick.at - window.from) * scale);
      context.fillStyle = grid;
      context.fillRect(x, 0, 1, height);
      context.fillStyle = muted;
      const wide = context.measureText(tick.label).width;
      const left = x + 5 + wide <= width ? x + 5 : x - 5 - wide;
      if (left <= free) continue;
      context.fillText(tick.label, left, height / 2 + 0.5);
      free = left + wide + LABEL_GAP;
    }
    if (dragged !== undefined) {
      const left = Math.min(dragged.from, dragged.to);
      const wide = Math.abs(dragged.to - dragged.from);
      context.fillStyle = accent;
      context.globalAlpha = 0.3;
      context.fillRect(left, 0, wide, height);
      context.globalAlpha = 1;
      context.fillRect(left, 0, 1, height);
      context.fillRect(left + wide - 1, 0, 1, height);
      const text = durationText(wide / scale);
      const textWidth = context.measureText(text).width;
      if (wide > textWidth + 10) {
        context.fillStyle = foreground;
        context.fillText(text, left + (wide - textWidth) / 2, height / 2 + 0.5);
      }
    } else if (pointer >= 0) {
      const text = durationText(window.from + pointer / scale);
      const textWidth = context.measureText(text).width;
      const left = Math.min(Math.max(0, pointer - textWidth / 2 - 4), Math.max(0, width - textWidth - 8));
      context.fillStyle = background;
      context.fillRect(left, 1, textWidth + 8, height - 2);
      context.fillStyle = foreground;
      context.fillText(text, left + 4, height / 2 + 0.5);
    }
  });
  const timeAt = (x: number) => {
    const { window } = store.get();
    return window.from + (x / Math.max(1, canvas.width)) * (window.to - window.from);
  };

  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const left = box.getBoundingClientRect().left;
    const within = (x: number) => Math.min(Math.max(x - left, 0), canvas.width);
    box.setPointerCapture(event.pointerId);
    const from = within(event.clientX);
    const move = (moved: PointerEvent) => {
      const to = within(moved.clientX);
      dragged = Math.abs(to - from) >= DRAG_PX ? { from, to } : undefined;
      paint();
    };
    const end = (last: PointerEvent) => {
      if (dragged !== undefined && last.type === "pointerup") {
        const [a, b] = [dragged.from, dragged.to].sort((x, y) => x - y);
        browse.showWindow({ from: timeAt(a), to: timeAt(b) });
      }
      dragged = undefined;
      paint();
      box.removeEventListener("pointermove", move);
      box.removeEventListener("pointerup", end);
      box.removeEventListener("pointercancel", end);
    };
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
  });
  box.addEventListener("dblclick", () => browse.showAll());
  store.watch(["window", "whole"], paint);
  watchSize(box, (width, height) => {
    if (canvas.fit(width, height)) paint();
  });
  return {
    element: box,
    paint,
    timeAt,
    /** Marks where the pointer is, in px from the left of the time line; -1 for nowhere. */
    point(x: number) {
      pointer = x;
      paint();
    },
  };
}
