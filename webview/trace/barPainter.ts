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
/** Half the height of an event's diamond, and of one that gives way to a label. */
const DIAMOND = 5;
const SMALL_DIAMOND = 3.5;
/** The room of a mark before the duration. */
const MARK = 15;
const measure = textMeasure();

/**
 * Draws the bars of the rows on screen: one bar a row, on it its part of the critical path and its events, beside it its
 * marks and its duration.
 *
 *     |   ██████◆████  ⊗ 12.4 ms    |      a failed span with an event (small and higher where the label is in the bar)
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
    const look = style.looks[shown.service[row]];
    const warned = (shown.mark[row] & Mark.warning) !== 0;
    const events = (shown.mark[row] & Mark.events) !== 0;
    const marks = (failed ? MARK : 0) + (warned ? MARK : 0);
    const label = placeLabel(left, right, width, measure(context, text), marks);
    if (label?.inside && (events || look.texture !== "solid")) {
      // A badge of the bar's own colour keeps the words clear of textures.
      context.fillStyle = look.color;
      context.fillRect(label.x - 3, barTop, label.wide + 6, BAR);
    }
    if (trace !== undefined && events) paintEvents(context, style, state, row, scale, barTop, width, label);
    if (label === undefined) continue;
    paintLabel(
      context,
      theme,
      look,
      text,
      label,
      barTop + BAR / 2,
      failed && label.marked,
      warned && label.marked,
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
  barTop: number,
  width: number,
  label: LabelPlace | undefined,
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
    // Where the words stand there is room on the bar's upper edge alone.
    const beside = label === undefined || x + DIAMOND <= label.x || x - DIAMOND >= label.x + label.wide;
    const size = beside ? DIAMOND : SMALL_DIAMOND;
    const middle = beside ? barTop + BAR / 2 : barTop - 0.5;
    context.beginPath();
    context.moveTo(x, middle - size);
    context.lineTo(x + size, middle);
    context.lineTo(x, middle + size);
    context.lineTo(x - size, middle);
    context.closePath();
    context.fill();
    context.stroke();
  }
}

function isException(state: PageState, event: number): boolean {
  return state.outline.labels.at(state.trace!.events.name[event]) === "exception";
}

/** Where the marks and the duration of a bar stand, in px. */
interface LabelPlace {
  readonly x: number;
  readonly wide: number;
  /** On the bar, not beside it. */
  readonly inside: boolean;
  /** Whether there is room for the marks too, which the row's name has as well. */
  readonly marked: boolean;
}

/** The place for a duration `words` px wide after `marks` px of marks, which give way first; undefined without room. */
function placeLabel(
  left: number,
  right: number,
  width: number,
  words: number,
  marks: number,
): LabelPlace | undefined {
  const place = placeWords(left, right, width, words + marks, true);
  return place === undefined && marks > 0 ? placeWords(left, right, width, words, false) : place;
}

/** Right of the bar when there is room, else left of it, else in it at the window's edge. */
function placeWords(
  left: number,
  right: number,
  width: number,
  wide: number,
  marked: boolean,
): LabelPlace | undefined {
  if (right + 6 + wide <= width) return { x: right + 6, wide, inside: false, marked };
  if (left - 6 - wide >= 0) return { x: left - 6 - wide, wide, inside: false, marked };
  if (left + 4 + wide <= right)
    return { x: Math.max(left + 4, right - 6 - wide), wide, inside: true, marked };
  return undefined;
}

function paintLabel(
  context: CanvasRenderingContext2D,
  theme: Theme,
  look: ServiceLook,
  text: string,
  { x: start, inside }: LabelPlace,
  middle: number,
  failed: boolean,
  warned: boolean,
): void {
  let x = start;
  const behind = inside ? look.color : theme.background;
  if (failed) {
    paintError(context, inside ? look.ink : theme.error, behind, x + 5.5, middle);
    x += MARK;
  }
  if (warned) {
    paintWarning(context, inside ? look.ink : theme.warning, behind, x + 5.5, middle);
    x += MARK;
  }
  context.fillStyle = inside ? look.ink : theme.muted;
  context.textAlign = "left";
  context.fillText(text, x, middle + 0.5);
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
