/** The part of the trace's time that is on screen, in ns after the epoch. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** No closer than this: times are whole ns. */
const LEAST_NS = 10;

/** The window that is asked for, as far as it lies in the whole: moved before it is made smaller. */
export function clampWindow(wanted: TimeWindow, whole: TimeWindow): TimeWindow {
  const most = whole.to - whole.from;
  const span = Math.min(Math.max(wanted.to - wanted.from, Math.min(LEAST_NS, most)), most);
  if (!Number.isFinite(span) || !Number.isFinite(wanted.from)) return whole;
  const from = Math.min(Math.max(wanted.from, whole.from), whole.to - span);
  return { from, to: from + span };
}

/** Makes the window `factor` times as long (below 1 comes closer); what is at `around` stays where it is. */
export function zoomWindow(
  window: TimeWindow,
  factor: number,
  around: number,
  whole: TimeWindow,
): TimeWindow {
  const span = Math.max(LEAST_NS, (window.to - window.from) * factor);
  const share = (around - window.from) / Math.max(window.to - window.from, 1e-9);
  const from = around - share * span;
  return clampWindow({ from, to: from + span }, whole);
}

/** Moves the window by a share of its length, as far as the whole goes. */
export function panWindow(window: TimeWindow, share: number, whole: TimeWindow): TimeWindow {
  const by = (window.to - window.from) * share;
  return clampWindow({ from: window.from + by, to: window.to + by }, whole);
}

/** The window that shows `start … start + duration` with room on both sides. */
export function windowAround(start: number, duration: number, whole: TimeWindow): TimeWindow {
  const room = Math.max(duration * 0.1, LEAST_NS);
  return clampWindow({ from: start - room, to: start + duration + room }, whole);
}

/** The nearest window that has some of `start … start + duration` in it: the same one when it has already. */
export function windowShowing(
  window: TimeWindow,
  start: number,
  duration: number,
  whole: TimeWindow,
): TimeWindow {
  if (start <= window.to && start + duration >= window.from) return window;
  const span = window.to - window.from;
  return clampWindow({ from: start - span * 0.1, to: start + span * 0.9 }, whole);
}

export function isWhole(window: TimeWindow, whole: TimeWindow): boolean {
  return window.from <= whole.from && window.to >= whole.to;
}
