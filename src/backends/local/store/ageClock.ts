/** How much a clock set forward, a long sleep, or a time when nothing ran may age what is kept, at once. */
const mostAtOnce = 24 * 3600_000;

/**
 * The ms that passed, as far as age is concerned, when the wall clock moved by `wall` and the monotonic one by `monotonic`.
 * A wall clock that went back is not believed, and one that leapt forward only by a day: what is kept for a week must not be
 * thrown away because a clock was set wrong for a minute.
 */
export function agedBy(wall: number, monotonic: number): number {
  return Math.max(monotonic, Math.min(wall, monotonic + mostAtOnce));
}
