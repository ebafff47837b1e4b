/** A mark of the ruler: where it is (ns after the epoch) and what it says. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/**
 * Round marks from `from` to `to` (ns), with at most `most` spaces between them, in steps of 1, 2 or 5 times a power
 * of ten, above a minute in steps of a clock. All labels have one unit and as many decimals as the step needs, so
 * neighbours never read alike.
 */
export function ticks(from: number, to: number, most = 8): Tick[] {
  if (!(to > from) || !Number.isFinite(to - from) || most < 1) return [];
  const step = stepFor((to - from) / most);
  const unit = unitFor(step, Math.max(Math.abs(from), Math.abs(to)));
  const decimals = Math.max(0, Math.ceil(Math.log10(unit.size / step) - 1e-9));
  const list: Tick[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) {
    const at = i * step;
    list.push({ at, label: `${at === 0 ? 0 : (at / unit.size).toFixed(decimals)} ${unit.name}` });
  }
  return list;
}

const minute = 60e9;
const hour = 60 * minute;
const day = 24 * hour;
const clockSteps = [1, 2, 5, 10, 15, 30].map((n) => n * minute).concat([1, 2, 3, 6, 12].map((n) => n * hour));
const units = [
  { name: "ns", size: 1 },
  { name: "µs", size: 1e3 },
  { name: "ms", size: 1e6 },
  { name: "s", size: 1e9 },
  { name: "min", size: minute },
  { name: "h", size: hour },
  { name: "d", size: day },
];

function stepFor(least: number): number {
  if (least > 20e9 && least <= 12 * hour) return clockSteps.find((step) => step >= least) ?? day;
  const base = least > 12 * hour ? day : 1;
  const power = 10 ** Math.floor(Math.log10(least / base));
  const step = [1, 2, 5, 10].find((n) => n * power * base >= least * (1 - 1e-9)) ?? 10;
  // Times are whole ns, and a step of 50 s would not meet the minutes.
  return Math.max(base, step * power * base);
}

/** The largest unit that the marks reach; from a minute on, the largest that divides the step. */
function unitFor(step: number, reach: number) {
  const fits =
    step >= minute
      ? units.filter((unit) => step % unit.size === 0)
      : units.slice(0, 4).filter((unit) => reach >= unit.size);
  return fits.at(-1) ?? units[0];
}
