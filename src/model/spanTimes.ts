import type { SpanSink } from "./spanSink.ts";
import { bigintOfWords } from "./time64.ts";

/** Times of the spans of one trace, relative to its epoch, before any repair that needs the tree. */
export interface SpanTimes {
  /** High and low word of the unix ns that is 0. */
  readonly epochHigh: number;
  readonly epochLow: number;
  /** ns after the epoch; 0 where `fault` says there is none. */
  readonly start: Float64Array;
  readonly duration: Float64Array;
  /** Bits of TimeFault. */
  readonly fault: Uint8Array;
}

export const TimeFault = { noStart: 1, noEnd: 2, endBeforeStart: 4, outOfRange: 8 } as const;

/**
 * A double holds whole ns up to 2^53 (104 days). A time further than half of that from the trace's median start is not
 * believed: the axis would be useless, and the others would lose their last digits.
 */
const farthest = 2 ** 52;

/** High word of the unix ns a day after 1970: no real clock says so, but hand-made traces count from 0. */
const firstDay = 20_117;

/**
 * Relative times of `rows`, which are indexes of committed spans. A start of 0 means "not given", save in a trace whose times
 * all lie in the first day of 1970 and whose span has an end.
 */
export function spanTimes(sink: SpanSink, rows: Int32Array): SpanTimes {
  const times = sink.times.data;
  const traits = sink.traits.data;
  const count = rows.length;
  const start = new Float64Array(count);
  const duration = new Float64Array(count);
  const fault = new Uint8Array(count);
  const countsFromZero = latestHigh(sink, rows) < firstDay;
  const { low: minimum, range } = countsFromZero ? { low: zero, range: 0 } : earliest(sink, rows);
  const median = range > farthest * 2 ? medianStart(sink, rows) : undefined;
  let [epochHigh, epochLow] = minimum;
  if (median !== undefined) [epochHigh, epochLow] = earliestNear(sink, rows, median);

  for (let i = 0; i < count; i++) {
    const at = rows[i] * 4;
    const startHigh = times[at];
    const startLow = times[at + 1];
    const endHigh = times[at + 2];
    const endLow = times[at + 3];
    const bad = (traits[rows[i]] & 1) !== 0;
    const isGiven = startHigh !== 0 || startLow !== 0 || (countsFromZero && (endHigh !== 0 || endLow !== 0));
    if (!isGiven || bad) {
      fault[i] = TimeFault.noStart;
      continue;
    }
    if (median !== undefined && Math.abs(startHigh * 4294967296 + startLow - median) > farthest) {
      fault[i] = TimeFault.outOfRange;
      continue;
    }
    start[i] = (startHigh - epochHigh) * 4294967296 + (startLow - epochLow);
    if (endHigh === 0 && endLow === 0) {
      fault[i] = TimeFault.noEnd;
      continue;
    }
    const took = (endHigh - startHigh) * 4294967296 + (endLow - startLow);
    if (took < 0) fault[i] = TimeFault.endBeforeStart;
    else if (took > farthest * 2) fault[i] = TimeFault.outOfRange;
    else duration[i] = took;
  }
  return { epochHigh, epochLow, start, duration, fault };
}

/** A time as sent, for a warning's text. */
export function sentTimes(sink: SpanSink, row: number): string {
  const t = sink.times.data;
  return `${bigintOfWords(t[row * 4], t[row * 4 + 1])} to ${bigintOfWords(t[row * 4 + 2], t[row * 4 + 3])} ns`;
}

const zero: [number, number] = [0, 0];

/** The high word of the latest time given. */
function latestHigh(sink: SpanSink, rows: Int32Array): number {
  const times = sink.times.data;
  let latest = 0;
  for (let i = 0; i < rows.length; i++) latest = Math.max(latest, times[rows[i] * 4], times[rows[i] * 4 + 2]);
  return latest;
}

function earliest(sink: SpanSink, rows: Int32Array): { low: [number, number]; range: number } {
  const times = sink.times.data;
  let minHigh = 0xffffffff;
  let minLow = 0xffffffff;
  let maxHigh = 0;
  let maxLow = 0;
  let seen = false;
  for (let i = 0; i < rows.length; i++) {
    const high = times[rows[i] * 4];
    const low = times[rows[i] * 4 + 1];
    if ((high === 0 && low === 0) || (sink.traits.data[rows[i]] & 1) !== 0) continue;
    seen = true;
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minHigh = high;
      minLow = low;
    }
    if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxHigh = high;
      maxLow = low;
    }
  }
  if (!seen) return { low: [0, 0], range: 0 };
  return { low: [minHigh, minLow], range: (maxHigh - minHigh) * 4294967296 + (maxLow - minLow) };
}

function medianStart(sink: SpanSink, rows: Int32Array): number {
  const times = sink.times.data;
  const values: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i] * 4;
    if (times[at] !== 0 || times[at + 1] !== 0) values.push(times[at] * 4294967296 + times[at + 1]);
  }
  const sorted = Float64Array.from(values).sort();
  return sorted[(sorted.length - 1) >> 1];
}

function earliestNear(sink: SpanSink, rows: Int32Array, median: number): [number, number] {
  const times = sink.times.data;
  let minHigh = 0xffffffff;
  let minLow = 0xffffffff;
  for (let i = 0; i < rows.length; i++) {
    const high = times[rows[i] * 4];
    const low = times[rows[i] * 4 + 1];
    if ((high === 0 && low === 0) || Math.abs(high * 4294967296 + low - median) > farthest) continue;
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minHigh = high;
      minLow = low;
    }
  }
  return [minHigh, minLow];
}
