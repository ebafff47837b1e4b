import { durationText } from "../../src/model/durationText.ts";
import { Mark, Status } from "../../src/model/trace.ts";
import { type Canvas, textMeasure } from "../kit/canvas.ts";
import type { Theme } from "../kit/theme.ts";
import type { RowsOnScreen } from "../kit/virtualRows.ts";
import type { PageState } from "./pageState.ts";
import type { ServiceLook } from "./palette.ts";

/** How the bars look under the theme of now. */
export interface BarStyle {
  readonly theme: Theme;
  readonly looks: readonly ServiceLook[];
  readonly fills: readonly (string | CanvasPattern)[];
}

const BAR = 12;
const LEAST_WIDTH = 2;
const measure = textMeasure();

/**
 * Draws the bars of the rows on screen: one bar a row, on it its part of the critical path and its events, beside it its
 * marks and its duration.
 *
 *     |   ██████◆████  ⊗ 12.4 ms    |      a failed span with an event
 *     |▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂              |      the line under a bar: on the critical path
 *     | ◂ 3 ms                      |      the span lies before the window
 */
export function paintBars(
  canvas: Canvas,
  state: PageState,
  style: BarStyle,
  on: RowsOnScreen,
  rowHeight: number,
  ticks: readonly number[],
): void {
  const context = canvas.clear();
  const { theme } = style;
  const { width, height } = canvas;
  const { from, to } = state.window;
  const scale = width / (to - from);
  context.fillStyle = theme.grid;
  for (const at of ticks) context.fillRect(Math.round((at - from) * scale), 0, 1, height);

  context.font = `11px ${theme.font}`;
  context.textBaseline = "middle";
  const { shown, rows, kept, figures, trace } = state;
  for (let index = on.first; index < on.last; index++) {
    const row = rows[index];
    const top = (index - on.first) * rowHeight - on.shift;
    const middle = top + rowHeight / 2;
    const start = (shown.start[row] - from) * scale;
    const end = start + shown.duration[row] * scale;
    const failed = shown.status[row] === Status.error;
    context.globalAlpha = kept !== undefined && kept[row] === 0 ? 0.45 : 1;
    const text = durationText(shown.duration[row]);
    if (end < 0 || start > width) {
      paintOutside(context, theme, text, end < 0, width, middle);
      continue;
    }
    const left = Math.max(0, start);
    const right = Math.max(Math.min(width, end), left + LEAST_WIDTH);
    const barTop = Math.round(middle - BAR / 2) - 2;
    context.fillStyle = style.fills[shown.service[row]];
    context.fillRect(left, barTop, right - left, BAR);
    if (theme.border !== "transparent") {
      context.strokeStyle = theme.border;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, barTop + 0.5, Math.max(1, right - left - 1), BAR - 1);
    }
    if (state.criticalPath && figures !== undefined) {
      context.fillStyle = theme.foreground;
      for (let i = figures.pathOffset[row]; i < figures.pathOffset[row + 1]; i++) {
        const section = figures.pathSection[i];
        const a = Math.max(0, (figures.path.start[section] - from) * scale);
        const b = Math.min(width, (figures.path.end[section] - from) * scale);
        if (b > a - 1 && a <= width) context.fillRect(a, barTop + BAR + 1, Math.max(1.5, b - a), 3);
      }
    }
    if (trace !== undefined && (shown.mark[row] & Mark.events) !== 0) {
      paintEvents(context, style, state, row, scale, barTop + BAR / 2, width);
    }
    const warned = (shown.mark[row] & Mark.warning) !== 0;
    const busy = (shown.mark[row] & Mark.events) !== 0 || style.looks[shown.service[row]].texture !== "solid";
    paintLabel(
      context,
      style,
      text,
      { left, right, middle: barTop + BAR / 2, width, failed, warned, busy },
      shown.service[row],
    );
  }
  context.globalAlpha = 1;
}

function paintOutside(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  before: boolean,
  width: number,
  middle: number,
): void {
  context.fillStyle = theme.muted;
  const x = before ? 4 : width - 4;
  context.beginPath();
  context.moveTo(x, middle - 4);
  context.lineTo(x, middle + 4);
  context.lineTo(x + (before ? -4 : 4), middle);
  context.fill();
  context.textAlign = before ? "left" : "right";
  context.fillText(text, before ? x + 5 : x - 5, middle);
}

function paintEvents(
  context: CanvasRenderingContext2D,
  style: BarStyle,
  state: PageState,
  row: number,
  scale: number,
  middle: number,
  width: number,
): void {
  const events = state.trace!.events;
  const exception = (state.shown.mark[row] & Mark.exception) !== 0;
  // With times as sent the span lies elsewhere, and its events with it.
  const moved = state.shown.start[row] - state.outline.start[row];
  context.lineWidth = 1;
  context.strokeStyle = style.theme.background;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = events.offset[row]; i < events.offset[row + 1]; i++) {
    const x = Math.round((events.time[i] + moved - state.window.from) * scale);
    if (x < -4 || x > width + 4 || Math.abs(x - last) < 2) continue;
    last = x;
    context.fillStyle = exception && isException(state, i) ? style.theme.error : style.theme.foreground;
    context.beginPath();
    context.moveTo(x, middle - 5);
    context.lineTo(x + 5, middle);
    context.lineTo(x, middle + 5);
    context.lineTo(x - 5, middle);
    context.closePath();
    context.fill();
    context.stroke();
  }
}

function isException(state: PageState, event: number): boolean {
  return state.outline.labels.at(state.trace!.events.name[event]) === "exception";
}

interface LabelPlace {
  readonly left: number;
  readonly right: number;
  readonly middle: number;
  readonly width: number;
  readonly failed: boolean;
  readonly warned: boolean;
  /** Whether the bar is more than plain colour. */
  readonly busy: boolean;
}

/** The marks and the duration: right of the bar when there is room, else left of it, else in it at the window's edge. */
function paintLabel(
  context: CanvasRenderingContext2D,
  style: BarStyle,
  text: string,
  place: LabelPlace,
  service: number,
): void {
  const { theme } = style;
  const marks = (place.failed ? 15 : 0) + (place.warned ? 15 : 0);
  const wide = measure(context, text) + marks;
  let x: number;
  let ink = theme.muted;
  if (place.right + 6 + wide <= place.width) x = place.right + 6;
  else if (place.left - 6 - wide >= 0) x = place.left - 6 - wide;
  else {
    x = Math.max(place.left + 4, place.right - 6 - wide);
    ink = style.looks[service].ink;
    if (place.busy) {
      // A badge of the bar's own colour keeps the words clear of textures and events.
      context.fillStyle = style.looks[service].color;
      context.fillRect(x - 3, place.middle - BAR / 2, wide + 6, BAR);
    }
  }
  const inside = ink !== theme.muted;
  if (place.failed) {
    paintError(
      context,
      inside ? ink : theme.error,
      inside ? style.looks[service].color : theme.background,
      x + 5.5,
      place.middle,
    );
    x += 15;
  }
  if (place.warned) {
    paintWarning(
      context,
      inside ? ink : theme.warning,
      inside ? style.looks[service].color : theme.background,
      x + 5.5,
      place.middle,
    );
    x += 15;
  }
  context.fillStyle = ink;
  context.textAlign = "left";
  context.fillText(text, x, place.middle + 0.5);
}

function paintError(
  context: CanvasRenderingContext2D,
  color: string,
  ink: string,
  x: number,
  y: number,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, 5, 0, Math.PI * 2);
  context.fill();
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x - 2, y - 2);
  context.lineTo(x + 2, y + 2);
  context.moveTo(x + 2, y - 2);
  context.lineTo(x - 2, y + 2);
  context.stroke();
}

function paintWarning(
  context: CanvasRenderingContext2D,
  color: string,
  ink: string,
  x: number,
  y: number,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x + 5.5, y + 4.5);
  context.lineTo(x - 5.5, y + 4.5);
  context.fill();
  context.fillStyle = ink;
  context.fillRect(x - 0.75, y - 2, 1.5, 3.5);
  context.fillRect(x - 0.75, y + 2.3, 1.5, 1.4);
}
