import { countText } from "./countText.ts";

export { countText };

/**
 * A duration in ns as a person reads it: three significant digits up to a minute, two units above. `850 ns`, `12.4 µs`,
 * `1.25 s`, `2 min 3 s`. Zeros at the end stand where something was rounded off, so that `6.40 ms` is not taken for less exact
 * than `6.38 ms` beside it; what is exactly so long is `12 ms`. What is not a number is `–`.
 */
export function durationText(ns: number): string {
  if (!Number.isFinite(ns)) return "–";
  if (ns < 0) return `-${durationText(-ns)}`;
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  for (const [size, unit] of small) {
    const text = (ns / size).toPrecision(3);
    const rounded = Number(text);
    if (rounded >= 1000 || (unit === "s" && rounded >= 60)) continue;
    return `${rounded === ns / size ? rounded : text} ${unit}`;
  }
  const seconds = Math.round(ns / 1e9);
  const at = large.findIndex(([size]) => seconds >= size);
  const [size, unit] = large[at];
  const [below, belowUnit] = large[at + 1];
  // Rounded to the lower of the two units, which may carry into the upper: 3 h 59 min 50 s is 4 h.
  const whole = Math.round(seconds / below) * below;
  if (at > 0 && whole >= large[at - 1][0]) return `1 ${large[at - 1][1]}`;
  const rest = Math.round((whole % size) / below);
  return rest === 0
    ? `${Math.floor(whole / size)} ${unit}`
    : `${Math.floor(whole / size)} ${unit} ${rest} ${belowUnit}`;
}

const small = [
  [1e3, "µs"],
  [1e6, "ms"],
  [1e9, "s"],
] as const;
const large = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** A moment by its distance from a start, in ns: `+6.40 ms`, `-2 ms`, `at start`. */
export function offsetText(ns: number): string {
  if (Math.round(ns) === 0) return "at start";
  return ns > 0 ? `+${durationText(ns)}` : durationText(ns);
}

/** How long ago, from an age in ms: `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function ageText(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  const seconds = Math.floor(ms / 1000);
  if (seconds < 5) return "just now";
  const [size, unit] = large.find(([size]) => seconds >= size) ?? large[3];
  return `${countText(Math.floor(seconds / size))} ${unit} ago`;
}

/** A part of a whole: `42%`, `4.2%`, `<0.1%`, `0%`; it says 100% only for all of it. */
export function shareText(part: number, whole: number): string {
  const share = whole > 0 && Number.isFinite(part / whole) ? Math.max(0, (100 * part) / whole) : 0;
  if (share === 0) return "0%";
  if (share < 0.1) return "<0.1%";
  if (share < 9.95) return `${Number(share.toFixed(1))}%`;
  if (share < 100) return `${Math.min(99, Math.round(share))}%`;
  return `${Math.round(share)}%`;
}

/**
 * The moment `ns` after `epoch` (unix ns) with all the digits it has, at least ms: `2026-11-22 08:45:14.123456`. Local
 * time, or UTC with a `Z`.
 */
export function timeText(epoch: bigint, ns = 0, utc = false): string {
  const at = epoch + BigInt(Math.round(Number.isFinite(ns) ? ns : 0));
  const date = new Date(Number(at / 1_000_000n));
  if (Number.isNaN(date.getTime())) return "–";
  const local = new Date(date.getTime() - (utc ? 0 : date.getTimezoneOffset() * 60_000));
  const below = String(at % 1_000_000n)
    .padStart(6, "0")
    .replace(/(000){1,2}$/, "");
  return local.toISOString().replace("T", " ").replace("Z", below) + (utc ? "Z" : "");
}
