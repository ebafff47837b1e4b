import { type Outline, Status } from "./trace.ts";

/** Bars of a minimap in px, as equally long columns: at most one a pixel row, however many spans there are. */
export interface Overview {
  readonly length: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly width: Float32Array;
  /** Height of every bar. */
  readonly barHeight: number;
  /** Service of the longest span in the bar. */
  readonly service: Uint32Array;
  /** Where spans that failed lie in the bar; errorWidth 0 when none has. */
  readonly errorX: Float32Array;
  readonly errorWidth: Float32Array;
}

/**
 * The minimap of the time from `from` to `to` (ns after the epoch) on `width` x `height` px. Rows that share a pixel row are
 * one bar, from their earliest start to their latest end; bars outside the window are left out, none is thinner than 1 px.
 */
export function overview(o: Outline, width: number, height: number, from: number, to: number): Overview {
  const bins = Math.max(0, Math.min(o.length, Math.floor(height)));
  const made = columns(bins);
  const scale = width / Math.max(1, to - from);
  const barHeight = bins === 0 ? 0 : height / bins;
  let length = 0;
  for (let bin = 0; bin < bins; bin++) {
    const last = Math.floor(((bin + 1) * o.length) / bins);
    let first = Number.POSITIVE_INFINITY;
    let end = Number.NEGATIVE_INFINITY;
    let errorFirst = Number.POSITIVE_INFINITY;
    let errorEnd = Number.NEGATIVE_INFINITY;
    let longest = -1;
    let service = 0;
    for (let row = Math.floor((bin * o.length) / bins); row < last; row++) {
      const duration = o.duration[row];
      const start = o.start[row];
      if (start < first) first = start;
      if (start + duration > end) end = start + duration;
      if (duration > longest) {
        longest = duration;
        service = o.service[row];
      }
      if (o.status[row] === Status.error) {
        if (start < errorFirst) errorFirst = start;
        if (start + duration > errorEnd) errorEnd = start + duration;
      }
    }
    if (first > to || end < from) continue;
    const bar = segment(first, end, from, scale, width);
    made.x[length] = bar.x;
    made.width[length] = bar.width;
    made.y[length] = bin * barHeight;
    made.service[length] = service;
    if (errorFirst <= to && errorEnd >= from) {
      const error = segment(errorFirst, errorEnd, from, scale, width);
      made.errorX[length] = error.x;
      made.errorWidth[length] = error.width;
    }
    length++;
  }
  return { length, barHeight, ...made };
}

function segment(first: number, end: number, from: number, scale: number, width: number) {
  const left = Math.max(0, (first - from) * scale);
  const right = Math.min(width, (end - from) * scale);
  const wide = Math.max(1, right - left);
  return { x: Math.max(0, Math.min(left, width - wide)), width: wide };
}

function columns(length: number) {
  return {
    x: new Float32Array(length),
    y: new Float32Array(length),
    width: new Float32Array(length),
    service: new Uint32Array(length),
    errorX: new Float32Array(length),
    errorWidth: new Float32Array(length),
  };
}
